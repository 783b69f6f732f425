/* SPDX-License-Identifier: Apache-2.0 */
#include "krb_ours.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "harness/host_heap.h"
#include "packages/kerberos/pack.h"
#include "packages/kerberos/package.h"

enum { CLIENT = 1, SERVER = 2 };

static struct str16 name_of(const char *text)
{
    struct str16 name = { 0 };

    need(str16_from_utf8((struct view){ (const uint8_t *)text, strlen(text) }, &name) == SSP_OK,
         "a name");
    return name;
}

/* As the LSA half hands it over. */
static void begin(struct krb_ours *ours, LSA_SEC_HANDLE handle, struct krb_agreed agreed)
{
    bool accepts = agreed.side == KRB_ACCEPTOR;
    ssp_cleanup(krb_names_wipe) struct krb_names names = {
        .client = name_of("User@TEST.EXAMPLE"),
        .server = name_of("HTTP/server.test.example@TEST.EXAMPLE"),
    };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_PACK_MAX);
    struct krb_core core = { .expiry = FILETIME_NEVER };

    agreed.attributes = accepts ? ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY
                                : ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY;
    agreed.attributes |= ISC_RET_REPLAY_DETECT | ISC_RET_MUTUAL_AUTH;
    core.attributes = agreed.attributes;
    need(krb_session_init(&agreed, &core.session) == SSP_OK, "a session");
    krb_pack(&core, &names, &out);
    need(out.err == SSP_OK, "packing");
    ours->packed_n = out.n;
    ours->names_n = (names.client.n + names.server.n) * sizeof(*names.client.p);
    SecBuffer packed = { (ULONG)out.n, SECBUFFER_TOKEN, out.p };
    need(ours->user->InitUserModeContext(handle, &packed) == STATUS_SUCCESS, "InitUserModeContext");
}

void krb_ours_start(const struct krb_agreed agreed[2], struct krb_ours *ret)
{
    SECPKG_DLL_FUNCTIONS functions = { .AllocateHeap = host_alloc, .FreeHeap = host_release };
    ULONG version = 0;
    ULONG n = 0;

    ret->client = CLIENT;
    ret->server = SERVER;
    need(kerberos_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, &version, &ret->user, &n) == 0 &&
             ret->user->InstanceInit(SECPKG_INTERFACE_VERSION, &functions, NULL) == 0,
         "the Kerberos package");
    begin(ret, CLIENT, agreed[KRB_INITIATOR]);
    begin(ret, SERVER, agreed[KRB_ACCEPTOR]);
}

void krb_ours_end(struct krb_ours *ours)
{
    (void)ours->user->DeleteUserModeContext(ours->client);
    (void)ours->user->DeleteUserModeContext(ours->server);
}

/* ---- Messages ----------------------------------------------------------- */

void krb_ours_seal(void *arg, size_t n)
{
    struct krb_ours *ours = arg;
    uint8_t token[KRB_TOKEN_ROOM];

    for (size_t i = 0; i < n; i++) {
        SecBuffer buffers[] = { { sizeof(token), SECBUFFER_TOKEN, token },
                                { (ULONG)ours->size, SECBUFFER_DATA, ours->data } };
        SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };

        need(ours->user->SealMessage(ours->client, 0, &desc, 0) == STATUS_SUCCESS, "SealMessage");
    }
}

void krb_ours_open_prepare(void *arg, size_t n)
{
    struct krb_ours *ours = arg;

    for (size_t i = 0; i < n; i++) {
        struct krb_packet *p = &ours->packets[i];
        SecBuffer buffers[] = { { sizeof(p->token), SECBUFFER_TOKEN, p->token },
                                { (ULONG)ours->size, SECBUFFER_DATA, p->data } };
        SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };

        need(ours->user->SealMessage(ours->client, 0, &desc, 0) == STATUS_SUCCESS, "SealMessage");
        p->token_n = buffers[0].cbBuffer;
    }
}

void krb_ours_open(void *arg, size_t n)
{
    struct krb_ours *ours = arg;

    for (size_t i = 0; i < n; i++) {
        struct krb_packet *p = &ours->packets[i];
        SecBuffer buffers[] = { { p->token_n, SECBUFFER_TOKEN, p->token },
                                { (ULONG)ours->size, SECBUFFER_DATA, p->data } };
        SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };

        need(ours->user->UnsealMessage(ours->server, &desc, 0, NULL) == STATUS_SUCCESS,
             "UnsealMessage");
    }
}

void krb_ours_sign(void *arg, size_t n)
{
    struct krb_ours *ours = arg;
    uint8_t token[KRB_TOKEN_ROOM];

    for (size_t i = 0; i < n; i++) {
        SecBuffer buffers[] = { { sizeof(token), SECBUFFER_TOKEN, token },
                                { (ULONG)ours->size, SECBUFFER_DATA, ours->data } };
        SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };

        need(ours->user->MakeSignature(ours->client, 0, &desc, 0) == STATUS_SUCCESS,
             "MakeSignature");
    }
}

/* ---- The passage -------------------------------------------------------- */

void krb_ours_move(void *arg, size_t n)
{
    struct krb_ours *ours = arg;

    for (size_t i = 0; i < n; i++) {
        SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };

        need(ours->user->ExportContext(ours->client, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed,
                                       NULL) == STATUS_SUCCESS,
             "ExportContext");
        need(ours->user->ImportContext(&packed, NULL, &ours->client) == STATUS_SUCCESS,
             "ImportContext");
        host_release(packed.pvBuffer);
    }
}
