/* SPDX-License-Identifier: Apache-2.0 */
/* A frame that is taken is made of its own parts again, byte by byte. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "rpc/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    ssp_cleanup(frame_done) struct frame again = FRAME_INIT;

    wr_view(&frame.bytes, (struct view){ data, size });
    if (frame.bytes.err != SSP_OK || frame_parse(&frame) != SSP_OK)
        return 0;
    if (frame.body.n != size - FRAME_HEADER_SIZE)
        abort();
    frame_begin(&again, frame.kind, frame.call, frame.sequence);
    wr_view(&again.bytes, frame.body);
    if (frame_finish(&again) != SSP_OK || again.bytes.n != size ||
        memcmp(again.bytes.p, data, size) != 0)
        abort();
    return 0;
}
