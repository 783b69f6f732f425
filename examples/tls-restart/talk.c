/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* GET /N is answered with N bytes: the alphabet, again and again. */
static enum outcome send_body(struct talk *talk, struct session *session)
{
    static unsigned char piece[TEXT_MAX];
    uint64_t left = talk->size - talk->at;
    size_t n = left < sizeof(piece) ? (size_t)left : sizeof(piece);

    for (size_t i = 0; i < n; i++)
        piece[i] = (unsigned char)('a' + (talk->at + i) % 26);
    talk->at += n;
    return session_write(session, piece, n);
}

/* A request is its head here: what has a body is not understood. */
static enum outcome answer(struct talk *talk, struct session *session, const char *end)
{
    char head[200];
    char *request = (char *)session->text;
    size_t n = (size_t)(end - request) + 4;

    request[n - 1] = '\0';
    *talk = (struct talk){ .size = strtoull(request + 5, NULL, 10) };
    talk->is_last = strstr(request, "\nConnection: close") != NULL;
    int length = snprintf(head, sizeof(head),
                          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                          "Content-Length: %llu\r\n\r\n",
                          (unsigned long long)talk->size);
    session_use(session, n);
    return session_write(session, head, (size_t)length);
}

static enum outcome say_back(struct session *session)
{
    size_t n = session->n_text < TEXT_MAX ? session->n_text : TEXT_MAX;
    enum outcome outcome = session_write(session, session->text, n);

    session_use(session, n);
    return outcome;
}

enum outcome talk_on(struct talk *talk, struct session *session)
{
    const char *text = (const char *)session->text;
    size_t n = session->n_text;

    if (talk->at < talk->size)
        return send_body(talk, session);
    if (talk->is_last) {
        session_say_goodbye(session);
        return DONE;
    }
    if (n == 0 || (n < 5 && memcmp(text, "GET /", n) == 0))
        return WAIT;
    if (memcmp(text, "GET /", 5) != 0)
        return say_back(session);
    const char *end = memmem(text, n, "\r\n\r\n", 4);
    if (end != NULL)
        return answer(talk, session, end);
    return n + TEXT_MAX > ROOM ? GONE : WAIT; /* a head that has no end */
}
