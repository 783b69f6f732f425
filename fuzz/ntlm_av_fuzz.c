/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever decodes must encode, and decode again to the same list. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/ntlm/av.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(struct view a, struct view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void try_single_host(struct view value)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_SINGLE_HOST_SIZE);
    struct ntlm_single_host host;

    if (ntlm_single_host_decode(value, &host) != SSP_OK)
        return;
    ntlm_single_host_encode(&host, &out);
    if (out.err != SSP_OK || !same((struct view){ out.p + 8, out.n - 8 },
                                   (struct view){ value.p + 8, NTLM_SINGLE_HOST_SIZE - 8 }))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct ntlm_av av;
    struct ntlm_av again;

    if (ntlm_av_decode((struct view){ data, size }, &av) != SSP_OK)
        return 0;
    ntlm_av_encode(&av, &out);
    if (out.err != SSP_OK || ntlm_av_decode((struct view){ out.p, out.n }, &again) != SSP_OK)
        abort();
    if (again.present != av.present || ntlm_av_flags(&again) != ntlm_av_flags(&av))
        abort();
    for (unsigned id = 0; id <= NTLM_AV_LAST; id++)
        if (!same(av.value[id], again.value[id]))
            abort();
    try_single_host(av.value[NTLM_AV_SINGLE_HOST]);
    return 0;
}
