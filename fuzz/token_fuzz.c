/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a token's record decodes to, encoding it yields the same bytes: there is one form only.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "lsa/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 16);
    OPENSSPI_TOKEN_INFO info;

    if (token_decode((struct view){ data, size }, &info) != SSP_OK)
        return 0;
    if (token_encode(&info, &out) != SSP_OK)
        abort();
    if (out.n != size || memcmp(out.p, data, size) != 0)
        abort();
    return 0;
}
