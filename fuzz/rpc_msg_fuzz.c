/* SPDX-License-Identifier: Apache-2.0 */
/* Every message: the first byte chooses the call, the second whether it is its request or its
 * answer.  What decodes encodes to the same bytes. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "rpc/frame.h"
#include "rpc/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    union {
        union rpc_ask ask;
        union rpc_answer answer;
    } any;
    ssp_cleanup(wr_free) struct wr out = WR_INIT(2 * FRAME_BODY_MAX);

    if (size < 2 || size > FRAME_BODY_MAX)
        return 0;
    const struct rpc_shape *shape = rpc_shape((enum rpc_call)(data[0] % (RPC_CALLS - 1) + 1));
    const struct message *message = data[1] % 2 == 0 ? &shape->ask : &shape->answer;
    struct view body = { data + 2, size - 2 };
    if (message_decode(message, body, &any) != SSP_OK)
        return 0;
    message_encode(message, &any, &out);
    if (out.err != SSP_OK || out.n != body.n || (out.n != 0 && memcmp(out.p, body.p, body.n) != 0))
        abort();
    message_wipe(message, &any);
    return 0;
}
