/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a parcel decodes to, encoding it yields the same bytes: there is one form only. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "handoff/parcel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The encoder only asks whether there are descriptors; these are never used nor closed. */
static void encode(struct parcel *parcel, unsigned flags, struct wr *out)
{
    parcel->token_fd = (flags & PARCEL_TOKEN) != 0 ? 0 : -1;
    parcel->connection_fd = (flags & PARCEL_CONNECTION) != 0 ? 0 : -1;
    if (parcel_encode(parcel, out) != SSP_OK)
        abort();
    parcel->token_fd = -1;
    parcel->connection_fd = -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;
    ssp_cleanup(wr_free) struct wr out = WR_INIT(PARCEL_MAX);
    unsigned flags = 0;

    if (parcel_decode((struct view){ data, size }, &parcel, &flags) != SSP_OK)
        return 0;
    encode(&parcel, flags, &out);
    if (out.n != size || memcmp(out.p, data, size) != 0)
        abort();
    return 0;
}
