/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever decodes must encode, and decode again to the same message. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/ntlm/challenge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(struct view a, struct view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct ntlm_challenge msg;
    struct ntlm_challenge again;

    if (ntlm_challenge_decode((struct view){ data, size }, &msg) != SSP_OK)
        return 0;
    ntlm_challenge_encode(&msg, &out);
    if (out.err != SSP_OK || ntlm_challenge_decode((struct view){ out.p, out.n }, &again) != SSP_OK)
        abort();
    if (again.flags != msg.flags || again.version.build != msg.version.build ||
        !same(VIEW_OF(again.challenge), VIEW_OF(msg.challenge)) ||
        !same(again.target_name, msg.target_name) || !same(again.target_info, msg.target_info))
        abort();
    return 0;
}
