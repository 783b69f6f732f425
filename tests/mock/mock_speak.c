/* SPDX-License-Identifier: Apache-2.0 */
/* The mock's user half: what a session says beside its messages. */
#include "mock/mock.h"

#include <string.h>

/* The entry point's prototype: opensspi.h has its type only. */
NTSTATUS NTAPI SpUserExtensionInitialize(ULONG version, const OPENSSPI_USER_EXTENSION_TABLE **ret,
                                         PULONG ret_n);

enum { HEAD = 5, SAID = HEAD + MOCK_WORD, SPEECH = SAID + MOCK_TAG };

static void tag_speech(const uint8_t key[MOCK_KEY], uint64_t sequence, const uint8_t *speech,
                       uint8_t ret[MOCK_KEY])
{
    uint8_t number[8];
    struct mock_bytes pieces[] = { { (const uint8_t *)"speech", 6 },
                                   { number, sizeof(number) },
                                   { speech, SAID } };

    for (size_t i = 0; i < sizeof(number); i++)
        number[i] = (uint8_t)(sequence >> 8 * i);
    mock_hmac(key, pieces, 3, ret);
}

static NTSTATUS NTAPI sp_apply_control(LSA_SEC_HANDLE handle, PSecBufferDesc input)
{
    struct mock_live *live = mock_live_of(handle);
    PSecBuffer token = mock_buffer(input, SECBUFFER_TOKEN);

    MOCK_TOLD("UserApplyControlToken");
    if (live == NULL)
        return SEC_E_INVALID_HANDLE;
    if (token == NULL || token->cbBuffer == 0 || token->cbBuffer > MOCK_WORD)
        return SEC_E_INVALID_TOKEN;
    memset(live->word, 0, MOCK_WORD);
    memcpy(live->word, token->pvBuffer, token->cbBuffer);
    return STATUS_SUCCESS;
}

static NTSTATUS hear(struct mock_live *live, const SecBuffer *in)
{
    const uint8_t *speech = in->pvBuffer;
    uint8_t tag[MOCK_KEY];

    if (in->cbBuffer != SPEECH || memcmp(speech, "MOCKS", HEAD) != 0)
        return SEC_E_INVALID_TOKEN;
    tag_speech(live->receive_key, live->receive, speech, tag);
    if (!mock_same(tag, speech + SAID, MOCK_TAG))
        return SEC_E_MESSAGE_ALTERED;
    live->receive++;
    return memcmp(speech + HEAD, "bye", 4) == 0 ? SEC_I_CONTEXT_EXPIRED : STATUS_SUCCESS;
}

static NTSTATUS say(struct mock_live *live, ULONG requirements, PSecBufferDesc out)
{
    static const uint8_t nothing[MOCK_WORD];
    PSecBuffer token = mock_buffer(out, SECBUFFER_TOKEN);
    uint8_t speech[SAID + MOCK_KEY] = "MOCKS";
    ULONG n = memcmp(live->word, nothing, MOCK_WORD) == 0 ? 0 : SPEECH;

    memcpy(speech + HEAD, live->word, MOCK_WORD);
    tag_speech(live->send_key, live->send, speech, speech + SAID);
    NTSTATUS status =
        mock_put_token(token, requirements, (struct mock_bytes){ speech, n }, mock_user_alloc);
    if (NT_SUCCESS(status) && n != 0) {
        live->send++;
        memset(live->word, 0, MOCK_WORD);
    }
    return status;
}

/* With a token of the peer: listens. Without: speaks. */
static NTSTATUS NTAPI sp_continue(LSA_SEC_HANDLE handle, ULONG requirements, PSecBufferDesc in,
                                  PSecBufferDesc out, PULONG ret_attributes, PTimeStamp ret_expiry)
{
    struct mock_live *live = mock_live_of(handle);
    const SecBuffer *token = mock_buffer(in, SECBUFFER_TOKEN);

    MOCK_TOLD("ContinueContext");
    if (live == NULL)
        return SEC_E_INVALID_HANDLE;
    *ret_attributes = requirements & (ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY);
    ret_expiry->QuadPart = INT64_MAX;
    if (token == NULL || token->cbBuffer == 0)
        return say(live, requirements, out);
    NTSTATUS status = hear(live, token);
    PSecBuffer answer = mock_buffer(out, SECBUFFER_TOKEN);
    ULONG flag = live->initiator ? ISC_REQ_EXTENDED_ERROR : ASC_REQ_EXTENDED_ERROR;
    if (mock_explain(out, requirements, flag, status, mock_user_alloc))
        *ret_attributes |= flag;
    if (answer != NULL && NT_SUCCESS(status))
        answer->cbBuffer = 0;
    return status;
}

MOCK_EXPORT NTSTATUS NTAPI SpUserExtensionInitialize(ULONG version,
                                                     const OPENSSPI_USER_EXTENSION_TABLE **ret,
                                                     PULONG ret_n)
{
    static OPENSSPI_USER_EXTENSION_TABLE table = { .Version = OPENSSPI_USER_EXTENSION_VERSION,
                                                   .ApplyControlToken = sp_apply_control,
                                                   .ContinueContext = sp_continue };
    long told = OPENSSPI_USER_EXTENSION_VERSION;
    long n = 1;

    if (version != OPENSSPI_USER_EXTENSION_VERSION)
        return STATUS_INVALID_PARAMETER;
    MOCK_TOLD("SpUserExtensionInitialize");
    (void)mock_told("extension_version", &told);
    (void)mock_told("n_extensions", &n);
    table.Version = (ULONG)told;
    *ret = &table;
    *ret_n = (ULONG)n;
    return STATUS_SUCCESS;
}
