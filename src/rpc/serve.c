/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/serve.h"

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/handle.h"
#include "base/trace.h"
#include "rpc/serve_call.h"

/* ---- The door of a client that is elsewhere -------------------------------------------------- */

static _Thread_local struct serving *current;

/* A client is asked for outside of its calls when it goes, and then maybe in a call of another. */
static const struct client_id *who_is(const struct client *client)
{
    const struct rpc_session *session = client->host;
    bool is_calling = current != NULL && current->peer->session == session;

    return is_calling ? &current->peer->who : &session->who;
}

static uid_t uid_there(struct client *client)
{
    return who_is(client)->uid;
}

/* The kernel knows the process at the other end, not its thread. */
static pid_t pid_there(struct client *client)
{
    return who_is(client)->pid;
}

/* The client keeps a descriptor free for it, so its value there is known before it is there. */
static enum ssp_err give_handle(struct client *client, HANDLE handle, HANDLE *ret)
{
    struct frame_fds *given = current != NULL ? current->given : NULL;

    (void)client;
    if (given == NULL || current->slots == NULL)
        return ssp_fail(UNSUPPORTED);
    if (given->n == RPC_SLOTS)
        return ssp_fail(OVER_QUOTA);
    int fd = fd_dup(handle_to_fd(handle));
    if (fd < 0)
        return ssp_fail(BAD_HANDLE);
    *ret = handle_of_fd((int)current->slots[given->n]);
    given->fd[given->n++] = fd;
    return SSP_OK;
}

static const enum charge charge_of[OWNED_KINDS] = {
    [OWNED_CRED] = CHARGE_CREDENTIAL,
    [OWNED_CTX] = CHARGE_CONTEXT,
};

static enum ssp_err charge(struct client *client, enum owned_kind kind)
{
    struct rpc_session *session = client->host;

    return account_charge(&session->server->accounts, session->account, charge_of[kind]);
}

static void refund(struct client *client, enum owned_kind kind)
{
    struct rpc_session *session = client->host;

    account_refund(&session->server->accounts, session->account, charge_of[kind]);
}

static enum ssp_err charge_bytes(struct client *client, size_t n, bool is_there)
{
    struct rpc_session *session = client->host;

    return account_charge_bytes(&session->server->accounts, session->account, n, is_there);
}

static void refund_bytes(struct client *client, size_t n)
{
    struct rpc_session *session = client->host;

    account_refund_bytes(&session->server->accounts, session->account, n);
}

static void claimed(struct client *client, const struct ticket_id *ticket)
{
    struct rpc_session *session = client->host;

    ledger_strike(&session->server->ledger, ticket);
}

static void forget(struct client *client)
{
    rpc_session_forget(client->host);
}

const struct client_door rpc_door = {
    .attributes = 0,
    .uid = uid_there,
    .pid = pid_there,
    .tid = pid_there,
    .give_handle = give_handle,
    .impersonate = NULL, /* lsad never acts as a client */
    .charge = charge,
    .refund = refund,
    .charge_bytes = charge_bytes,
    .refund_bytes = refund_bytes,
    .claimed = claimed,
    .forget = forget,
};

/* ---- One request ----------------------------------------------------------------------------- */

static enum ssp_err refuse(struct rpc_server *server, const struct rpc_peer *peer,
                           const struct frame *request, const char *why)
{
    rpc_complain(server, &peer->who, "call %s (%u): %s", rpc_call_name(request->call),
                 (unsigned)request->call, why);
    return ssp_fail(BAD_FRAME);
}

static enum ssp_err check(struct rpc_server *server, const struct rpc_peer *peer,
                          const struct frame *request)
{
    if (request->kind != FRAME_REQUEST)
        return refuse(server, peer, request, "is no request");
    if (!rpc_call_permitted(request->call, peer->state, peer->who.uid))
        return refuse(server, peer, request, "is not permitted");
    if (request->fds.n > rpc_shape((enum rpc_call)request->call)->ask_fds)
        return refuse(server, peer, request, "comes with descriptors");
    return SSP_OK;
}

static void begin(struct serving *serving)
{
    serving->outer = current;
    current = serving;
}

static void end(struct serving *serving)
{
    current = serving->outer;
}

static void put_answer(const struct frame *request, const struct rpc_shape *shape,
                       SECURITY_STATUS status, const void *answer, struct frame *reply)
{
    frame_begin(reply, FRAME_REPLY, request->call, request->sequence);
    wr_le32(&reply->bytes, (uint32_t)status);
    message_encode(&shape->answer, answer, &reply->bytes);
}

static enum ssp_err answer_request(struct serving *serving, const struct frame *request,
                                   union rpc_ask *ask, struct frame *reply)
{
    const struct rpc_shape *shape = rpc_shape((enum rpc_call)request->call);
    union rpc_answer answer = { 0 };

    begin(serving);
    SECURITY_STATUS status =
        rpc_serve_function((enum rpc_call)request->call)(serving, ask, &answer);
    end(serving);
    if (status < 0)
        frame_fds_close(&reply->fds);
    put_answer(request, shape, status, &answer, reply);
    message_wipe(&shape->answer, &answer);
    return reply->bytes.err;
}

enum ssp_err rpc_serve(struct rpc_server *server, struct rpc_peer *peer, struct frame *request,
                       struct frame *reply)
{
    union rpc_ask ask = { 0 };

    SSP_TRY(check(server, peer, request));
    const struct message *message = &rpc_shape((enum rpc_call)request->call)->ask;
    enum ssp_err e = message_decode(message, request->body, &ask);
    if (e != SSP_OK)
        return e == SSP_ERR_NO_MEMORY ? e : refuse(server, peer, request, "does not hold");

    struct serving serving = { .server = server, .peer = peer, .given = &reply->fds };
    if (request->fds.n != 0)
        serving.token = handle_of_fd(request->fds.fd[0]);
    e = answer_request(&serving, request, &ask, reply);
    message_wipe(message, &ask);
    return e;
}
