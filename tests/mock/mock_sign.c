/* SPDX-License-Identifier: Apache-2.0 */
/* The mock signs what an outer package agreed on, with a context that is packed already. */
#include "mock/mock.h"

#include <string.h>

NTSTATUS NTAPI SpLsaSignInitialize(ULONG version, const OPENSSPI_LSA_SIGN_TABLE **ret,
                                   PULONG ret_n);
NTSTATUS NTAPI SpLsaInnerInitialize(const OPENSSPI_LSA_INNER_TABLE *table);

static void make_tag(const uint8_t key[MOCK_KEY], uint64_t sequence, const SecBuffer *list,
                     uint8_t ret[MOCK_KEY])
{
    const struct mock_bytes pieces[] = {
        { (const uint8_t *)&sequence, sizeof(sequence) },
        { list->pvBuffer, list->cbBuffer },
    };

    mock_hmac(key, pieces, 2, ret);
}

static bool open_data(const SecBuffer *data, struct mock_live *ret)
{
    return mock_unpack((struct mock_bytes){ data->pvBuffer, data->cbBuffer }, ret);
}

/* In another block, as a package may. */
static NTSTATUS close_data(const struct mock_live *live, PSecBuffer data)
{
    uint8_t packed[MOCK_PACKED_MAX];
    size_t n = mock_pack(live, packed);
    void *block = mock_lsa->AllocateLsaHeap((ULONG)n);

    if (block == NULL)
        return STATUS_NO_MEMORY;
    memcpy(block, packed, n);
    mock_lsa->FreeLsaHeap(data->pvBuffer);
    data->pvBuffer = block;
    data->cbBuffer = (ULONG)n;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI sign_list(PSecBuffer data, PSecBuffer list, PSecBuffer ret)
{
    struct mock_live live;
    uint8_t tag[MOCK_KEY];

    MOCK_TOLD("SignMechList");
    if (!open_data(data, &live))
        return SEC_E_INVALID_TOKEN;
    make_tag(live.send_key, live.send++, list, tag);
    void *block = mock_lsa->AllocateLsaHeap(MOCK_TAG);
    if (block == NULL)
        return STATUS_NO_MEMORY;
    memcpy(block, tag, MOCK_TAG);
    NTSTATUS status = close_data(&live, data);
    if (!NT_SUCCESS(status)) {
        mock_lsa->FreeLsaHeap(block);
        return status;
    }
    *ret = (SecBuffer){ MOCK_TAG, SECBUFFER_TOKEN, block };
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI verify_list(PSecBuffer data, PSecBuffer list, PSecBuffer signature)
{
    struct mock_live live;
    uint8_t tag[MOCK_KEY];
    uint8_t difference = 0;

    MOCK_TOLD("VerifyMechList");
    if (!open_data(data, &live))
        return SEC_E_INVALID_TOKEN;
    make_tag(live.receive_key, live.receive++, list, tag);
    if (signature->cbBuffer != MOCK_TAG)
        return SEC_E_MESSAGE_ALTERED;
    for (size_t i = 0; i < MOCK_TAG; i++)
        difference |= (uint8_t)(tag[i] ^ ((const uint8_t *)signature->pvBuffer)[i]);
    return difference == 0 ? close_data(&live, data) : SEC_E_MESSAGE_ALTERED;
}

MOCK_EXPORT NTSTATUS NTAPI SpLsaSignInitialize(ULONG version, const OPENSSPI_LSA_SIGN_TABLE **ret,
                                               PULONG ret_n)
{
    /* The second package does not sign. */
    static const OPENSSPI_LSA_SIGN_TABLE table = { OPENSSPI_LSA_SIGN_VERSION, sign_list,
                                                   verify_list };

    if (version != OPENSSPI_LSA_SIGN_VERSION)
        return STATUS_INVALID_PARAMETER;
    MOCK_TOLD("SpLsaSignInitialize");
    *ret = &table;
    *ret_n = 1;
    return STATUS_SUCCESS;
}

MOCK_EXPORT NTSTATUS NTAPI SpLsaInnerInitialize(const OPENSSPI_LSA_INNER_TABLE *table)
{
    mock_script_from_environment();
    MOCK_TOLD("SpLsaInnerInitialize");
    return table->Version == OPENSSPI_LSA_INNER_VERSION ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}
