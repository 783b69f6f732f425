/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tls_peer.h"

enum kind { FLAG, TEXT, SIZE, NUMBER, USER };

#define OPTION(word, member, what)                   \
    {                                                \
        word, offsetof(struct options, member), what \
    }

static const struct {
    const char *word; /* all but flags go on with "=" and a value */
    size_t at;
    enum kind kind;
} known[] = {
    OPTION("piece", piece, SIZE),     OPTION("alpn", alpn, TEXT),  OPTION("root", root, TEXT),
    OPTION("user", user, TEXT),       OPTION("only", only, TEXT),  OPTION("times", times, NUMBER),
    OPTION("update", update, FLAG),   OPTION("move", moves, FLAG), OPTION("hop", hops, FLAG),
    OPTION("manual", manual, FLAG),   OPTION("uid", uid, USER),    OPTION("get", get, TEXT),
    OPTION("clients", clients, FLAG), OPTION("size", size, SIZE),
};

static void put(void *member, enum kind kind, const char *value)
{
    const size_t size = strtoul(value, NULL, 10);
    const int number = (int)size;
    const uid_t uid = (uid_t)size;
    const bool yes = true;

    switch (kind) {
    case FLAG:
        memcpy(member, &yes, sizeof(yes));
        break;
    case TEXT:
        memcpy(member, &value, sizeof(value));
        break;
    case SIZE:
        memcpy(member, &size, sizeof(size));
        break;
    case NUMBER:
        memcpy(member, &number, sizeof(number));
        break;
    case USER:
        memcpy(member, &uid, sizeof(uid));
        break;
    }
}

bool options_take(struct options *options, const char *word)
{
    const char *sign = strchr(word, '=');
    size_t n = sign != NULL ? (size_t)(sign - word) : strlen(word);

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        bool is_it = strlen(known[i].word) == n && strncmp(known[i].word, word, n) == 0;

        if (!is_it || (known[i].kind == FLAG) != (sign == NULL))
            continue;
        put((char *)options + known[i].at, known[i].kind, sign != NULL ? sign + 1 : "");
        return true;
    }
    return false;
}
