/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A context goes to another process and comes back, again and again: sealed, with a ticket, through
 * opensspi_send_context().  Half of a round trip is one hand-over, with everything in it: export,
 * the message, waking the other process, and the import that makes the context live there.
 */
#include "parts.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HANDOVER_AIM_US 40.0

static struct {
    int sock;
    pid_t pid;
} far;

static bool send_on(int sock, CtxtHandle *ctx)
{
    OPENSSPI_PARCEL parcel = { .package = "NTLM", .connection = -1 };

    if (ExportSecurityContext(ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &parcel.context, NULL) !=
        SEC_E_OK)
        return false;
    SECURITY_STATUS status = opensspi_send_context(sock, &parcel);
    return FreeContextBuffer(parcel.context.pvBuffer) == SEC_E_OK && status == SEC_E_OK;
}

static SECURITY_STATUS receive_from(int sock, CtxtHandle *ret)
{
    OPENSSPI_PARCEL parcel = { .connection = -1 };
    SECURITY_STATUS status = opensspi_receive_context(sock, &parcel);

    if (status != SEC_E_OK)
        return status;
    status = ImportSecurityContextA(parcel.package, &parcel.context, parcel.token, ret);
    opensspi_free_parcel(&parcel);
    return status;
}

/* Returns what it is sent until nobody is there any more. */
static _Noreturn void be_far(int sock)
{
    CtxtHandle ctx = { 0 };
    SECURITY_STATUS status = SEC_E_OK;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while ((status = receive_from(sock, &ctx)) == SEC_E_OK)
        if (!send_on(sock, &ctx))
            _exit(1);
    _exit(status == SEC_E_INCOMPLETE_MESSAGE ? 0 : 1);
}

void far_start(void)
{
    int ends[2] = { -1, -1 };

    need(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "a socket");
    far.sock = ends[0];
    far.pid = fork();
    need(far.pid >= 0, "fork");
    if (far.pid == 0) {
        (void)close(ends[0]);
        be_far(ends[1]);
    }
    (void)close(ends[1]);
}

void far_end(void)
{
    int status = 0;

    (void)close(far.sock);
    need(waitpid(far.pid, &status, 0) == far.pid && WIFEXITED(status) && WEXITSTATUS(status) == 0,
         "the other process");
}

static void there_and_back(void *arg, size_t n)
{
    CtxtHandle *ctx = arg;

    for (size_t i = 0; i < n; i++)
        need(send_on(far.sock, ctx) && receive_from(far.sock, ctx) == SEC_E_OK, "a hand-over");
}

void part_handover(struct bench *bench)
{
    struct contender one = { .run = there_and_back, .arg = &bench->ours.loop.client.ctx };

    race(&one, 1);
    const struct row row = { .name = "hand-over to another process, all of it",
                             .unit = "us",
                             .ours = one.ns / 2 / 1000,
                             .aim = AIM_VALUE,
                             .at_most = HANDOVER_AIM_US };
    report_row(&bench->report, &row);
    need(loopback_talks(&bench->ours.loop), "the session after all that");
}
