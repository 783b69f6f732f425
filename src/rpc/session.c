/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/session.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/trace.h"
#include "lsa/owned.h"

static const uint64_t top_bit = UINT64_C(1) << 63;

static void unlock(pthread_mutex_t **lock)
{
    (void)pthread_mutex_unlock(*lock);
}

static pthread_mutex_t *hold(struct rpc_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    return &server->lock;
}

#define HELD(server) ssp_cleanup(unlock) pthread_mutex_t *held = hold(server)

void rpc_server_init(struct rpc_server *server, struct lsa *lsa, const uint32_t max[CHARGES])
{
    *server = (struct rpc_server){ .lsa = lsa };
    (void)pthread_mutex_init(&server->lock, NULL);
    accounts_init(&server->accounts, max);
    ledger_init(&server->ledger);
    complaints_init(&server->complaints);
}

void rpc_server_done(struct rpc_server *server)
{
    kept_let_go(&server->lsa->keeper); /* what is kept is charged to somebody */
    complaints_done(&server->complaints);
    ledger_done(&server->ledger);
    accounts_done(&server->accounts);
    (void)pthread_mutex_destroy(&server->lock);
}

static void recall(void *arg, const struct ticket_id *id, const struct ticket *ticket)
{
    struct rpc_server *server = arg;

    if (ledger_recall(&server->ledger, &server->accounts, id, ticket) != SSP_OK)
        trace(TRACE_ERROR, "a ticket of before is charged to nobody: no memory");
}

void rpc_server_recall(struct rpc_server *server)
{
    ssp_cleanup(home_unref) struct home *home = NULL;

    if (home_get(server->lsa, &home) == SSP_OK)
        ticket_each(home->dir.tickets_fd, recall, server);
}

uint64_t rpc_blind(uint64_t blind, uint64_t id)
{
    return id == 0 ? 0 : id ^ blind;
}

/* ---- Begin and end ------------------------------------------------------------------------- */

void rpc_session_forget(struct rpc_session *session)
{
    account_put(&session->server->accounts, &session->account);
    explicit_bzero(session, sizeof(*session));
    free(session);
}

/* The process is no more, and not charged any longer.  A client that has something kept lives on
 * until that is taken, and then forgets its session. */
static void session_free(struct rpc_session **session)
{
    struct rpc_session *gone = ssp_steal(session);

    if (gone == NULL)
        return;
    if (gone->is_charged)
        account_refund(&gone->server->accounts, gone->account, CHARGE_PROCESS);
    if (gone->client == NULL)
        rpc_session_forget(gone);
    else
        client_close(&gone->client);
}

static enum ssp_err draw(const struct rand *rand, struct rpc_session *session)
{
    SSP_TRY(rand->fill(session->id, sizeof(session->id)));
    SSP_TRY(rand->fill((uint8_t *)&session->blind, sizeof(session->blind)));
    SSP_TRY(rand->fill((uint8_t *)&session->blind_handle, sizeof(session->blind_handle)));
    session->blind |= top_bit;
    session->blind_handle &= ~top_bit;
    return SSP_OK;
}

/* The account has the limits. */
static const struct client_limits no_limits = {
    .max = { [OWNED_CRED] = LIMIT_HANDLES, [OWNED_CTX] = LIMIT_HANDLES },
};

static enum ssp_err session_new(struct rpc_server *server, const struct client_id *who,
                                const struct client_door *door, struct rpc_session **ret)
{
    ssp_cleanup(session_free) struct rpc_session *session = calloc(1, sizeof(*session));

    if (session == NULL)
        return ssp_fail(NO_MEMORY);
    session->server = server;
    session->who = *who;
    SSP_TRY(draw(server->lsa->rand, session));
    SSP_TRY(account_get(&server->accounts, who->uid, &session->account));
    SSP_TRY(account_charge(&server->accounts, session->account, CHARGE_PROCESS));
    session->is_charged = true;
    SSP_TRY(client_new(server->lsa, door, &no_limits, session, &session->client));
    *ret = ssp_steal(&session);
    return SSP_OK;
}

/* ---- Under the lock ------------------------------------------------------------------------ */

static struct rpc_session *find(const struct rpc_server *server, const uint8_t *id)
{
    struct rpc_session *session = server->first;
    struct view wanted = { id, RPC_ID_SIZE };

    while (session != NULL && !ct_eq(VIEW_OF(session->id), wanted))
        session = session->next;
    return session;
}

static void add(struct rpc_server *server, struct rpc_session *session)
{
    session->next = server->first;
    server->first = session;
}

static void take_off(struct rpc_server *server, const struct rpc_session *session)
{
    struct rpc_session **at = &server->first;

    while (*at != session)
        at = &(*at)->next;
    *at = session->next;
}

static void use(struct rpc_peer *peer, struct rpc_session *session)
{
    session->connections++;
    session->users++;
    peer->session = session;
    peer->state = RPC_STATE_READY;
}

/* ---- Hello --------------------------------------------------------------------------------- */

/* A process that has a session already: by its id, and by who it is. */
static bool join_own(struct rpc_server *server, struct rpc_peer *peer, const struct hello_ask *ask)
{
    HELD(server);
    struct rpc_session *session = ask->is_child ? NULL : find(server, ask->id);

    if (session == NULL || session->connections == 0 || session->who.pid != peer->who.pid)
        return false;
    use(peer, session);
    return true;
}

static void begin(struct rpc_server *server, struct rpc_peer *peer, const struct hello_ask *ask,
                  struct rpc_session *session)
{
    HELD(server);
    struct rpc_session *parent = ask->is_child ? find(server, ask->id) : NULL;

    if (parent != NULL) {
        parent->users++;
        session->parent = parent;
        session->blind = parent->blind; /* the child has the parent's ids */
        client_borrow(session->client, parent->client);
    }
    add(server, session);
    use(peer, session);
}

enum ssp_err rpc_session_join(struct rpc_server *server, struct rpc_peer *peer,
                              const struct hello_ask *ask, const struct client_door *door,
                              struct hello_answer *ret)
{
    struct rpc_session *session = NULL;

    if (!join_own(server, peer, ask)) {
        /* What nobody came for in time is charged to somebody still. */
        (void)kept_sweep(&server->lsa->keeper, server->lsa->clock->boottime());
        SSP_TRY(session_new(server, &peer->who, door, &session));
        begin(server, peer, ask, session);
    }
    memcpy(ret->id, peer->session->id, sizeof(ret->id));
    return SSP_OK;
}

/* ---- Goodbye ------------------------------------------------------------------------------- */

/* One user less.  What is to be freed then comes back, with its parent still counting it. */
static struct rpc_session *drop(struct rpc_server *server, struct rpc_session *session)
{
    HELD(server);

    if (--session->users != 0)
        return NULL;
    take_off(server, session);
    return session;
}

static bool was_last_connection(struct rpc_session *session)
{
    HELD(session->server);

    return --session->connections == 0;
}

void rpc_session_leave(struct rpc_peer *peer)
{
    struct rpc_session *session = ssp_steal(&peer->session);

    if (session == NULL)
        return;
    struct rpc_server *server = session->server;
    if (was_last_connection(session)) /* a child may still need its credentials */
        owned_close_all(session->client, OWNED_CTX);
    for (struct rpc_session *gone = drop(server, session); gone != NULL;) {
        struct rpc_session *parent = gone->parent;

        session_free(&gone);
        gone = parent != NULL ? drop(server, parent) : NULL;
    }
}
