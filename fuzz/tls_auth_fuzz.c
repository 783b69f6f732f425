/* SPDX-License-Identifier: Apache-2.0 */
/* The flat form of a TLS credential, as lsad gets it from anybody.  What is taken is written again
 * as it was. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/tls_auth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(tls_auth_wipe) struct tls_auth auth = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_AUTH_SIZE_MAX);
    const struct view flat = { data, size };

    if (tls_auth_parse(flat, &auth) != SSP_OK)
        return 0;
    tls_auth_flatten(&auth, &out);
    if (out.err != SSP_OK || !ct_eq((struct view){ out.p, out.n }, flat))
        abort();
    return 0;
}
