/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP client that proves who it is by Negotiate (RFC 4559), with the tickets of its user.
 *
 *     http_client one PORT HOST PATH...    a process does it all
 *     http_client two PORT HOST PATH...    one process asks and another one hears the answer: after
 * each request the half-done context and the connection go from the one to the other
 *
 * It connects to the loopback interface, asks the service HTTP/HOST for each path over one
 * connection, and prints a line a path: the HTTP status, the user as the server has it (X-User),
 * and whether the server proved to be who it is.
 */
#include <netinet/in.h>
#include <opensspi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interop/base64.h"

enum { RESPONSE = 32768, TOKEN = 6000 };

static char package[] = "Negotiate";

struct client {
    const char *host;
    CredHandle cred;
    int fd;
    CtxtHandle ctx;
    bool has_ctx;
    SECURITY_STATUS status; /* of the last leg */
    char response[RESPONSE + 1];
    size_t n;
};

/* ---- Legs --------------------------------------------------------------- */

/* The server's token in (none: the first leg); ours out, in base64. */
static bool take_leg(struct client *client, uint8_t *token, size_t n, char ret[BASE64_MAX])
{
    SecBuffer given = { (ULONG)n, SECBUFFER_TOKEN, token };
    SecBuffer made = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in = { SECBUFFER_VERSION, 1, &given };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &made };
    char target[256];
    ULONG attributes = 0;

    (void)snprintf(target, sizeof(target), "HTTP/%s", client->host);
    client->status = InitializeSecurityContextA(
        &client->cred, client->has_ctx ? &client->ctx : NULL, target,
        ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MUTUAL_AUTH, 0, SECURITY_NATIVE_DREP, n != 0 ? &in : NULL,
        0, &client->ctx, &out, &attributes, NULL);
    if (client->status < 0)
        return false;
    client->has_ctx = true;
    ret[0] = '\0';
    if (made.pvBuffer != NULL) {
        base64_encode(made.pvBuffer, made.cbBuffer, ret);
        (void)FreeContextBuffer(made.pvBuffer);
    }
    return true;
}

static bool acquire(struct client *client)
{
    return AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                     &client->cred, NULL) == SEC_E_OK;
}

/* ---- HTTP --------------------------------------------------------------- */

static bool ask(struct client *client, const char *path)
{
    static char token[BASE64_MAX]; /* too large for a frame, both */
    static char request[BASE64_MAX + 512];

    if (!take_leg(client, NULL, 0, token))
        return false;
    int n = snprintf(request, sizeof(request),
                     "GET /%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Negotiate %s\r\n\r\n", path,
                     client->host, token);
    return send(client->fd, request, (size_t)n, MSG_NOSIGNAL) == n;
}

/* The value of a field of the response; NULL: there is none. */
static const char *field_of(const struct client *client, const char *name)
{
    const char *found = strcasestr(client->response, name);

    return found == NULL ? NULL : found + strlen(name);
}

/* All of it is there, its body included. */
static bool is_whole(const struct client *client)
{
    const char *end = strstr(client->response, "\r\n\r\n");
    const char *length = field_of(client, "\r\nContent-Length: ");

    return end != NULL && length != NULL &&
           (size_t)(end + 4 - client->response) + strtoul(length, NULL, 10) <= client->n;
}

static bool hear(struct client *client)
{
    client->n = 0;
    client->response[0] = '\0';
    /* Ends: the room fills up, or the server has no more. */
    while (!is_whole(client) && client->n < RESPONSE) {
        ssize_t got = recv(client->fd, client->response + client->n, RESPONSE - client->n, 0);

        if (got <= 0)
            return false;
        client->n += (size_t)got;
        client->response[client->n] = '\0';
    }
    return is_whole(client);
}

