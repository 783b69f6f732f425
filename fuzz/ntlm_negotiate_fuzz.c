/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever decodes must encode, and decode again to the same message. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/ntlm/negotiate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(struct view a, struct view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct ntlm_negotiate msg;
    struct ntlm_negotiate again;

    if (ntlm_negotiate_decode((struct view){ data, size }, &msg) != SSP_OK)
        return 0;
    ntlm_negotiate_encode(&msg, &out);
    if (out.err != SSP_OK || ntlm_negotiate_decode((struct view){ out.p, out.n }, &again) != SSP_OK)
        abort();
    if (again.flags != msg.flags || again.version.build != msg.version.build ||
        !same(again.domain, msg.domain) || !same(again.workstation, msg.workstation))
        abort();
    return 0;
}
