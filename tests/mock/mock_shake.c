/* SPDX-License-Identifier: Apache-2.0 */
/* The mock's LSA half: handshakes. */
#include "mock/mock.h"

#include <stdlib.h>
#include <string.h>

struct context {
    struct mock_object object;
    struct mock_handshake shake;
    ULONG legs;
};

static struct mock_list contexts = MOCK_LIST_INIT;

static bool is_stream(const struct mock_handshake *shake, ULONG requirements)
{
    return (requirements & (shake->accept ? ASC_REQ_STREAM : ISC_REQ_STREAM)) != 0;
}

/* A token of a head of 5 bytes and n more.  In a stream it may be cut, or more may follow. */
static NTSTATUS read_token(PSecBufferDesc in, bool is_stream, const char *head, ULONG n)
{
    PSecBuffer token = mock_buffer(in, SECBUFFER_TOKEN);
    PSecBuffer empty = mock_buffer(in, SECBUFFER_EMPTY);

    if (token == NULL || token->cbBuffer == 0)
        return SEC_E_INVALID_TOKEN;
    ULONG there = token->cbBuffer < 5 ? token->cbBuffer : 5;
    if (there == 5 && memcmp(token->pvBuffer, "MOCKX", 5) == 0)
        return SEC_E_ILLEGAL_MESSAGE;
    if (memcmp(token->pvBuffer, head, there) != 0 || (!is_stream && token->cbBuffer != 5 + n))
        return SEC_E_INVALID_TOKEN;
    if (token->cbBuffer >= 5 + n)
        return STATUS_SUCCESS;
    if (empty != NULL)
        *empty = (SecBuffer){ 5 + n - token->cbBuffer, SECBUFFER_MISSING, NULL };
    return SEC_E_INCOMPLETE_MESSAGE;
}

static const uint8_t *body_of(PSecBufferDesc in)
{
    return (const uint8_t *)mock_buffer(in, SECBUFFER_TOKEN)->pvBuffer + 5;
}

/* What follows the token, once that is used. */
static void leave_rest(PSecBufferDesc in, ULONG n)
{
    PSecBuffer token = mock_buffer(in, SECBUFFER_TOKEN);
    PSecBuffer empty = mock_buffer(in, SECBUFFER_EMPTY);
    long left = 0;

    if (token == NULL || empty == NULL || token->cbBuffer <= 5 + n)
        return;
    left = (long)token->cbBuffer - 5 - (long)n;
    (void)mock_told("leave", &left);
    *empty = (SecBuffer){ (ULONG)left, SECBUFFER_EXTRA, (uint8_t *)token->pvBuffer + 5 + n };
}

static NTSTATUS write_token(PSecBufferDesc desc, ULONG requirements, const char *head,
                            struct mock_bytes body)
{
    PSecBuffer out = mock_buffer(desc, SECBUFFER_TOKEN);
    uint8_t token[5 + MOCK_KEY];
    long grown = 0;

    memcpy(token, head, 5);
    memcpy(token + 5, body.p, body.n);
    NTSTATUS status = mock_put_token(out, requirements, (struct mock_bytes){ token, 5 + body.n },
                                     mock_lsa->AllocateLsaHeap);
    if (NT_SUCCESS(status) && mock_told("grow_output", &grown))
        out->cbBuffer = (ULONG)grown;
    return status;
}

static NTSTATUS make_hello(struct mock_handshake *shake, ULONG requirements, PSecBufferDesc out)
{
    if (!mock_random(shake->nonces, MOCK_NONCE))
        return STATUS_UNSUCCESSFUL;
    NTSTATUS status =
        write_token(out, requirements, "MOCKH", (struct mock_bytes){ shake->nonces, MOCK_NONCE });
    return NT_SUCCESS(status) ? SEC_I_CONTINUE_NEEDED : status;
}