/* The server's token is with its answer: it is proved, or it is not. */
static bool understand(struct client *client)
{
    static const char nobody[] = "-\r";
    static uint8_t token[TOKEN];
    const char *given = field_of(client, "\r\nWWW-Authenticate: Negotiate ");
    const char *user = field_of(client, "\r\nX-User: ");
    static char more[BASE64_MAX];
    size_t n = 0;

    if (given != NULL && base64_decode(given, token, sizeof(token), &n))
        (void)take_leg(client, token, n, more);
    if (user == NULL)
        user = nobody;
    (void)printf("%.3s %.*s %s\n", client->response + sizeof("HTTP/1.1"), (int)strcspn(user, "\r"),
                 user, client->status == SEC_E_OK ? "proved" : "unproved");
    if (client->has_ctx)
        (void)DeleteSecurityContext(&client->ctx);
    client->has_ctx = false;
    return fflush(stdout) == 0;
}

static bool open_connection(struct client *client, const char *port)
{
    struct sockaddr_in name = { .sin_family = AF_INET,
                                .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return connect(client->fd, (const struct sockaddr *)&name, sizeof(name)) == 0;
}

/* ---- Two processes ------------------------------------------------------- */

static bool give_away(struct client *client, int other)
{
    OPENSSPI_PARCEL parcel = { .connection = client->fd };

    (void)snprintf(parcel.package, sizeof(parcel.package), "%s", package);
    if (ExportSecurityContext(&client->ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &parcel.context,
                              &parcel.token) != SEC_E_OK)
        return false;
    client->has_ctx = false;
    bool is_sent = opensspi_send_context(other, &parcel) == SEC_E_OK;
    (void)FreeContextBuffer(parcel.context.pvBuffer);
    if (parcel.token != NULL)
        (void)CloseHandle(parcel.token);
    return is_sent;
}

/* False when there is nothing more to take over. */
static bool take_over(struct client *client, int from)
{
    OPENSSPI_PARCEL parcel;

    if (opensspi_receive_context(from, &parcel) != SEC_E_OK)
        return false;
    client->fd = parcel.connection;
    client->status =
        ImportSecurityContextA(parcel.package, &parcel.context, parcel.token, &client->ctx);
    client->has_ctx = client->status == SEC_E_OK;
    parcel.connection = -1;
    opensspi_free_parcel(&parcel);
    return client->has_ctx;
}

/* Hears what the other one asked; says so by a byte. */
static int be_the_other(struct client *client, int sock)
{
    if (!acquire(client))
        return 1;
    while (take_over(client, sock)) {
        if (!hear(client) || !understand(client) || close(client->fd) != 0 ||
            send(sock, "", 1, MSG_NOSIGNAL) != 1)
            return 1;
    }
    return FreeCredentialsHandle(&client->cred) != SEC_E_OK;
}

/* Started before the library is used. */
static int start_other(struct client *client, pid_t *ret_pid)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    *ret_pid = fork();
    if (*ret_pid != 0) {
        (void)close(pair[1]);
        return pair[0];
    }
    (void)close(pair[0]);
    _exit(be_the_other(client, pair[1]));
}

static bool is_answered(struct client *client, int other)
{
    char byte;

    if (other < 0)
        return hear(client) && understand(client);
    return give_away(client, other) && recv(other, &byte, 1, 0) == 1;
}

static bool stop(struct client *client, int other, pid_t pid)
{
    int status = 0;

    if (other >= 0 && (close(other) != 0 || waitpid(pid, &status, 0) != pid))
        return false;
    return status == 0 && FreeCredentialsHandle(&client->cred) == SEC_E_OK;
}

int main(int argc, char *argv[])
{
    static struct client client;
    pid_t pid = -1;
    int other = -1;

    if (argc < 5)
        return 2;
    client.host = argv[3];
    if (strcmp(argv[1], "two") == 0)
        other = start_other(&client, &pid);
    if (!acquire(&client) || !open_connection(&client, argv[2]))
        return 1;
    for (int i = 4; i < argc; i++)
        if (!ask(&client, argv[i]) || !is_answered(&client, other))
            return 1;
    return stop(&client, other, pid) ? 0 : 1;
}
