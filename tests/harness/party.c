/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/party.h"

#include <schannel.h>
#include <string.h>

#include "harness/kdc.h"
#include "harness/world.h"

#define INITIATOR_ASKS \
    (ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)
#define ACCEPTOR_ASKS \
    (ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT)
#define OF_ACCOUNT \
    .user = WORLD_USER, .domain = WORLD_DOMAIN, .password = WORLD_PASSWORD, .target = "test/server"
#define OF_REALM \
    .user = KDC_USER, .domain = KDC_REALM, .password = KDC_PASSWORD, .target = KDC_SERVICE

const struct scene scene_ntlm = {
    .name = "NTLM",
    .package = "NTLM",
    OF_ACCOUNT,
    .initiator_asks = INITIATOR_ASKS,
    .acceptor_asks = ACCEPTOR_ASKS,
    .legs = 4,
};

const struct scene scene_negotiate = {
    .name = "Negotiate",
    .package = "Negotiate",
    OF_ACCOUNT,
    .initiator_asks = INITIATOR_ASKS,
    .acceptor_asks = ACCEPTOR_ASKS,
    .legs = 5,
};

const struct scene scene_kerberos = {
    .name = "Kerberos",
    .package = "Kerberos",
    OF_REALM,
    .initiator_asks = INITIATOR_ASKS | ISC_REQ_MUTUAL_AUTH,
    .acceptor_asks = ACCEPTOR_ASKS,
    .legs = 3,
    .speaks_kerberos = true,
};

const struct scene scene_kerberos_one_way = {
    .name = "Kerberos one way",
    .package = "Kerberos",
    OF_REALM,
    .initiator_asks = INITIATOR_ASKS,
    .acceptor_asks = ACCEPTOR_ASKS,
    .legs = 2,
    .speaks_kerberos = true,
};

const struct scene scene_kerberos_dce = {
    .name = "Kerberos DCE",
    .package = "Kerberos",
    OF_REALM,
    .initiator_asks = INITIATOR_ASKS | ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_DCE_STYLE,
    .acceptor_asks = ACCEPTOR_ASKS | ASC_REQ_USE_DCE_STYLE,
    .legs = 4,
    .speaks_kerberos = true,
};

const struct scene scene_negotiate_kerberos = {
    .name = "Negotiate Kerberos",
    .package = "Negotiate",
    OF_REALM,
    .initiator_asks = INITIATOR_ASKS | ISC_REQ_MUTUAL_AUTH,
    .acceptor_asks = ACCEPTOR_ASKS,
    .legs = 3,
    .speaks_kerberos = true,
};

const struct scene scene_negotiate_second = {
    .name = "Negotiate second",
    .package = "Negotiate",
    OF_REALM,
    .initiator_asks = INITIATOR_ASKS,
    .acceptor_asks = ACCEPTOR_ASKS,
    .acceptor_takes = "NTLM",
    .legs = 7,
};

const struct scene scene_mock = {
    .name = "Mock",
    .package = "Mock",
    .target = "test/server",
    .legs = 4,
};

#define OF_TLS(acceptor)                                                                           \
    .package = SCHANNEL_NAME_A, .user = WORLD_USER, .domain = WORLD_DOMAIN,                        \
    .initiator_principal = WORLD_USER, .acceptor_principal = (acceptor), .target = WORLD_TLS_HOST, \
    .is_stream = true, .is_kept = true,                                                            \
    .initiator_asks = ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |  \
                      ISC_REQ_MUTUAL_AUTH | ISC_REQ_STREAM,                                        \
    .acceptor_asks = ASC_REQ_CONFIDENTIALITY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |   \
                     ASC_REQ_MUTUAL_AUTH | ASC_REQ_STREAM

const struct scene scene_tls = {
    .name = "Schannel",
    OF_TLS(WORLD_TLS_SERVER),
    .without = SP_PROT_TLS1_2,
    .legs = 4,
};

