/* SPDX-License-Identifier: Apache-2.0 */
/* A packed half-done handshake that is taken is, to the byte, what packing it yields. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/kerberos/half.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_HALF_MAX);
    ssp_cleanup(krb_half_freep) struct krb_half *half = NULL;

    if (krb_half_unpack((struct view){ data, size }, &half) != SSP_OK)
        return 0;
    krb_half_pack(half, &out);
    if (out.err != SSP_OK || !ct_eq((struct view){ out.p, out.n }, (struct view){ data, size }))
        abort();
    return 0;
}
