/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes that lsad serves.
 *
 * A process has several connections, so that its threads do not wait for each
 * other; the first says hello and gets an id, a secret that only that process and
 * its children know, and the others show it.  What the process makes lsad keep
 * goes when its last connection has gone; its credentials stay while children
 * have them from it.
 *
 * Who a client is, its connection tells (SO_PEERCRED): a process that has given
 * up its rights since makes new connections, and is judged by them.
 *
 * Ids go to the client blinded by a number that each session draws: an id of a
 * session that is over, or of another lsad, means nothing in a new one.
 */
#ifndef SSP_RPC_SESSION_H
#define SSP_RPC_SESSION_H

#include "lsa/client.h"
#include "lsa/core.h"
#include "rpc/complaints.h"
#include "rpc/ledger.h"
#include "rpc/msg.h"

struct rpc_session {
    struct rpc_server *server;
    struct rpc_session *next;
    struct rpc_session *parent; /* used, until the end; NULL: none */
    size_t connections;
    size_t users; /* connections and children; the last one takes it away */
    uint8_t id[RPC_ID_SIZE];
    uint64_t blind;        /* ids of credentials and contexts; the top bit is set, as in no id */
    uint64_t blind_handle; /* names of packages; the top bit is clear, as in no imported one */
    struct client_id who;  /* at the first hello */
    struct account *account;
    bool is_charged;
    struct client *client;
};

struct rpc_server {
    struct lsa *lsa;
    struct accounts accounts;
    struct ledger ledger;
    struct complaints complaints;
    pthread_mutex_t lock; /* for the list, and who uses whom */
    struct rpc_session *first;
};

struct rpc_peer { /* the other end of a connection; one call of it at a time */
    enum rpc_state state;
    struct client_id who;
    struct rpc_session *session; /* NULL before the hello */
};

void rpc_server_init(struct rpc_server *server, struct lsa *lsa, const uint32_t max[CHARGES]);
void rpc_server_done(struct rpc_server *server); /* no peer may be left */

/* Charges the tickets that an lsad of before made to their users.  Traced. */
void rpc_server_recall(struct rpc_server *server);

/* A line in the log about who misbehaves, unless there were many already. */
#define rpc_complain(server, who, ...) \
    complaints_say(&(server)->complaints, (who), (server)->lsa->clock->boottime(), __VA_ARGS__)

/* Joins the session that is asked for, or begins one.  OVER_QUOTA, NO_MEMORY, INTERNAL. */
enum ssp_err rpc_session_join(struct rpc_server *server, struct rpc_peer *peer,
                              const struct hello_ask *ask, const struct client_door *door,
                              struct hello_answer *ret);

/* The connection has gone; no call of it is running. */
void rpc_session_leave(struct rpc_peer *peer);

/* The end of its memory: when its client has gone, too. */
void rpc_session_forget(struct rpc_session *session);

uint64_t rpc_blind(uint64_t blind, uint64_t id); /* and back; 0 stays 0: none */

#endif
