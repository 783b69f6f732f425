/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection of lsad.  It has one call at a time: while a call is answered
 * nothing is read, so calls stay in order, and a client that floods fills its own
 * socket.  Answering is work for the pool of threads; everything else is the
 * loop's.  A thread that has answered stays with the client for a moment, when no
 * other needs it: calls seldom come alone.  Of one user only so many calls are
 * answered at a time; the others wait in the order of their coming (rpc/account.h).
 */
#ifndef SSP_LSAD_CONN_H
#define SSP_LSAD_CONN_H

#include <stdatomic.h>
#include <uv.h>

#include "rpc/serve.h"

struct conn;

struct conns { /* all of them; the loop's */
    uv_loop_t *loop;
    struct rpc_server *server;
    struct conn *first;
    size_t n;
    bool draining;
    atomic_uint wanted;  /* threads, by connections that wait for one */
    atomic_uint staying; /* threads that wait for the next call of a client */
    unsigned may_stay;
    void (*one_less)(struct conns *conns); /* a connection has gone */
};

/* threads: of the pool; half of them at most wait for clients. */
void conns_init(struct conns *conns, uv_loop_t *loop, struct rpc_server *server, unsigned threads,
                void (*one_less)(struct conns *conns));

/* Takes fd over, and closes it when the connection is refused: over a limit of its user (the client
 * is told), or without memory. */
void conns_add(struct conns *conns, int fd);

/* Those that nothing is done for close now, read or not what they were sent; the others when their
 * answer is out. */
void conns_drain(struct conns *conns);

#endif
