/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of serve.h: a call that is being served, and what each call does. */
#ifndef SSP_RPC_SERVE_CALL_H
#define SSP_RPC_SERVE_CALL_H

#include "rpc/serve.h"

struct serving {
    struct rpc_server *server;
    struct rpc_peer *peer;
    HANDLE token;          /* the descriptor that came with the call; NULL: none */
    const uint32_t *slots; /* RPC_SLOTS of them; NULL: the call gives no handles */
    struct frame_fds *given;
    struct serving *outer;
};

/* What the LSA core reaches a client through. */
extern const struct client_door rpc_door;

/* The answer is zeroed, and freed by its message whatever the status is. */
typedef SECURITY_STATUS rpc_serve_fn(struct serving *serving, union rpc_ask *ask,
                                     union rpc_answer *answer);

/* Of a call that exists. */
rpc_serve_fn *rpc_serve_function(enum rpc_call call);

/* serve_ctx.c */
rpc_serve_fn rpc_serve_leg;
rpc_serve_fn rpc_serve_delete_ctx;
rpc_serve_fn rpc_serve_control;
rpc_serve_fn rpc_serve_seal;
rpc_serve_fn rpc_serve_seal_negotiating;
rpc_serve_fn rpc_serve_open;
rpc_serve_fn rpc_serve_claim;
rpc_serve_fn rpc_serve_release;

static inline struct client *serving_client(const struct serving *serving)
{
    return serving->peer->session->client;
}

/* Ids as the client has them, to ours and back. */
static inline uint64_t serving_blind(const struct serving *serving, uint64_t id)
{
    return rpc_blind(serving->peer->session->blind, id);
}

static inline uint64_t serving_blind_handle(const struct serving *serving, uint64_t handle)
{
    return rpc_blind(serving->peer->session->blind_handle, handle);
}

#endif
