/* SPDX-License-Identifier: Apache-2.0 */
/* What decodes encodes to the same bytes. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "handoff/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(SNAPSHOT_MAX);

    if (snapshot_decode((struct view){ data, size }, &snapshot) != SSP_OK)
        return 0;
    snapshot_encode(&snapshot, &out);
    if (out.err != SSP_OK || out.n != size || memcmp(out.p, data, size) != 0)
        abort();
    return 0;
}
