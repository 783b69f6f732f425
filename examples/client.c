/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of front.c: authenticates to it, and gets its greeting from another process.
 *
 *     client SOCKET DOMAIN USER    the password is one line of standard input
 */
#include <sspi.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "greet.h"

static int connect_to(const char *path)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
    return connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0 ? fd : -1;
}

static SECURITY_STATUS authenticate(int fd, PCredHandle cred, PCtxtHandle session)
{
    const ULONG want = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY;
    unsigned char token[FRAME_MAX];
    SecBuffer in = { 0, SECBUFFER_TOKEN, token };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    PCtxtHandle so_far = NULL;

    for (;;) {
        SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
        SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
        ULONG got;
        SECURITY_STATUS status = InitializeSecurityContextA(
            cred, so_far, (char[]){ "example/localhost" }, want, 0, SECURITY_NATIVE_DREP,
            so_far == NULL ? NULL : &in_desc, 0, session, &out_desc, &got, NULL);

        if (out.cbBuffer > 0)
            send_frame(fd, out.pvBuffer, out.cbBuffer);
        if (out.pvBuffer != NULL)
            FreeContextBuffer(out.pvBuffer);
        if (status != SEC_I_CONTINUE_NEEDED)
            return status;
        so_far = session;
        in.cbBuffer = (ULONG)receive_frame(fd, token);
    }
}

int main(int argc, char *argv[])
{
    char password[256];
    char greeting[1024];
    CredHandle cred;
    CtxtHandle session;

    if (argc != 4 || fgets(password, sizeof(password), stdin) == NULL) {
        fprintf(stderr, "usage: client SOCKET DOMAIN USER <PASSWORD\n");
        return 2;
    }
    password[strcspn(password, "\n")] = '\0';
    SEC_WINNT_AUTH_IDENTITY_A me = {
        .User = (unsigned char *)argv[3],
        .UserLength = (ULONG)strlen(argv[3]),
        .Domain = (unsigned char *)argv[2],
        .DomainLength = (ULONG)strlen(argv[2]),
        .Password = (unsigned char *)password,
        .PasswordLength = (ULONG)strlen(password),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };
    int fd = connect_to(argv[1]);
    if (fd < 0 || AcquireCredentialsHandleA(NULL, (char[]){ "NTLM" }, SECPKG_CRED_OUTBOUND, NULL,
                                            &me, NULL, NULL, &cred, NULL) != SEC_E_OK)
        return 1;
    if (authenticate(fd, &cred, &session) != SEC_E_OK ||
        !receive_sealed(fd, &session, greeting, sizeof(greeting))) {
        fprintf(stderr, "client: not let in\n");
        return 1;
    }
    printf("%s\n", greeting);
    DeleteSecurityContext(&session);
    FreeCredentialsHandle(&cred);
    return 0;
}
