/* SPDX-License-Identifier: Apache-2.0 */
/* The mock's user half: messages, attributes, export and import. */
#include "mock/mock.h"

#include <nettle/chacha-poly1305.h>
#include <stdlib.h>
#include <string.h>

/* The entry point's prototype: ntsecpkg.h has its type only. */
NTSTATUS NTAPI SpUserModeInitialize(ULONG version, PULONG ret_version,
                                    PSECPKG_USER_FUNCTION_TABLE *ret, PULONG ret_n);

struct user_context {
    struct mock_object object;
    struct mock_live live;
};

static struct mock_list contexts = MOCK_LIST_INIT;
static SECPKG_DLL_FUNCTIONS dll;

static NTSTATUS NTAPI sp_instance_init(ULONG version, PSECPKG_DLL_FUNCTIONS functions,
                                       PVOID *user_functions)
{
    (void)version;
    (void)user_functions;
    MOCK_TOLD("InstanceInit");
    dll = *functions;
    mock_counts.instances++;
    return STATUS_SUCCESS;
}

PVOID NTAPI mock_user_alloc(ULONG n)
{
    return dll.AllocateHeap(n);
}

struct mock_live *mock_live_of(LSA_SEC_HANDLE handle)
{
    struct user_context *context = mock_find(&contexts, handle);

    return context != NULL ? &context->live : NULL;
}

