/* SPDX-License-Identifier: Apache-2.0 */
#include "greet.h"

#include <string.h>
#include <sys/socket.h>

static int receive_all(int fd, unsigned char *p, size_t n)
{
    while (n > 0) {
        ssize_t got = recv(fd, p, n, 0);
        if (got <= 0)
            return 0;
        p += got;
        n -= (size_t)got;
    }
    return 1;
}

static int send_all(int fd, const unsigned char *p, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return 0;
        p += sent;
        n -= (size_t)sent;
    }
    return 1;
}

size_t receive_frame(int fd, void *room)
{
    unsigned char head[4];

    if (!receive_all(fd, head, sizeof(head)))
        return 0;
    size_t n = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    return n <= FRAME_MAX && receive_all(fd, room, n) ? n : 0;
}

int send_frame(int fd, const void *bytes, size_t n)
{
    unsigned char head[4] = { (unsigned char)(n >> 24), (unsigned char)(n >> 16),
                              (unsigned char)(n >> 8), (unsigned char)n };

    return n <= FRAME_MAX && send_all(fd, head, sizeof(head)) && send_all(fd, bytes, n);
}

int send_sealed(int fd, PCtxtHandle session, const char *text)
{
    unsigned char frame[FRAME_MAX];
    SecPkgContext_Sizes sizes;
    size_t n = strlen(text);

    if (QueryContextAttributesA(session, SECPKG_ATTR_SIZES, &sizes) != SEC_E_OK ||
        2 + sizes.cbSecurityTrailer + n > sizeof(frame))
        return 0;
    memcpy(frame + 2 + sizes.cbSecurityTrailer, text, n);
    SecBuffer buffers[] = {
        { sizes.cbSecurityTrailer, SECBUFFER_TOKEN, frame + 2 },
        { (ULONG)n, SECBUFFER_DATA, frame + 2 + sizes.cbSecurityTrailer },
    };
    SecBufferDesc message = { SECBUFFER_VERSION, 2, buffers };
    if (EncryptMessage(session, 0, &message, 0) != SEC_E_OK)
        return 0;

    size_t token = buffers[0].cbBuffer; /* may be less than the room that was asked for */
    frame[0] = (unsigned char)(token >> 8);
    frame[1] = (unsigned char)token;
    memmove(frame + 2 + token, buffers[1].pvBuffer, n);
    return send_frame(fd, frame, 2 + token + n);
}

int receive_sealed(int fd, PCtxtHandle session, char *text, size_t size)
{
    unsigned char frame[FRAME_MAX];
    size_t n = receive_frame(fd, frame);
    size_t token = n < 2 ? 0 : (size_t)(frame[0] << 8 | frame[1]);

    if (n < 2 || token > n - 2 || n - 2 - token >= size)
        return 0;
    SecBuffer buffers[] = {
        { (ULONG)token, SECBUFFER_TOKEN, frame + 2 },
        { (ULONG)(n - 2 - token), SECBUFFER_DATA, frame + 2 + token },
    };
    SecBufferDesc message = { SECBUFFER_VERSION, 2, buffers };
    if (DecryptMessage(session, &message, 0, NULL) != SEC_E_OK)
        return 0;
    memcpy(text, buffers[1].pvBuffer, buffers[1].cbBuffer);
    text[buffers[1].cbBuffer] = '\0';
    return 1;
}
