/* SPDX-License-Identifier: Apache-2.0 */
#include "ours.h"

#include <string.h>

#include "base/cleanup.h"
#include "place.h"
#include "sspi/user_ctx.h"

#define PROTECT \
    (ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)

static const struct scene scene = {
    .package = "NTLM",
    .user = PLACE_USER,
    .domain = PLACE_DOMAIN,
    .password = PLACE_PASSWORD,
    .target = "HTTP/server",
    .initiator_asks = PROTECT,
    .acceptor_asks = PROTECT,
};

static void shake(struct ours *ours)
{
    need(loopback_shake(&ours->loop, ALL_LEGS) == SEC_E_OK, "a handshake");
}

static void hang_up(struct ours *ours)
{
    struct job job = JOB_INIT;

    need(party_delete(&ours->loop.client, &job) == SEC_E_OK, "DeleteSecurityContext");
    need(party_delete(&ours->loop.server, &job) == SEC_E_OK, "DeleteSecurityContext");
}

/* The client's context by its address, which stays good as long as its handle. */
static void look_up(struct ours *ours)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = user_ctx_get(&ours->loop.client.ctx);

    need(ctx != NULL, "looking up a context");
    ours->direct = ctx;
}

void ours_start(struct ours *ours)
{
    memset(ours->data, 'x', sizeof(ours->data));
    loopback_begin(&ours->loop, &scene, NULL);
    shake(ours);
    need(loopback_talks(&ours->loop), "a session");
    look_up(ours);
}

void ours_end(struct ours *ours)
{
    loopback_end(&ours->loop);
}

void ours_shake(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        hang_up(arg);
        shake(arg);
    }
    look_up(arg);
}

/* ---- Messages ---------------------------------------------------------- */

struct message {
    uint8_t token[16];
    SecBuffer buffers[2];
    SecBufferDesc desc;
};

static void lay_out(struct message *message, void *token, void *data, size_t n)
{
    message->buffers[0] = (SecBuffer){ sizeof(message->token), SECBUFFER_TOKEN, token };
    message->buffers[1] = (SecBuffer){ (ULONG)n, SECBUFFER_DATA, data };
    message->desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, message->buffers };
}

void ours_seal(void *arg, size_t n)
{
    struct ours *ours = arg;
    struct message message;

    lay_out(&message, message.token, ours->data, ours->size);
    for (size_t i = 0; i < n; i++)
        need(EncryptMessage(&ours->loop.client.ctx, 0, &message.desc, 0) == SEC_E_OK,
             "EncryptMessage");
}

void ours_seal_direct(void *arg, size_t n)
{
    struct ours *ours = arg;
    const struct user_ctx *ctx = ours->direct;
    struct message message;

    lay_out(&message, message.token, ours->data, ours->size);
    for (size_t i = 0; i < n; i++)
        need(ctx->table->SealMessage(ctx->handle, 0, &message.desc, 0) == STATUS_SUCCESS,
             "SealMessage");
}

void ours_sign(void *arg, size_t n)
{
    struct ours *ours = arg;
    struct message message;

    lay_out(&message, message.token, ours->data, ours->size);
    for (size_t i = 0; i < n; i++)
        need(MakeSignature(&ours->loop.client.ctx, 0, &message.desc, 0) == SEC_E_OK,
             "MakeSignature");
}

void ours_open_prepare(void *arg, size_t n)
{
    struct ours *ours = arg;
    struct message message;

    need(ours->size <= sizeof(ours->packets[0].data), "a packet of that size");
    for (size_t i = 0; i < n; i++) {
        lay_out(&message, ours->packets[i].token, ours->packets[i].data, ours->size);
        need(EncryptMessage(&ours->loop.client.ctx, 0, &message.desc, 0) == SEC_E_OK,
             "EncryptMessage");
    }
}

void ours_open(void *arg, size_t n)
{
    struct ours *ours = arg;
    struct message message;

    for (size_t i = 0; i < n; i++) {
        lay_out(&message, ours->packets[i].token, ours->packets[i].data, ours->size);
        need(DecryptMessage(&ours->loop.server.ctx, &message.desc, 0, NULL) == SEC_E_OK,
             "DecryptMessage");
    }
}

