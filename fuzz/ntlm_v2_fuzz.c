/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An NTLMv2 response: whatever decodes must encode, and decode again to the same
 * client challenge; and the proof over its bytes is the only one that verifies.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/ntlm/v2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_encode(const struct ntlm_temp *temp)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct ntlm_temp again;

    ntlm_temp_encode(temp, &out);
    if (out.err != SSP_OK || ntlm_temp_decode((struct view){ out.p, out.n }, &again) != SSP_OK)
        abort();
    if (again.timestamp != temp->timestamp || again.av.present != temp->av.present)
        abort();
}

static void try_proof(struct view raw)
{
    static const uint8_t server[NTLM_CHALLENGE_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    const struct key key = { .n = NTLM_PROOF_SIZE };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct ntlm_v2 response;

    (void)ntlm_v2_respond(&key, server, raw, &out);
    if (out.err != SSP_OK || ntlm_v2_decode((struct view){ out.p, out.n }, &response) != SSP_OK ||
        !ntlm_v2_verify(&key, server, &response))
        abort();
    out.p[raw.n / 2] ^= 1;
    if (ntlm_v2_decode((struct view){ out.p, out.n }, &response) == SSP_OK &&
        ntlm_v2_verify(&key, server, &response))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ntlm_v2 response;

    if (ntlm_v2_decode((struct view){ data, size }, &response) != SSP_OK)
        return 0;
    try_encode(&response.temp);
    try_proof(response.raw);
    return 0;
}
