/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/krb_wraps.h"

#include <gssapi/gssapi_ext.h>
#include <string.h>

#include "harness/harness.h"

enum { ROOM = UINT8_MAX, SIZES = 2 };

/* ---- In clear, and as a stream ----------------------------------------- */

SECURITY_STATUS party_wrap(struct party *party, struct job *job)
{
    uint8_t token[ROOM] = { 0 };
    SecBuffer buffers[] = { { sizeof(token), SECBUFFER_TOKEN, token },
                            { job->n, SECBUFFER_DATA, job->bytes } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    SECURITY_STATUS status = EncryptMessage(&party->ctx, SECQOP_WRAP_NO_ENCRYPT, &desc, 0);
    ULONG head = buffers[0].cbBuffer;

    if (status != SEC_E_OK)
        return status;
    memmove(job->bytes + 1 + head, job->bytes, job->n);
    job->bytes[0] = (uint8_t)head;
    memcpy(job->bytes + 1, token, head);
    job->n += 1 + head;
    return SEC_E_OK;
}

SECURITY_STATUS party_unwrap(struct party *party, struct job *job)
{
    ULONG head = job->bytes[0];
    SecBuffer buffers[] = { { head, SECBUFFER_TOKEN, job->bytes + 1 },
                            { job->n - 1 - head, SECBUFFER_DATA, job->bytes + 1 + head } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    ULONG qop = 0;
    SECURITY_STATUS status = DecryptMessage(&party->ctx, &desc, 0, &qop);

    if (status != SEC_E_OK)
        return status;
    job->n = buffers[1].cbBuffer;
    memmove(job->bytes, buffers[1].pvBuffer, job->n);
    return qop == SECQOP_WRAP_NO_ENCRYPT ? SEC_E_OK : SEC_E_QOP_NOT_SUPPORTED;
}

SECURITY_STATUS party_unstream(struct party *party, struct job *job)
{
    SecBuffer buffers[] = { { job->n - 1, SECBUFFER_STREAM, job->bytes + 1 },
                            { 0, SECBUFFER_DATA, NULL } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    SECURITY_STATUS status = DecryptMessage(&party->ctx, &desc, 0, NULL);

    if (status != SEC_E_OK)
        return status;
    job->n = buffers[1].cbBuffer;
    memmove(job->bytes, buffers[1].pvBuffer, job->n);
    return SEC_E_OK;
}

/* ---- Messages in buffers ----------------------------------------------- */

struct parts { /* of a message on its way */
    uint8_t before[ROOM];
    size_t before_n;
    uint8_t *data;
    size_t n;
    uint8_t behind[ROOM];
    size_t behind_n;
};

static void join(const struct parts *parts, struct job *ret)
{
    uint8_t *at = ret->bytes + SIZES;

    assert_true(parts->before_n <= ROOM && parts->behind_n <= ROOM);
    memmove(at + parts->before_n, parts->data, parts->n);
    memcpy(at, parts->before, parts->before_n);
    memcpy(at + parts->before_n + parts->n, parts->behind, parts->behind_n);
    ret->bytes[0] = (uint8_t)parts->before_n;
    ret->bytes[1] = (uint8_t)parts->behind_n;
    ret->n = (uint32_t)(SIZES + parts->before_n + parts->n + parts->behind_n);
}

static struct parts split(struct job *job)
{
    struct parts parts = { .before_n = job->bytes[0], .behind_n = job->bytes[1] };

    parts.n = job->n - SIZES - parts.before_n - parts.behind_n;
    parts.data = job->bytes + SIZES + parts.before_n;
    memcpy(parts.before, job->bytes + SIZES, parts.before_n);
    memcpy(parts.behind, parts.data + parts.n, parts.behind_n);
    return parts;
}

/* The text, once it is in clear. */
static void show(const struct parts *parts, struct job *ret)
{
    memmove(ret->bytes, parts->data, parts->n);
    ret->n = (uint32_t)parts->n;
}

SECURITY_STATUS party_seal_parts(struct party *party, struct job *job)
{
    char head[] = WRAP_HEAD;
    struct parts parts = { .data = job->bytes, .n = job->n };
    SecBuffer buffers[] = {
        { sizeof(parts.before), SECBUFFER_TOKEN, parts.before },
        { sizeof(head), SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, head },
        { (ULONG)parts.n, SECBUFFER_DATA, parts.data },
        { sizeof(parts.behind), SECBUFFER_PADDING, parts.behind },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    SECURITY_STATUS status = EncryptMessage(&party->ctx, 0, &desc, 0);

    if (status != SEC_E_OK)
        return status;
    parts.before_n = buffers[0].cbBuffer;
    parts.behind_n = buffers[3].cbBuffer;
    join(&parts, job);
    return SEC_E_OK;
}

SECURITY_STATUS party_unseal_parts(struct party *party, struct job *job)
{
    char head[] = WRAP_HEAD;
    struct parts parts = split(job);
    SecBuffer buffers[] = {
        { (ULONG)parts.before_n, SECBUFFER_TOKEN, parts.before },
        { sizeof(head), SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, head },
        { (ULONG)parts.n, SECBUFFER_DATA, parts.data },
        { (ULONG)parts.behind_n, SECBUFFER_PADDING, parts.behind },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    SECURITY_STATUS status = DecryptMessage(&party->ctx, &desc, 0, NULL);

    if (status == SEC_E_OK)
        show(&parts, job);
    return status;
}

enum { IOV_HEADER, IOV_HEAD, IOV_DATA, IOV_PADDING, IOV_TRAILER, IOV_N };

static void lay_out(struct parts *parts, char *head, gss_iov_buffer_desc ret[IOV_N])
{
    ret[IOV_HEADER] =
        (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_HEADER, { parts->before_n, parts->before } };
    ret[IOV_HEAD] =
        (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_SIGN_ONLY, { sizeof(WRAP_HEAD), head } };
    ret[IOV_DATA] = (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_DATA, { parts->n, parts->data } };
    ret[IOV_PADDING] = (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_PADDING, { 0, NULL } };
    ret[IOV_TRAILER] =
        (gss_iov_buffer_desc){ GSS_IOV_BUFFER_TYPE_TRAILER, { parts->behind_n, parts->behind } };
}

OM_uint32 gss_peer_seal_parts(struct gss_peer *peer, bool has_trailer, struct job *job)
{
    char head[] = WRAP_HEAD;
    uint8_t padding[ROOM];
    struct parts parts = { .data = job->bytes, .n = job->n };
    gss_iov_buffer_desc iov[IOV_N];
    int count = has_trailer ? IOV_N : IOV_TRAILER;
    OM_uint32 minor = 0;

    lay_out(&parts, head, iov);
    OM_uint32 major = gss_wrap_iov_length(&minor, peer->ctx, 1, 0, NULL, iov, count);
    if (major != GSS_S_COMPLETE)
        return major;
    iov[IOV_HEADER].buffer.value = parts.before; /* it forgot them */
    iov[IOV_PADDING].buffer.value = padding;
    iov[IOV_TRAILER].buffer.value = parts.behind;
    major = gss_wrap_iov(&minor, peer->ctx, 1, 0, NULL, iov, count);
    if (major != GSS_S_COMPLETE)
        return major;
    size_t trailer_n = has_trailer ? iov[IOV_TRAILER].buffer.length : 0;
    parts.before_n = iov[IOV_HEADER].buffer.length;
    parts.behind_n = iov[IOV_PADDING].buffer.length + trailer_n;
    memcpy(padding + iov[IOV_PADDING].buffer.length, parts.behind, trailer_n);
    memcpy(parts.behind, padding, parts.behind_n);
    join(&parts, job);
    return major;
}

/* Without a trailer there is none for it to look into. */
OM_uint32 gss_peer_unseal_parts(struct gss_peer *peer, struct job *job)
{
    char head[] = WRAP_HEAD;
    struct parts parts = split(job);
    gss_iov_buffer_desc iov[IOV_N];
    OM_uint32 minor = 0;
    int sealed = 0;

    lay_out(&parts, head, iov);
    OM_uint32 major = gss_unwrap_iov(&minor, peer->ctx, &sealed, NULL, iov,
                                     parts.behind_n != 0 ? IOV_N : IOV_TRAILER);
    if (major != GSS_S_COMPLETE)
        return major;
    assert_true(sealed);
    show(&parts, job);
    return major;
}