/* ---- The passage ------------------------------------------------------- */

static size_t move_direct(struct user_ctx *ctx)
{
    SecBuffer packed = { 0, SECBUFFER_EMPTY, NULL };

    need(ctx->table->ExportContext(ctx->handle, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, NULL) ==
             STATUS_SUCCESS,
         "ExportContext");
    need(ctx->table->ImportContext(&packed, NULL, &ctx->handle) == STATUS_SUCCESS, "ImportContext");
    need(FreeContextBuffer(packed.pvBuffer) == SEC_E_OK, "FreeContextBuffer");
    return packed.cbBuffer;
}

void ours_move_direct(void *arg, size_t n)
{
    struct ours *ours = arg;

    for (size_t i = 0; i < n; i++)
        (void)move_direct(ours->direct);
}

void ours_move_direct_and_seal(void *arg, size_t n)
{
    struct ours *ours = arg;

    for (size_t i = 0; i < n; i++) {
        (void)move_direct(ours->direct);
        ours_seal(ours, 1);
    }
}

static size_t move_sealed(CtxtHandle *ctx, bool with_token)
{
    static SEC_WCHAR package[] = { 'N', 'T', 'L', 'M', 0 };
    SecBuffer blob = { 0, SECBUFFER_EMPTY, NULL };
    HANDLE token = NULL;

    need(ExportSecurityContext(ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob,
                               with_token ? &token : NULL) == SEC_E_OK,
         "ExportSecurityContext");
    need(ImportSecurityContextW(package, &blob, token, ctx) == SEC_E_OK, "ImportSecurityContext");
    need(FreeContextBuffer(blob.pvBuffer) == SEC_E_OK, "FreeContextBuffer");
    if (token != NULL)
        need(CloseHandle(token), "CloseHandle");
    return blob.cbBuffer;
}

void ours_move_sealed(void *arg, size_t n)
{
    struct ours *ours = arg;

    for (size_t i = 0; i < n; i++)
        (void)move_sealed(&ours->loop.client.ctx, false);
    look_up(ours);
}

void ours_move_sealed_token(void *arg, size_t n)
{
    struct ours *ours = arg;

    for (size_t i = 0; i < n; i++)
        (void)move_sealed(&ours->loop.server.ctx, true);
}

size_t ours_packed_size(struct ours *ours)
{
    return move_direct(ours->direct);
}

size_t ours_sealed_size(struct ours *ours)
{
    return move_sealed(&ours->loop.server.ctx, true);
}

void ours_ask(void *arg, size_t n)
{
    struct ours *ours = arg;

    for (size_t i = 0; i < n; i++) {
        SecPkgCredentials_NamesW names = { 0 };

        need(QueryCredentialsAttributesW(&ours->loop.client.cred, SECPKG_CRED_ATTR_NAMES, &names) ==
                 SEC_E_OK,
             "QueryCredentialsAttributes");
        need(FreeContextBuffer(names.sUserName) == SEC_E_OK, "FreeContextBuffer");
    }
}

CtxtHandle ours_half_more(struct ours *ours)
{
    struct loopback half = { { .scene = &scene, .cred = ours->loop.client.cred },
                             { .scene = &scene, .accepts = true, .cred = ours->loop.server.cred },
                             NULL };
    struct job job = JOB_INIT;

    need(loopback_shake(&half, 2) == SEC_I_CONTINUE_NEEDED, "half a handshake");
    need(party_delete(&half.client, &job) == SEC_E_OK, "DeleteSecurityContext");
    return half.server.ctx;
}

/* The client is through with its third leg; the server never sees it. */
CtxtHandle ours_one_more(struct ours *ours)
{
    struct loopback half = { { .scene = &scene, .cred = ours->loop.client.cred },
                             { .scene = &scene, .accepts = true, .cred = ours->loop.server.cred },
                             NULL };
    struct job job = JOB_INIT;

    need(loopback_shake(&half, 3) == SEC_E_OK, "half a handshake");
    need(party_delete(&half.server, &job) == SEC_E_OK, "DeleteSecurityContext");
    return half.client.ctx;
}