const struct scene scene_tls_12 = {
    .name = "Schannel 1.2",
    OF_TLS(WORLD_TLS_SERVER),
    .without = SP_PROT_TLS1_3,
    .legs = 5,
};

const struct scene scene_tls_chacha = {
    .name = "Schannel ChaCha20",
    OF_TLS(WORLD_TLS_CHACHA),
    .without = SP_PROT_TLS1_2,
    .suite = 0x1303, /* RFC 8446 B.4 */
    .legs = 4,
};

const struct scene scene_tls_12_chacha = {
    .name = "Schannel 1.2 ChaCha20",
    OF_TLS(WORLD_TLS_CHACHA),
    .without = SP_PROT_TLS1_3,
    .suite = 0xcca9, /* RFC 7905 2 */
    .legs = 5,
};

const struct scene *scene_of(const char *name)
{
    static const struct scene *const all[] = { &scene_ntlm,
                                               &scene_negotiate,
                                               &scene_kerberos,
                                               &scene_kerberos_one_way,
                                               &scene_kerberos_dce,
                                               &scene_negotiate_kerberos,
                                               &scene_negotiate_second,
                                               &scene_tls,
                                               &scene_tls_12,
                                               &scene_tls_chacha,
                                               &scene_tls_12_chacha,
                                               &scene_mock };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

struct job job_text(const char *text)
{
    struct job job = JOB_INIT;

    job.n = (uint32_t)strlen(text);
    memcpy(job.bytes, text, job.n);
    return job;
}

bool job_says(const struct job *job, const char *text)
{
    return job->n == strlen(text) && memcmp(job->bytes, text, job->n) == 0;
}

struct party party_of(const struct scene *scene, bool accepts)
{
    return (struct party){ .scene = scene, .accepts = accepts };
}

static bool is_set(const SecHandle *handle)
{
    return handle->dwLower != 0 || handle->dwUpper != 0;
}

SECURITY_STATUS party_delete(struct party *party, struct job *job)
{
    job->n = 0;
    party->has_ctx = party->is_met = false;
    return DeleteSecurityContext(&party->ctx);
}

void party_end(struct party *party)
{
    if (party->has_ctx)
        (void)DeleteSecurityContext(&party->ctx);
    if (is_set(&party->cred))
        (void)FreeCredentialsHandle(&party->cred);
    *party = party_of(party->scene, party->accepts);
}

/* ---- The handshake ----------------------------------------------------- */

static SEC_CHAR *text(const char *s)
{
    return (SEC_CHAR *)(uintptr_t)s; /* Windows' prototypes do not know const */
}

static unsigned char *part(const char *s)
{
    return (unsigned char *)(uintptr_t)s;
}

/* An initiator's account, or what an acceptor takes; false when there is nothing to say. */
static bool identify(const struct scene *scene, bool accepts, SEC_WINNT_AUTH_IDENTITY_EXA *ret)
{
    *ret = (SEC_WINNT_AUTH_IDENTITY_EXA){ .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                          .Length = sizeof(*ret),
                                          .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    if (!accepts && scene->user != NULL) {
        ret->User = part(scene->user);
        ret->UserLength = (ULONG)strlen(scene->user);
        ret->Domain = part(scene->domain);
        ret->DomainLength = (ULONG)strlen(scene->domain);
        ret->Password = part(scene->password);
        ret->PasswordLength = (ULONG)strlen(scene->password);
        return true;
    }
    if (!accepts || scene->acceptor_takes == NULL)
        return false;
    ret->PackageList = part(scene->acceptor_takes);
    ret->PackageListLength = (ULONG)strlen(scene->acceptor_takes);
    return true;
}

/* By sections of the configuration, which have the certificates. */
static SECURITY_STATUS acquire_tls(struct party *party)
{
    const struct scene *scene = party->scene;
    TLS_PARAMETERS parameters = { .grbitDisabledProtocols = scene->without };
    SCH_CREDENTIALS data = { .dwVersion = SCH_CREDENTIALS_VERSION,
                             .cTlsParameters = 1,
                             .pTlsParameters = &parameters };

    if (party->accepts) {
        return AcquireCredentialsHandleA(text(scene->acceptor_principal), text(scene->package),
                                         SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &party->cred,
                                         NULL);
    }
    return AcquireCredentialsHandleA(text(scene->initiator_principal), text(scene->package),
                                     SECPKG_CRED_OUTBOUND, NULL, &data, NULL, NULL, &party->cred,
                                     NULL);
}

static SECURITY_STATUS acquire(struct party *party)
{
    SEC_WINNT_AUTH_IDENTITY_EXA identity;

    if (party->scene->is_stream)
        return acquire_tls(party);
    bool has_identity = identify(party->scene, party->accepts, &identity);
    return AcquireCredentialsHandleA(NULL, text(party->scene->package),
                                     party->accepts ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                     NULL, has_identity ? &identity : NULL, NULL, NULL,
                                     &party->cred, NULL);
}

static SECURITY_STATUS call_leg(struct party *party, SecBufferDesc *in, SecBufferDesc *out)
{
    CtxtHandle *old = party->has_ctx ? &party->ctx : NULL;
    const struct scene *scene = party->scene;

    if (party->accepts) {
        return AcceptSecurityContext(
            &party->cred, old, in, scene->acceptor_asks | ASC_REQ_ALLOCATE_MEMORY,
            SECURITY_NATIVE_DREP, &party->ctx, out, &party->attributes, NULL);
    }
    return InitializeSecurityContextA(
        &party->cred, old, text(scene->target), scene->initiator_asks | ISC_REQ_ALLOCATE_MEMORY, 0,
        SECURITY_NATIVE_DREP, in, 0, &party->ctx, out, &party->attributes, NULL);
}

/* Takes what the library allocated into the job. */
static SECURITY_STATUS take_block(SecBuffer *block, struct job *job)
{
    if (block->cbBuffer > sizeof(job->bytes))
        return SEC_E_BUFFER_TOO_SMALL;
    job->n = block->cbBuffer;
    if (block->pvBuffer == NULL)
        return SEC_E_OK;
    memcpy(job->bytes, block->pvBuffer, job->n);
    return FreeContextBuffer(block->pvBuffer);
}

/* A channel as SSPI wants it told: a head that says where its application data are. */
struct channel {
    SEC_CHANNEL_BINDINGS head;
    char data[128];
};

static struct channel channel_of(const char *data)
{
    struct channel channel = { 0 };

    channel.head.dwApplicationDataOffset = (ULONG)offsetof(struct channel, data);
    channel.head.cbApplicationDataLength = (ULONG)strlen(data);
    memcpy(channel.data, data, strlen(data));
    return channel;
}

/* A scene that is about a cipher must not go on with another. */
static bool has_suite(struct party *party)
{
    SecPkgContext_CipherInfo info = { .dwVersion = SECPKGCONTEXT_CIPHERINFO_V1 };

    return party->scene->suite == 0 ||
           (QueryContextAttributesW(&party->ctx, SECPKG_ATTR_CIPHER_INFO, &info) == SEC_E_OK &&
            info.dwCipherSuite == party->scene->suite);
}

SECURITY_STATUS party_leg(struct party *party, struct job *job)
{
    const char *data = party->scene->bindings;
    struct channel channel = channel_of(data == NULL ? "" : data);
    ULONG channel_size =
        (ULONG)offsetof(struct channel, data) + channel.head.cbApplicationDataLength;
    SecBuffer given[] = { { job->n, job->n != 0 ? SECBUFFER_TOKEN : SECBUFFER_EMPTY, job->bytes },
                          { channel_size, SECBUFFER_CHANNEL_BINDINGS, &channel } };
    SecBuffer made = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in = { SECBUFFER_VERSION, data == NULL ? 1 : 2, given };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &made };
    SECURITY_STATUS status = is_set(&party->cred) ? SEC_E_OK : acquire(party);

    if (status == SEC_E_OK)
        status = call_leg(party, job->n != 0 || data != NULL ? &in : NULL, &out);
    if (status < 0)
        return status;
    party->has_ctx = true;
    party->is_met = party->is_met || status == SEC_E_OK;
    SECURITY_STATUS taken = take_block(&made, job);
    if (taken >= 0 && party->is_met && !has_suite(party))
        taken = SEC_E_ALGORITHM_MISMATCH;
    return taken < 0 ? taken : status;
}

SECURITY_STATUS party_key(struct party *party, struct job *job)
{
    SecPkgContext_SessionKey key = { 0 };
    SECURITY_STATUS status = QueryContextAttributesW(&party->ctx, SECPKG_ATTR_SESSION_KEY, &key);

    if (status != SEC_E_OK)
        return status;
    SecBuffer block = { key.SessionKeyLength, SECBUFFER_DATA, key.SessionKey };
    return take_block(&block, job);
}

/* ---- Messages of a stream: a packet is records --------------------------------------------- */

static SECURITY_STATUS seal_record(struct party *party, struct job *job)
{
    SecPkgContext_StreamSizes sizes = { 0 };

    /* Where there are none, EncryptMessage says why. */
    (void)QueryContextAttributesW(&party->ctx, SECPKG_ATTR_STREAM_SIZES, &sizes);
    if (sizes.cbHeader + job->n + sizes.cbTrailer > sizeof(job->bytes))
        return SEC_E_BUFFER_TOO_SMALL;
    uint8_t *data = job->bytes + sizes.cbHeader;
    memmove(data, job->bytes, job->n);
    SecBuffer buffers[] = {
        { sizes.cbHeader, SECBUFFER_STREAM_HEADER, job->bytes },
        { job->n, SECBUFFER_DATA, data },
        { sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, data + job->n },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    SECURITY_STATUS status = EncryptMessage(&party->ctx, 0, &desc, job->arg);
    if (status == SEC_E_OK)
        job->n = sizes.cbHeader + job->n + buffers[2].cbBuffer;
    else
        memmove(job->bytes, data, job->n);
    return status;
}

/* One call: what it says is added to ret, and job keeps what it has left over. */
static SECURITY_STATUS open_records(struct party *party, struct job *job, struct job *ret)
{
    SecBuffer buffers[] = { { job->n, SECBUFFER_DATA, job->bytes },
                            { 0, SECBUFFER_EMPTY, NULL },
                            { 0, SECBUFFER_EMPTY, NULL },
                            { 0, SECBUFFER_EMPTY, NULL } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    SECURITY_STATUS status = DecryptMessage(&party->ctx, &desc, job->arg, NULL);
    uint32_t left = 0;

    if (status < 0)
        return status;
    for (size_t i = 0; i < 4; i++) {
        if (buffers[i].BufferType == SECBUFFER_DATA) {
            memcpy(ret->bytes + ret->n, buffers[i].pvBuffer, buffers[i].cbBuffer);
            ret->n += buffers[i].cbBuffer;
        } else if (buffers[i].BufferType == SECBUFFER_EXTRA) {
            left = buffers[i].cbBuffer;
        }
    }
    memmove(job->bytes, job->bytes + job->n - left, left);
    job->n = left;
    return status;
}

/* Texts are shorter than their records, so the sum of them fits a job. */
static SECURITY_STATUS unseal_records(struct party *party, struct job *job)
{
    struct job text = JOB_INIT;
    SECURITY_STATUS status = SEC_E_OK;

    do
        status = open_records(party, job, &text);
    while (status == SEC_E_OK && job->n != 0);
    if (status < 0)
        return status;
    memcpy(job->bytes, text.bytes, text.n);
    job->n = text.n;
    return status;
}

/* ---- Messages: a packet is the size of the token in a byte, the token, the data ---- */

typedef SECURITY_STATUS protect_fn(PCtxtHandle ctx, ULONG qop, PSecBufferDesc desc, ULONG seq);
typedef SECURITY_STATUS unprotect_fn(PCtxtHandle ctx, PSecBufferDesc desc, ULONG seq, ULONG *qop);

static SECURITY_STATUS protect(struct party *party, struct job *job, protect_fn *call)
{
    uint8_t token[UINT8_MAX] = { 0 };
    SecBuffer buffers[] = { { sizeof(token), SECBUFFER_TOKEN, token },
                            { job->n, SECBUFFER_DATA, job->bytes } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    SECURITY_STATUS status = call(&party->ctx, 0, &desc, job->arg);
    if (status != SEC_E_OK)
        return status;
    if (1 + buffers[0].cbBuffer + job->n > sizeof(job->bytes))
        return SEC_E_BUFFER_TOO_SMALL;
    memmove(job->bytes + 1 + buffers[0].cbBuffer, job->bytes, job->n);
    job->bytes[0] = (uint8_t)buffers[0].cbBuffer;
    memcpy(job->bytes + 1, token, buffers[0].cbBuffer);
    job->n += 1 + buffers[0].cbBuffer;
    return SEC_E_OK;
}

static SECURITY_STATUS unprotect(struct party *party, struct job *job, unprotect_fn *call)
{
    ULONG head = job->n == 0 ? 0 : 1U + job->bytes[0];

    if (head == 0 || head > job->n)
        return SEC_E_INVALID_TOKEN;
    SecBuffer buffers[] = { { head - 1, SECBUFFER_TOKEN, job->bytes + 1 },
                            { job->n - head, SECBUFFER_DATA, job->bytes + head } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    SECURITY_STATUS status = call(&party->ctx, &desc, job->arg, NULL);
    if (status != SEC_E_OK)
        return status;
    job->n = buffers[1].cbBuffer;
    memmove(job->bytes, buffers[1].pvBuffer, job->n);
    return SEC_E_OK;
}

SECURITY_STATUS party_seal(struct party *party, struct job *job)
{
    return party->scene->is_stream ? seal_record(party, job) : protect(party, job, EncryptMessage);
}

SECURITY_STATUS party_sign(struct party *party, struct job *job)
{
    return protect(party, job, MakeSignature);
}

SECURITY_STATUS party_unseal(struct party *party, struct job *job)
{
    return party->scene->is_stream ? unseal_records(party, job)
                                   : unprotect(party, job, DecryptMessage);
}

SECURITY_STATUS party_verify(struct party *party, struct job *job)
{
    return unprotect(party, job, VerifySignature);
}

/* ---- The passage ------------------------------------------------------- */

SECURITY_STATUS party_export(struct party *party, struct job *job)
{
    SecBuffer blob = { 0, SECBUFFER_EMPTY, NULL };
    HANDLE token = NULL;
    SECURITY_STATUS status = ExportSecurityContext(&party->ctx, job->arg, &blob, &token);

    if (status != SEC_E_OK)
        return status;
    job->fd = opensspi_handle_to_fd(token);
    return take_block(&blob, job);
}

SECURITY_STATUS party_import(struct party *party, struct job *job)
{
    SecBuffer blob = { job->n, SECBUFFER_TOKEN, job->bytes };
    HANDLE token = opensspi_handle_from_fd(job->fd);
    CtxtHandle ctx = { 0 };
    SECURITY_STATUS status =
        ImportSecurityContextA(text(party->scene->package), &blob, token, &ctx);

    if (token != NULL)
        (void)CloseHandle(token);
    *job = (struct job)JOB_INIT;
    if (status != SEC_E_OK)
        return status;
    if (party->has_ctx)
        (void)DeleteSecurityContext(&party->ctx);
    party->ctx = ctx;
    party->has_ctx = true;
    return SEC_E_OK;
}

SECURITY_STATUS party_lifetime(struct party *party, struct job *job)
{
    OPENSSPI_EXPORT_LIFETIME lifetime = { job->arg };

    return SetContextAttributesW(&party->ctx, OPENSSPI_ATTR_EXPORT_LIFETIME, &lifetime,
                                 sizeof(lifetime));
}
