/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Privilege separation: the front server may read the accounts, and authenticates; the worker may
 * not, and serves.  What passes between them is the live session: no password, no key file, no
 * byte pump that stays for the life of the connection.
 *
 *     front SOCKET WORKER    listens on SOCKET and runs the program WORKER beside it
 */
#include <opensspi.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "greet.h"

enum { WORKER_FD = 3 }; /* where the worker looks for its end */

/* The handshake: each side's tokens in turn, until the package says that it is over. */
static SECURITY_STATUS authenticate(int fd, PCredHandle cred, PCtxtHandle session)
{
    const ULONG want = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY;
    unsigned char token[FRAME_MAX];
    PCtxtHandle so_far = NULL;
    SECURITY_STATUS status;

    do {
        SecBuffer in = { (ULONG)receive_frame(fd, token), SECBUFFER_TOKEN, token };
        SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
        SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
        SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
        ULONG got;

        status = AcceptSecurityContext(cred, so_far, &in_desc, want, SECURITY_NATIVE_DREP, session,
                                       &out_desc, &got, NULL);
        if (status == SEC_I_CONTINUE_NEEDED)
            so_far = session;
        if (out.cbBuffer > 0 && !send_frame(fd, out.pvBuffer, out.cbBuffer))
            status = SEC_E_INTERNAL_ERROR;
        if (out.pvBuffer != NULL)
            FreeContextBuffer(out.pvBuffer);
    } while (status == SEC_I_CONTINUE_NEEDED);
    if (status != SEC_E_OK && so_far != NULL)
        DeleteSecurityContext(session);
    return status;
}

/* Session, token and connection leave together; from here on the worker has them alone. */
static SECURITY_STATUS hand_over(int worker, int fd, PCtxtHandle session)
{
    OPENSSPI_PARCEL parcel = { .package = "NTLM", .connection = fd };
    SECURITY_STATUS status = ExportSecurityContext(session, SECPKG_CONTEXT_EXPORT_DELETE_OLD,
                                                   &parcel.context, &parcel.token);

    if (status != SEC_E_OK) {
        DeleteSecurityContext(session);
        return status;
    }
    status = opensspi_send_context(worker, &parcel);
    FreeContextBuffer(parcel.context.pvBuffer);
    CloseHandle(parcel.token);
    return status;
}

static int serve(int listener, int worker)
{
    CredHandle cred;
    SECURITY_STATUS status = AcquireCredentialsHandleA(
        NULL, (char[]){ "NTLM" }, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &cred, NULL);
    int fd;

    if (status != SEC_E_OK)
        return 1;
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        CtxtHandle session;

        status = authenticate(fd, &cred, &session);
        if (status == SEC_E_OK)
            status = hand_over(worker, fd, &session);
        fprintf(stderr, "front: a client: 0x%08x\n", (unsigned)status);
        close(fd);
    }
    FreeCredentialsHandle(&cred);
    return 0;
}

/* Started before the library is used, and with nothing but its end of the pair.  Both run as one
 * user, whose processes share the key that seals sessions on their way. */
static int start_worker(const char *program)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    if (fork() != 0) {
        close(pair[1]);
        return pair[0];
    }
    dup2(pair[1], WORKER_FD); /* the copy stays open across exec */
    execl(program, program, (char *)NULL);
    _exit(127);
}

int main(int argc, char *argv[])
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (argc != 3 || strlen(argv[1]) >= sizeof(name.sun_path)) {
        fprintf(stderr, "usage: front SOCKET WORKER\n");
        return 2;
    }
    snprintf(name.sun_path, sizeof(name.sun_path), "%s", argv[1]);
    signal(SIGCHLD, SIG_IGN);
    int worker = start_worker(argv[2]);
    if (worker < 0 || bind(listener, (struct sockaddr *)&name, sizeof(name)) != 0 ||
        listen(listener, 16) != 0) {
        perror("front");
        return 1;
    }
    fprintf(stderr, "front: listening\n");
    return serve(listener, worker);
}