static NTSTATUS answer_challenge(struct mock_handshake *shake, ULONG requirements,
                                 PSecBufferDesc in, PSecBufferDesc out)
{
    uint8_t proof[MOCK_KEY];

    NTSTATUS status = read_token(in, is_stream(shake, requirements), "MOCKC", MOCK_NONCE);
    if (!NT_SUCCESS(status))
        return status;
    memcpy(shake->nonces + MOCK_NONCE, body_of(in), MOCK_NONCE);
    mock_proof(shake, proof);
    status = write_token(out, requirements, "MOCKP", (struct mock_bytes){ proof, sizeof(proof) });
    if (NT_SUCCESS(status))
        leave_rest(in, MOCK_NONCE);
    return status;
}

static NTSTATUS make_challenge(struct mock_handshake *shake, ULONG requirements, PSecBufferDesc in,
                               PSecBufferDesc out)
{
    NTSTATUS status = read_token(in, is_stream(shake, requirements), "MOCKH", MOCK_NONCE);

    if (!NT_SUCCESS(status))
        return status;
    memcpy(shake->nonces, body_of(in), MOCK_NONCE);
    if (!mock_random(shake->nonces + MOCK_NONCE, MOCK_NONCE))
        return STATUS_UNSUCCESSFUL;
    status = write_token(out, requirements, "MOCKC",
                         (struct mock_bytes){ shake->nonces + MOCK_NONCE, MOCK_NONCE });
    if (NT_SUCCESS(status))
        leave_rest(in, MOCK_NONCE);
    return NT_SUCCESS(status) ? SEC_I_CONTINUE_NEEDED : status;
}

static NTSTATUS check_proof(const struct mock_handshake *shake, ULONG requirements,
                            PSecBufferDesc in, PSecBufferDesc out)
{
    PSecBuffer token = mock_buffer(out, SECBUFFER_TOKEN);
    uint8_t proof[MOCK_KEY];

    NTSTATUS status = read_token(in, is_stream(shake, requirements), "MOCKP", MOCK_KEY);
    if (!NT_SUCCESS(status))
        return status;
    mock_proof(shake, proof);
    if (!mock_same(proof, body_of(in), sizeof(proof)))
        return SEC_E_LOGON_DENIED;
    if (token != NULL)
        token->cbBuffer = 0;
    leave_rest(in, MOCK_KEY);
    return STATUS_SUCCESS;
}

/* A session, and a token of it in the client's process, as Windows' packages make them. */
static NTSTATUS log_on(const struct mock_handshake *shake, uint64_t *ret_token)
{
    LUID id = { 0 };
    UNICODE_STRING user = { .Buffer = (PWSTR)(uintptr_t)shake->user };
    UNICODE_STRING domain = { .Length = 8,
                              .MaximumLength = 8,
                              .Buffer = (PWSTR)(uintptr_t)u"MOCK" };
    TOKEN_SOURCE source = { .SourceName = "Mock" };
    HANDLE token = NULL;
    HANDLE theirs = NULL;
    NTSTATUS sub_status = 0;

    while (shake->user[user.Length / sizeof(char16_t)] != 0)
        user.Length = (USHORT)(user.Length + sizeof(char16_t));
    user.MaximumLength = user.Length;
    NTSTATUS status = mock_lsa->CreateLogonSession(&id);
    if (!NT_SUCCESS(status))
        return status;
    status =
        mock_lsa->CreateToken(&id, &source, Network, SecurityImpersonation, LsaTokenInformationNull,
                              NULL, NULL, &user, &domain, NULL, NULL, &token, &sub_status);
    if (!NT_SUCCESS(status))
        return status;
    status = mock_lsa->DuplicateHandle(token, &theirs);
    mock_close_handle(token);
    if (NT_SUCCESS(status))
        *ret_token = (uint64_t)(uintptr_t)theirs;
    return status;
}

