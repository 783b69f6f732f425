/* SPDX-License-Identifier: Apache-2.0 */
/* The calls that a client can make to lsad, and who may make which when; all of it from proto.def.
 */
#ifndef SSP_RPC_PROTO_H
#define SSP_RPC_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum rpc_call {
    RPC_NONE = 0,
#define RPC_CALL(name, number, state, who) RPC_##name = (number),
#include "rpc/proto.def"
#undef RPC_CALL
    RPC_CALLS, /* one more than the last number */
};

enum rpc_state { RPC_STATE_FRESH, RPC_STATE_READY };

/* "?" for what is no call. */
const char *rpc_call_name(unsigned call);

/* Is there such a call, and may this user make it on a connection in this state? */
bool rpc_call_permitted(unsigned call, enum rpc_state state, uid_t uid);

#endif
