/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever decodes must encode, and decode again to the same list. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/ntlm/av.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct ntlm_av av;
    struct ntlm_av again;

    if (ntlm_av_decode((struct view){ data, size }, &av) != SSP_OK)
        return 0;
    ntlm_av_encode(&av, &out);
    if (out.err != SSP_OK)
        abort();
    if (ntlm_av_decode((struct view){ out.p, out.n }, &again) != SSP_OK)
        abort();
    if (again.present != av.present)
        abort();
    return 0;
}
