/* SPDX-License-Identifier: Apache-2.0 */
/* The worker: never saw the handshake, nor a password, and serves the client all the same. */
#include <errno.h>
#include <fcntl.h>
#include <opensspi.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "cli/cli.h"
#include "cli/demo/events.h"
#include "cli/demo/talk.h"

/* Starts the library before the session comes, so that the time taken is the import's own. */
static SECURITY_STATUS get_ready(const struct demo_role *role)
{
    PSecPkgInfoA info = NULL;
    SECURITY_STATUS status =
        QuerySecurityPackageInfoA((SEC_CHAR *)(uintptr_t)role->recipe->package, &info);

    if (status != SEC_E_OK)
        return demo_blame(role, "QuerySecurityPackageInfo", status);
    return FreeContextBuffer(info);
}

/* Where passwords or keys are, nobody but the LSA needs to look. */
static void try_secret(const struct demo_role *role)
{
    ssp_cleanup(fd_close) int fd = open(role->secret, O_RDONLY | O_CLOEXEC);
    const char *result = fd >= 0 ? "readable" : errno == EACCES ? "EACCES" : "missing";

    event_tell(role, "secret_file", "%s", result);
    if (role->gives_up_root)
        event_tell(role, EVENT_SAY, "tries to read the %s: %s", role->recipe->secret, result);
}

/* The process behind a connection, as the kernel noted it when it was made. */
static pid_t peer_of(int fd)
{
    struct ucred peer = { 0 };
    socklen_t n = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 ? peer.pid : -1;
}

static SECURITY_STATUS tell_who(const struct demo_role *role, HANDLE token)
{
    OPENSSPI_TOKEN_INFO info;
    SECURITY_STATUS status = opensspi_token_query(token, &info);

    if (status != SEC_E_OK)
        return demo_blame(role, "opensspi_token_query", status);
    event_tell(role, "token_user", "%s", info.user);
    event_tell(role, EVENT_SAY, "knows from the token whom it serves: %s\\%s", info.domain,
               info.user);
    return SEC_E_OK;
}

static SECURITY_STATUS import(struct talk *talk, OPENSSPI_PARCEL *parcel)
{
    uint64_t begin = event_now_us();
    SECURITY_STATUS status =
        ImportSecurityContextA(parcel->package, &parcel->context, parcel->token, &talk->ctx);
    uint64_t us = event_now_us() - begin;

    if (status != SEC_E_OK)
        return demo_blame(talk->role, "ImportSecurityContext", status);
    event_tell(talk->role, "import_us", "%llu", (unsigned long long)us);
    event_tell(talk->role, EVENT_SAY, "imports the session in %llu us", (unsigned long long)us);
    return talk->role->recipe->way->learn_sizes(talk);
}

static SECURITY_STATUS go_on_with(struct talk *talk, OPENSSPI_PARCEL *parcel)
{
    SECURITY_STATUS status = talk_take_connection(talk, parcel);

    if (status == SEC_E_OK)
        event_tell(talk->role, "peer_pid", "%d", peer_of(talk->conn.fd));
    return status;
}

static SECURITY_STATUS take_over(struct talk *talk)
{
    ssp_cleanup(opensspi_free_parcel) OPENSSPI_PARCEL parcel = { .connection = -1 };
    SECURITY_STATUS status = opensspi_receive_context(talk->role->handover_fd, &parcel);

    if (status != SEC_E_OK)
        return demo_blame(talk->role, "opensspi_receive_context", status);
    status = import(talk, &parcel);
    if (status == SEC_E_OK)
        status = tell_who(talk->role, parcel.token);
    return status == SEC_E_OK ? go_on_with(talk, &parcel) : status;
}

int demo_worker(const struct demo_role *role)
{
    ssp_cleanup(talk_end) struct talk talk = talk_init(role, -1);
    SECURITY_STATUS status = get_ready(role);

    try_secret(role);
    if (status == SEC_E_OK)
        status = take_over(&talk);
    for (unsigned i = 0; status == SEC_E_OK && i < ROUNDS_AFTER; i++)
        status = talk_answer(&talk);
    event_tell(role, "messages_after", "%u", talk.messages);
    if (status != SEC_E_OK || send(role->handover_fd, "", 1, MSG_NOSIGNAL) != 1)
        return CLI_FAILED;
    return CLI_OK;
}
