/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <errno.h>
#include <schannel.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const ULONG wants = ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_REPLAY_DETECT |
                           ASC_REQ_SEQUENCE_DETECT | ASC_REQ_STREAM | ASC_REQ_EXTENDED_ERROR;

static const SecBuffer *find(const SecBufferDesc *desc, ULONG type)
{
    for (ULONG i = 0; i < desc->cBuffers; i++)
        if (desc->pBuffers[i].BufferType == type)
            return &desc->pBuffers[i];
    return NULL;
}

/* The package tells how many of the bytes it has not used: the last ones. */
static void keep_extra(struct session *session, const SecBufferDesc *desc)
{
    const SecBuffer *extra = find(desc, SECBUFFER_EXTRA);
    size_t n = extra != NULL ? extra->cbBuffer : 0;

    memmove(session->raw, session->raw + session->n_raw - n, n);
    session->n_raw = n;
}

/* Gives what has been read to the package, and takes what is to be said. */
static SECURITY_STATUS call(struct session *session, PCredHandle cred)
{
    SecBuffer in[] = { { (ULONG)session->n_raw, SECBUFFER_TOKEN, session->raw },
                       { 0, SECBUFFER_EMPTY, NULL } };
    SecBuffer out = { (ULONG)(ROOM - session->n_out), SECBUFFER_TOKEN,
                      session->out + session->n_out };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 2, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    ULONG got = 0;
    SECURITY_STATUS status = AcceptSecurityContext(
        cred, session->has_tls ? &session->tls : NULL, session->n_raw > 0 ? &in_desc : NULL, wants,
        SECURITY_NATIVE_DREP, &session->tls, &out_desc, &got, NULL);

    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    if (status >= 0 || (got & ASC_RET_EXTENDED_ERROR) != 0) /* an alert says why it failed */
        session->n_out += out.cbBuffer;
    if (status >= 0)
        session->has_tls = 1;
    keep_extra(session, &in_desc);
    return status;
}

static enum outcome shake_hands(struct session *session, PCredHandle cred)
{
    SECURITY_STATUS status = call(session, cred);

    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return WAIT;
    session->is_up = status == SEC_E_OK;
    session->is_over = status < 0;
    return DONE;
}

static enum outcome decrypt(struct session *session)
{
    SecBuffer buffers[4] = { { (ULONG)session->n_raw, SECBUFFER_DATA, session->raw } };
    SecBufferDesc message = { SECBUFFER_VERSION, 4, buffers };
    SECURITY_STATUS status = DecryptMessage(&session->tls, &message, 0, NULL);

    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return WAIT;
    if (status != SEC_E_OK) { /* the peer has said goodbye, or sent what it must not */
        session->n_raw = 0;
        session_say_goodbye(session);
        return DONE;
    }
    const SecBuffer *data = find(&message, SECBUFFER_DATA);
    if (data != NULL) {
        memcpy(session->text + session->n_text, data->pvBuffer, data->cbBuffer);
        session->n_text += data->cbBuffer;
    }
    keep_extra(session, &message);
    return DONE;
}

static enum outcome receive(struct session *session)
{
    size_t room = ROOM - session->n_raw;
    ssize_t n = room == 0 ? 0 : recv(session->fd, session->raw + session->n_raw, room, 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return WAIT;
    if (n <= 0)
        return GONE;
    session->n_raw += (size_t)n;
    return DONE;
}

enum outcome session_read(struct session *session, PCredHandle cred)
{
    enum outcome outcome = WAIT;

    if (session->is_over || session->n_text + TEXT_MAX > ROOM)
        return WAIT;
    if (session->n_raw > 0)
        outcome = session->is_up ? decrypt(session) : shake_hands(session, cred);
    return outcome == WAIT ? receive(session) : outcome;
}

enum outcome session_write(struct session *session, const void *bytes, size_t n)
{
    SecPkgContext_StreamSizes sizes;

    if (QueryContextAttributesA(&session->tls, SECPKG_ATTR_STREAM_SIZES, &sizes) != SEC_E_OK ||
        sizes.cbHeader + n + sizes.cbTrailer > ROOM)
        return GONE;
    SecBuffer buffers[] = {
        { sizes.cbHeader, SECBUFFER_STREAM_HEADER, session->out },
        { (ULONG)n, SECBUFFER_DATA, session->out + sizes.cbHeader },
        { sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, session->out + sizes.cbHeader + n },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc message = { SECBUFFER_VERSION, 4, buffers };
    memcpy(buffers[1].pvBuffer, bytes, n);
    if (EncryptMessage(&session->tls, 0, &message, 0) != SEC_E_OK)
        return GONE;
    session->n_out = buffers[0].cbBuffer + n + buffers[2].cbBuffer;
    return DONE;
}

enum outcome session_flush(struct session *session)
{
    size_t sent = 0;
    ssize_t n = 0;

    while (sent < session->n_out && n >= 0) {
        n = send(session->fd, session->out + sent, session->n_out - sent, MSG_NOSIGNAL);
        if (n > 0)
            sent += (size_t)n;
    }
    memmove(session->out, session->out + sent, session->n_out - sent);
    session->n_out -= sent;
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? WAIT : GONE;
    return session->is_over ? GONE : DONE;
}

void session_use(struct session *session, size_t n)
{
    memmove(session->text, session->text + n, session->n_text - n);
    session->n_text -= n;
}

void session_say_goodbye(struct session *session)
{
    DWORD shutdown = SCHANNEL_SHUTDOWN;
    SecBuffer token = { sizeof(shutdown), SECBUFFER_TOKEN, &shutdown };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &token };

    session->is_over = 1;
    session->n_raw = 0;
    ApplyControlToken(&session->tls, &desc);
    call(session, NULL); /* gives close_notify, or the alert that is due */
}

void session_close(struct session *session)
{
    if (session->has_tls)
        DeleteSecurityContext(&session->tls);
    close(session->fd);
}