static NTSTATUS add_context(const struct mock_live *live, LSA_SEC_HANDLE handle)
{
    struct user_context *context = calloc(1, sizeof(*context));

    if (context == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    context->live = *live;
    mock_counts.user_contexts++;
    mock_add(&contexts, &context->object, handle);
    return STATUS_SUCCESS;
}

/* On success the package frees the packed context. */
static NTSTATUS NTAPI sp_init_user_context(LSA_SEC_HANDLE handle, PSecBuffer packed)
{
    struct mock_live live = { 0 };

    MOCK_TOLD("InitUserModeContext");
    if (!mock_unpack((struct mock_bytes){ packed->pvBuffer, packed->cbBuffer }, &live))
        return SEC_E_INVALID_TOKEN;
    NTSTATUS status = add_context(&live, handle);
    if (!NT_SUCCESS(status))
        return status;
    dll.FreeHeap(packed->pvBuffer);
    packed->pvBuffer = NULL;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_delete_context(LSA_SEC_HANDLE handle)
{
    struct user_context *context = mock_remove(&contexts, handle);

    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    mock_close_handle((HANDLE)(uintptr_t)context->live.token); // NOLINT(performance-no-int-to-ptr)
    mock_counts.user_contexts--;
    explicit_bzero(context, sizeof(*context));
    free(context);
    return (handle >> 63) != 0 ? SEC_I_NO_LSA_CONTEXT : STATUS_SUCCESS;
}

/* ---- Messages ---------------------------------------------------------- */

static void number(uint64_t value, uint8_t ret[CHACHA_POLY1305_NONCE_SIZE])
{
    memset(ret, 0, CHACHA_POLY1305_NONCE_SIZE);
    for (int i = 0; i < 8; i++)
        ret[i] = (uint8_t)(value >> 8 * i);
}

static void sign(const uint8_t key[MOCK_KEY], uint64_t sequence, const SecBufferDesc *desc,
                 uint8_t ret[MOCK_KEY])
{
    struct mock_bytes pieces[9];
    uint8_t nonce[CHACHA_POLY1305_NONCE_SIZE];
    size_t n = 1;

    number(sequence, nonce);
    pieces[0] = (struct mock_bytes){ nonce, sizeof(nonce) };
    for (ULONG i = 0; i < desc->cBuffers && n < 9; i++) {
        const SecBuffer *buffer = &desc->pBuffers[i];

        if ((buffer->BufferType & ~SECBUFFER_ATTRMASK) == SECBUFFER_DATA)
            pieces[n++] = (struct mock_bytes){ buffer->pvBuffer, buffer->cbBuffer };
    }
    mock_hmac(key, pieces, n, ret);
}

static NTSTATUS NTAPI sp_make_signature(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc desc,
                                        ULONG sequence)
{
    struct user_context *context = mock_find(&contexts, handle);
    PSecBuffer token = mock_buffer(desc, SECBUFFER_TOKEN);
    uint8_t tag[MOCK_KEY];

    (void)qop;
    (void)sequence;
    MOCK_TOLD("MakeSignature");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    if (token == NULL)
        return SEC_E_INVALID_TOKEN;
    if (token->cbBuffer < MOCK_TAG) {
        token->cbBuffer = MOCK_TAG;
        return SEC_E_BUFFER_TOO_SMALL;
    }
    sign(context->live.send_key, context->live.send++, desc, tag);
    memcpy(token->pvBuffer, tag, MOCK_TAG);
    token->cbBuffer = MOCK_TAG;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_verify_signature(LSA_SEC_HANDLE handle, PSecBufferDesc desc,
                                          ULONG sequence, PULONG ret_qop)
{
    struct user_context *context = mock_find(&contexts, handle);
    PSecBuffer token = mock_buffer(desc, SECBUFFER_TOKEN);
    uint8_t tag[MOCK_KEY];

    (void)sequence;
    MOCK_TOLD("VerifySignature");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    if (token == NULL || token->cbBuffer != MOCK_TAG)
        return SEC_E_INVALID_TOKEN;
    sign(context->live.receive_key, context->live.receive, desc, tag);
    if (!mock_same(tag, token->pvBuffer, MOCK_TAG))
        return SEC_E_MESSAGE_ALTERED;
    context->live.receive++;
    if (ret_qop != NULL)
        *ret_qop = 0;
    return STATUS_SUCCESS;
}

static void start_cipher(struct chacha_poly1305_ctx *cipher, const uint8_t key[MOCK_KEY],
                         uint64_t sequence)
{
    uint8_t nonce[CHACHA_POLY1305_NONCE_SIZE];

    number(sequence, nonce);
    chacha_poly1305_set_key(cipher, key);
    chacha_poly1305_set_nonce(cipher, nonce);
}

static NTSTATUS NTAPI sp_seal(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc desc, ULONG sequence)
{
    struct user_context *context = mock_find(&contexts, handle);
    PSecBuffer token = mock_buffer(desc, SECBUFFER_TOKEN);
    PSecBuffer data = mock_buffer(desc, SECBUFFER_DATA);
    struct chacha_poly1305_ctx cipher;

    (void)qop;
    (void)sequence;
    MOCK_TOLD("SealMessage");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    if (token == NULL || data == NULL)
        return SEC_E_INVALID_TOKEN;
    if (token->cbBuffer < MOCK_TAG) {
        token->cbBuffer = MOCK_TAG;
        return SEC_E_BUFFER_TOO_SMALL;
    }
    start_cipher(&cipher, context->live.send_key, context->live.send++);
    chacha_poly1305_encrypt(&cipher, data->cbBuffer, data->pvBuffer, data->pvBuffer);
    chacha_poly1305_digest(&cipher, MOCK_TAG, token->pvBuffer);
    token->cbBuffer = MOCK_TAG;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_unseal(LSA_SEC_HANDLE handle, PSecBufferDesc desc, ULONG sequence,
                                PULONG ret_qop)
{
    struct user_context *context = mock_find(&contexts, handle);
    PSecBuffer token = mock_buffer(desc, SECBUFFER_TOKEN);
    PSecBuffer data = mock_buffer(desc, SECBUFFER_DATA);
    struct chacha_poly1305_ctx cipher;
    uint8_t tag[MOCK_TAG];

    (void)sequence;
    MOCK_TOLD("UnsealMessage");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    if (token == NULL || data == NULL || token->cbBuffer != MOCK_TAG)
        return SEC_E_INVALID_TOKEN;
    start_cipher(&cipher, context->live.receive_key, context->live.receive);
    chacha_poly1305_decrypt(&cipher, data->cbBuffer, data->pvBuffer, data->pvBuffer);
    chacha_poly1305_digest(&cipher, MOCK_TAG, tag);
    if (!mock_same(tag, token->pvBuffer, MOCK_TAG)) {
        start_cipher(&cipher, context->live.receive_key, context->live.receive);
        chacha_poly1305_encrypt(&cipher, data->cbBuffer, data->pvBuffer, data->pvBuffer);
        return SEC_E_MESSAGE_ALTERED; /* the caller's bytes are as they were */
    }
    context->live.receive++;
    if (ret_qop != NULL)
        *ret_qop = 0;
    return STATUS_SUCCESS;
}

/* ---- Attributes -------------------------------------------------------- */

static NTSTATUS NTAPI sp_get_token(LSA_SEC_HANDLE handle, PHANDLE ret)
{
    const struct user_context *context = mock_find(&contexts, handle);

    MOCK_TOLD("GetContextToken");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    if (context->live.token == 0)
        return SEC_E_NO_IMPERSONATION;
    *ret = (HANDLE)(uintptr_t)context->live.token; // NOLINT(performance-no-int-to-ptr)
    return STATUS_SUCCESS;
}

static NTSTATUS query_names(const struct mock_live *live, SecPkgContext_NamesW *ret)
{
    SEC_WCHAR *copy = dll.AllocateHeap(sizeof(live->user));

    if (copy == NULL)
        return STATUS_NO_MEMORY;
    memcpy(copy, live->user, sizeof(live->user));
    ret->sUserName = copy;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_query(LSA_SEC_HANDLE handle, ULONG attribute, PVOID ret)
{
    const struct user_context *context = mock_find(&contexts, handle);

    MOCK_TOLD("QueryContextAttributes");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    if (attribute == SECPKG_ATTR_NAMES)
        return query_names(&context->live, ret);
    if (attribute != SECPKG_ATTR_SIZES)
        return SEC_E_UNSUPPORTED_FUNCTION;
    *(SecPkgContext_Sizes *)ret = (SecPkgContext_Sizes){
        .cbMaxToken = MOCK_TOKEN_MAX,
        .cbMaxSignature = MOCK_TAG,
        .cbBlockSize = 1,
        .cbSecurityTrailer = MOCK_TAG,
    };
    return STATUS_SUCCESS;
}

/* ---- Export and import ------------------------------------------------- */

static NTSTATUS pack(const struct mock_live *live, PSecBuffer ret)
{
    struct mock_live copy = *live;
    uint8_t packed[MOCK_PACKED_MAX];

    copy.token = 0; /* a number of this process; the token travels beside the blob */
    size_t n = mock_pack(&copy, packed);
    void *block = dll.AllocateHeap((ULONG)n);
    if (block == NULL)
        return STATUS_NO_MEMORY;
    memcpy(block, packed, n);
    *ret = (SecBuffer){ (ULONG)n, SECBUFFER_TOKEN, block };
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_export(LSA_SEC_HANDLE handle, ULONG flags, PSecBuffer ret,
                                PHANDLE ret_token)
{
    const struct user_context *context = mock_find(&contexts, handle);
    HANDLE token = NULL;

    MOCK_TOLD("ExportContext");
    if (context == NULL)
        return SEC_E_INVALID_HANDLE;
    if ((flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL) != 0)
        return SEC_E_UNSUPPORTED_FUNCTION;
    /* A reset after messages would encrypt two of them under one nonce. */
    if ((flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0 &&
        context->live.send + context->live.receive != 0)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (ret_token != NULL && context->live.token != 0) {
        token = (HANDLE)(uintptr_t)context->live.token; // NOLINT(performance-no-int-to-ptr)
        token = mock_dup_handle(token);
        if (token == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    NTSTATUS status = pack(&context->live, ret);
    if (!NT_SUCCESS(status)) {
        mock_close_handle(token);
        return status;
    }
    if (ret_token != NULL)
        *ret_token = token;
    if ((flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) != 0)
        (void)sp_delete_context(handle);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sp_import(PSecBuffer packed, HANDLE token, PLSA_SEC_HANDLE ret)
{
    struct mock_live live = { 0 };
    HANDLE own = NULL;

    MOCK_TOLD("ImportContext");
    if (!mock_unpack((struct mock_bytes){ packed->pvBuffer, packed->cbBuffer }, &live))
        return SEC_E_INVALID_TOKEN;
    if (token != NULL) {
        own = mock_dup_handle(token);
        if (own == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    live.token = (uint64_t)(uintptr_t)own;
    LSA_SEC_HANDLE handle = mock_fresh_handle() | (LSA_SEC_HANDLE)1 << 63;
    NTSTATUS status = add_context(&live, handle);
    if (!NT_SUCCESS(status)) {
        mock_close_handle(own);
        return status;
    }
    *ret = handle;
    return STATUS_SUCCESS;
}

static SECPKG_USER_FUNCTION_TABLE tables[] = {
    {
        .InstanceInit = sp_instance_init,
        .InitUserModeContext = sp_init_user_context,
        .MakeSignature = sp_make_signature,
        .VerifySignature = sp_verify_signature,
        .SealMessage = sp_seal,
        .UnsealMessage = sp_unseal,
        .GetContextToken = sp_get_token,
        .QueryContextAttributes = sp_query,
        .DeleteUserModeContext = sp_delete_context,
        .ExportContext = sp_export,
        .ImportContext = sp_import,
    },
};

/* The second package of the module has no user half. */
MOCK_EXPORT NTSTATUS NTAPI SpUserModeInitialize(ULONG version, PULONG ret_version,
                                                PSECPKG_USER_FUNCTION_TABLE *ret, PULONG ret_n)
{
    if (version != SECPKG_INTERFACE_VERSION)
        return STATUS_INVALID_PARAMETER;
    MOCK_TOLD("SpUserModeInitialize");
    *ret_version = SECPKG_INTERFACE_VERSION;
    *ret = tables;
    *ret_n = 1;
    return STATUS_SUCCESS;
}
