/* SPDX-License-Identifier: Apache-2.0 */
/* Packed Negotiate contexts of both forms: what is taken is, to the byte, what packing it yields.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/negotiate/half.h"
#include "packages/negotiate/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const struct wr *out, struct view bytes)
{
    if (out->err == SSP_ERR_NO_MEMORY)
        return;
    if (out->err != SSP_OK || !ct_eq((struct view){ out->p, out->n }, bytes))
        abort();
}

static void check_half(struct view bytes)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NEGO_HALF_MAX);
    ssp_cleanup(nego_half_freep) struct nego_half *half = NULL;
    struct view inner = { 0 };

    if (nego_half_unpack(bytes, &half, &inner) != SSP_OK)
        return;
    nego_half_pack(half, inner, &out);
    compare(&out, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    const struct view bytes = { data, size };
    struct nego_packed packed = { .id = 0 };

    check_half(bytes);
    if (nego_unpack(bytes, &packed) == SSP_OK) {
        nego_pack(&packed, &out);
        compare(&out, bytes);
    }
    return 0;
}