static NTSTATUS map_context(const struct mock_handshake *shake, PBOOLEAN ret_mapped, PSecBuffer ret)
{
    struct mock_live live;
    uint8_t packed[MOCK_PACKED_MAX];
    long size = 0;

    mock_derive(shake, &live);
    if (shake->accept) {
        NTSTATUS status = log_on(shake, &live.token);

        if (!NT_SUCCESS(status))
            return status;
    }
    size_t n = mock_pack(&live, packed);
    *ret_mapped = TRUE;
    if (mock_told("map_nothing", &size))
        return STATUS_SUCCESS;
    ULONG room = mock_told("map_size", &size) ? (ULONG)size : (ULONG)n;
    ret->pvBuffer = mock_lsa->AllocateLsaHeap(room);
    if (ret->pvBuffer == NULL)
        return STATUS_NO_MEMORY;
    memcpy(ret->pvBuffer, packed, n < room ? n : room);
    ret->cbBuffer = room;
    ret->BufferType = SECBUFFER_TOKEN;
    return STATUS_SUCCESS;
}

/* The context of this leg; on the first one a new one, in the list when the leg succeeds. */
static NTSTATUS get_context(LSA_SEC_HANDLE cred_handle, LSA_SEC_HANDLE handle, bool accept,
                            struct context **ret)
{
    if (handle != 0) {
        *ret = mock_find(&contexts, handle);
        return *ret != NULL ? STATUS_SUCCESS : SEC_E_INVALID_HANDLE;
    }

    struct mock_cred *cred = mock_find(&mock_creds, cred_handle);
    struct context *context = cred != NULL ? calloc(1, sizeof(*context)) : NULL;
    if (context == NULL)
        return cred == NULL ? SEC_E_NO_CREDENTIALS : STATUS_NO_MEMORY;
    context->shake.accept = accept;
    memcpy(context->shake.secret, cred->secret, sizeof(cred->secret));
    memcpy(context->shake.user, cred->user, sizeof(cred->user));
    *ret = context;
    return STATUS_SUCCESS;
}

static NTSTATUS finish_leg(struct context *context, NTSTATUS status, PLSA_SEC_HANDLE ret,
                           PTimeStamp ret_expiry)
{
    const LSA_SEC_HANDLE handle = context->object.handle;
    long told = 0;

    if (handle == 0 && mock_told("context_handle", &told)) {
        *ret = (LSA_SEC_HANDLE)told; /* a success with a handle of nothing */
        free(context);
        return status;
    }
    if (!NT_SUCCESS(status)) {
        if (handle == 0)
            free(context);
        return status;
    }
    if (mock_told("leg_status", &told))
        status = (NTSTATUS)told;
    context->legs++;
    context->shake.leg++;
    if (handle == 0) {
        mock_counts.contexts++;
        mock_add(&contexts, &context->object, mock_fresh_handle());
    }
    *ret = context->object.handle;
    ret_expiry->QuadPart = INT64_MAX;
    return status;
}

NTSTATUS NTAPI mock_init_context(LSA_SEC_HANDLE cred, LSA_SEC_HANDLE handle, PUNICODE_STRING target,
                                 ULONG requirements, ULONG drep, PSecBufferDesc in,
                                 PLSA_SEC_HANDLE ret, PSecBufferDesc out, PULONG ret_attributes,
                                 PTimeStamp ret_expiry, PBOOLEAN ret_mapped, PSecBuffer ret_data)
{
    struct context *context = NULL;

    (void)target;
    (void)drep;
    MOCK_TOLD("InitLsaModeContext");
    NTSTATUS status = get_context(cred, handle, false, &context);
    if (!NT_SUCCESS(status))
        return status;
    *ret_attributes =
        ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY | (requirements & ISC_REQ_ALLOCATE_MEMORY);
    if (context->shake.leg == 0) {
        status = make_hello(&context->shake, requirements, out);
    } else {
        status = answer_challenge(&context->shake, requirements, in, out);
        if (NT_SUCCESS(status))
            status = map_context(&context->shake, ret_mapped, ret_data);
    }
    (void)mock_explain(out, requirements, ISC_REQ_EXTENDED_ERROR, status,
                       mock_lsa->AllocateLsaHeap);
    return finish_leg(context, status, ret, ret_expiry);
}

