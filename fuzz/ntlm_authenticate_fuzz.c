/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever decodes must encode, and decode again to the same message.  The MIC
 * does not depend on what stands in its place, and on everything else.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/ntlm/authenticate.h"
#include "packages/ntlm/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(struct view a, struct view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static bool same_message(const struct ntlm_authenticate *a, const struct ntlm_authenticate *b)
{
    return a->flags == b->flags && a->has_mic == b->has_mic && same(a->lm, b->lm) &&
           same(a->nt, b->nt) && same(a->domain, b->domain) && same(a->user, b->user) &&
           same(a->workstation, b->workstation) && same(a->session_key, b->session_key) &&
           a->version.build == b->version.build;
}

static void try_mic(uint8_t *token, size_t n)
{
    const struct key key = { .n = NTLM_KEY_SIZE };
    struct view none = { 0 };
    uint8_t one[NTLM_MIC_SIZE];
    uint8_t two[NTLM_MIC_SIZE];

    ntlm_mic(&key, none, none, (struct view){ token, n }, one);
    ntlm_authenticate_set_mic(token, n, one);
    ntlm_mic(&key, none, none, (struct view){ token, n }, two);
    if (!same(VIEW_OF(one), VIEW_OF(two)) ||
        !same(ntlm_authenticate_mic((struct view){ token, n }), VIEW_OF(one)))
        abort();
    token[n - 1] ^= 1;
    ntlm_mic(&key, none, none, (struct view){ token, n }, two);
    token[n - 1] ^= 1;
    if (n > NTLM_MIC_OFFSET + NTLM_MIC_SIZE && same(VIEW_OF(one), VIEW_OF(two)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct ntlm_authenticate msg;
    struct ntlm_authenticate again;

    if (ntlm_authenticate_decode((struct view){ data, size }, &msg) != SSP_OK)
        return 0;
    ntlm_authenticate_encode(&msg, &out);
    if (out.err != SSP_OK)
        abort();
    if (msg.has_mic)
        try_mic(out.p, out.n);
    if (ntlm_authenticate_decode((struct view){ out.p, out.n }, &again) != SSP_OK ||
        !same_message(&msg, &again))
        abort();
    return 0;
}
