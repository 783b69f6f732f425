/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From frames to the LSA: who may call what and when (proto.def), the bodies
 * (msg.h), and the core of the LSA behind them.  Knows nothing of sockets or
 * loops; calls of different peers may be served on different threads at once.
 */
#ifndef SSP_RPC_SERVE_H
#define SSP_RPC_SERVE_H

#include "rpc/frame.h"
#include "rpc/session.h"

/* Answers one request; reply is a FRAME_INIT one, and ready to be sent.  An error is the
 * connection's: it is to be closed.  BAD_FRAME for what is no request, a call that is not known or
 * not permitted now, a body or a number of descriptors that does not hold; NO_MEMORY. */
enum ssp_err rpc_serve(struct rpc_server *server, struct rpc_peer *peer, struct frame *request,
                       struct frame *reply);

#endif