NTSTATUS NTAPI mock_accept_context(LSA_SEC_HANDLE cred, LSA_SEC_HANDLE handle, PSecBufferDesc in,
                                   ULONG requirements, ULONG drep, PLSA_SEC_HANDLE ret,
                                   PSecBufferDesc out, PULONG ret_attributes, PTimeStamp ret_expiry,
                                   PBOOLEAN ret_mapped, PSecBuffer ret_data)
{
    struct context *context = NULL;

    (void)drep;
    MOCK_TOLD("AcceptLsaModeContext");
    NTSTATUS status = get_context(cred, handle, true, &context);
    if (!NT_SUCCESS(status))
        return status;
    *ret_attributes = ISC_RET_CONFIDENTIALITY;
    if (context->shake.leg == 0) {
        status = make_challenge(&context->shake, requirements, in, out);
    } else {
        status = check_proof(&context->shake, requirements, in, out);
        if (NT_SUCCESS(status))
            status = map_context(&context->shake, ret_mapped, ret_data);
    }
    (void)mock_explain(out, requirements, ASC_REQ_EXTENDED_ERROR, status,
                       mock_lsa->AllocateLsaHeap);
    return finish_leg(context, status, ret, ret_expiry);
}

NTSTATUS NTAPI mock_delete_context(LSA_SEC_HANDLE handle)
{
    struct context *context = mock_remove(&contexts, handle);

    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    mock_counts.contexts--;
    explicit_bzero(context, sizeof(*context));
    free(context);
    MOCK_TOLD("DeleteContext");
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI mock_query_context(LSA_SEC_HANDLE handle, ULONG attribute, PVOID ret)
{
    const struct context *context = mock_find(&contexts, handle);

    MOCK_TOLD("LsaQueryContextAttributes");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    if (attribute != MOCK_ATTR_LEGS)
        return SEC_E_UNSUPPORTED_FUNCTION;
    memcpy(ret, &context->legs, sizeof(context->legs));
    return STATUS_SUCCESS;
}

/* ---- Half-done handshakes that move ------------------------------------ */

NTSTATUS NTAPI mock_export_lsa(LSA_SEC_HANDLE handle, ULONG flags, PSecBuffer ret)
{
    const struct context *context = mock_find(&contexts, handle);
    uint8_t packed[MOCK_PACKED_MAX];

    (void)flags; /* nothing has been protected: it is as new as it can be */
    MOCK_TOLD("ExportLsaContext");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    size_t n = mock_pack_handshake(&context->shake, packed);
    ret->pvBuffer = mock_lsa->AllocateLsaHeap((ULONG)n);
    if (ret->pvBuffer == NULL)
        return STATUS_NO_MEMORY;
    memcpy(ret->pvBuffer, packed, n);
    ret->cbBuffer = (ULONG)n;
    ret->BufferType = SECBUFFER_TOKEN;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI mock_import_lsa(PSecBuffer packed, PLSA_SEC_HANDLE ret)
{
    struct mock_handshake shake = { 0 };

    MOCK_TOLD("ImportLsaContext");
    if (!mock_unpack_handshake((struct mock_bytes){ packed->pvBuffer, packed->cbBuffer }, &shake))
        return SEC_E_INVALID_TOKEN;
    struct context *context = calloc(1, sizeof(*context));
    if (context == NULL)
        return STATUS_NO_MEMORY;
    context->shake = shake;
    mock_counts.contexts++;
    mock_add(&contexts, &context->object, mock_fresh_handle());
    *ret = context->object.handle;
    return STATUS_SUCCESS;
}
