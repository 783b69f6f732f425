/* SPDX-License-Identifier: Apache-2.0 */
/* What stands inside an envelope: whatever decodes, encoding it yields the same bytes. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "lsa/inner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(size);
    struct inner inner = { 0 };

    if (inner_decode((struct view){ data, size }, &inner) != SSP_OK)
        return 0;
    inner_encode(&inner, &out);
    if (out.err == SSP_ERR_NO_MEMORY)
        return 0;
    if (out.err != SSP_OK || out.n != size || memcmp(out.p, data, size) != 0)
        abort();
    return 0;
}
