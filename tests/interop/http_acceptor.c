/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP server that lets in whom NTLM or Negotiate proves (RFC 7235, with the schemes of
 * [MS-NTHT] and RFC 4559: a connection is authenticated, not a request) and tells the user who it
 * is and which processes served the handshake.
 *
 *     http_acceptor one    a process does it all
 *     http_acceptor two    two processes take turns, request by request: after each one the
 * context, half-done or established, the connection and what was read of it go to the other process
 *
 * The scheme, which is the package's name, comes behind that: NTLM unless it says Negotiate.
 *
 * It prints its port, serves one connection after the other, and ends after a request for /stop.
 */
#include <netinet/in.h>
#include <opensspi.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interop/base64.h"

enum { REQUEST = 32768, TOKEN = 4096 };

static const char *scheme = "NTLM";

struct server {
    CredHandle cred;
    int other;    /* the process whose turn is next; -1: there is none */
    int began_by; /* the process that accepts connections */
    bool is_stopped;
};

struct conn {
    int fd;
    CtxtHandle ctx;
    bool has_ctx;
    bool is_let_in;
    char user[2 * OPENSSPI_NAME_MAX];
    uint8_t token[TOKEN];       /* the client's */
    char reply[BASE64_MAX + 1]; /* ours: " " and base64, or nothing */
    size_t n;                   /* bytes that were read and are not yet served */
    char bytes[REQUEST + 1];
};

/* ---- HTTP -------------------------------------------------------------- */

/* The bytes of the first request in conn, its body included; 0 when there is more to come. */
static size_t request_size(struct conn *conn)
{
    unsigned long body = 0;

    conn->bytes[conn->n] = '\0';
    const char *end = strstr(conn->bytes, "\r\n\r\n");
    const char *length = strcasestr(conn->bytes, "\r\nContent-Length:");
    if (end == NULL)
        return 0;
    if (length != NULL && length < end)
        body = strtoul(strchr(length, ':') + 1, NULL, 10);
    if (body > REQUEST)
        return 0;
    size_t size = (size_t)(end + 4 - conn->bytes) + body;
    return size <= conn->n ? size : 0;
}

static size_t read_request(struct conn *conn)
{
    size_t size = request_size(conn);

    /* Ends: the room fills up, or the client has no more. */
    while (size == 0 && conn->n < REQUEST) {
        ssize_t got = recv(conn->fd, conn->bytes + conn->n, REQUEST - conn->n, 0);

        if (got <= 0)
            return 0;
        conn->n += (size_t)got;
        size = request_size(conn);
    }
    return size;
}

static void forget_request(struct conn *conn, size_t size)
{
    conn->n -= size;
    memmove(conn->bytes, conn->bytes + size, conn->n);
}

static bool respond(const struct conn *conn, const char *status, const char *token,
                    const char *body)
{
    char response[BASE64_MAX + 1024];
    int n =
        snprintf(response, sizeof(response), "HTTP/1.1 %s\r\n%s%s%s%sContent-Length: %zu\r\n\r\n%s",
                 status, token == NULL ? "" : "WWW-Authenticate: ", token == NULL ? "" : scheme,
                 token == NULL ? "" : token, token == NULL ? "" : "\r\n", strlen(body), body);

    return send(conn->fd, response, (size_t)n, MSG_NOSIGNAL) == n;
}

/* The last token of a handshake goes with it, if there is one. */
static bool welcome(const struct server *server, struct conn *conn)
{
    static char token[BASE64_MAX + 1]; /* too large for a frame */
    char body[1024];

    (void)snprintf(body, sizeof(body), "%s %d %d\n", conn->user, server->began_by, (int)getpid());
    (void)snprintf(token, sizeof(token), "%s", conn->reply);
    conn->reply[0] = '\0';
    return respond(conn, "200 OK", token[0] != '\0' ? token : NULL, body);
}

/* ---- NTLM -------------------------------------------------------------- */

static void drop_context(struct conn *conn)
{
    if (conn->has_ctx)
        (void)DeleteSecurityContext(&conn->ctx);
    conn->has_ctx = false;
}

/* Who proved to be whom. */
static bool learn_user(struct conn *conn)
{
    OPENSSPI_TOKEN_INFO info;
    HANDLE token = NULL;

    if (QuerySecurityContextToken(&conn->ctx, &token) != SEC_E_OK)
        return false;
    SECURITY_STATUS status = opensspi_token_query(token, &info);
    (void)CloseHandle(token);
    if (status != SEC_E_OK)
        return false;
    (void)snprintf(conn->user, sizeof(conn->user), "%s\\%s", info.domain, info.user);
    return true;
}

/* The client's token in, ours out. */
static SECURITY_STATUS take_leg(struct server *server, struct conn *conn, size_t n)
{
    SecBuffer token = { (ULONG)n, SECBUFFER_TOKEN, conn->token };
    SecBuffer made = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in = { SECBUFFER_VERSION, 1, &token };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &made };
    ULONG attributes = 0;
    SECURITY_STATUS status = AcceptSecurityContext(
        &server->cred, conn->has_ctx ? &conn->ctx : NULL, &in, ASC_REQ_ALLOCATE_MEMORY,
        SECURITY_NATIVE_DREP, &conn->ctx, &out, &attributes, NULL);

    if (status < 0)
        return status;
    conn->has_ctx = true;
    conn->reply[0] = made.cbBuffer == 0 ? '\0' : ' ';
    if (made.cbBuffer != 0)
        base64_encode(made.pvBuffer, made.cbBuffer, conn->reply + 1);
    if (made.pvBuffer != NULL)
        (void)FreeContextBuffer(made.pvBuffer);
    return status;
}

/* A request with a token of n bytes: another leg. */
static bool authenticate(struct server *server, struct conn *conn, size_t n, size_t size)
{
    if (conn->is_let_in) /* who begins anew */
        drop_context(conn);
    SECURITY_STATUS status = take_leg(server, conn, n);

    forget_request(conn, size);
    if (status == SEC_I_CONTINUE_NEEDED)
        return respond(conn, "401 Unauthorized", conn->reply, "");
    conn->is_let_in = status == SEC_E_OK && learn_user(conn);
    if (conn->is_let_in)
        return welcome(server, conn);
    drop_context(conn);
    return respond(conn, "401 Unauthorized", "", "");
}

/* ---- Connections ------------------------------------------------------- */

/* False when the connection is over, here. */
static bool serve_request(struct server *server, struct conn *conn, size_t size)
{
    char field[64];
    size_t n = 0;

    (void)snprintf(field, sizeof(field), "\r\nAuthorization: %s ", scheme);

    if (strncmp(conn->bytes, "GET /stop ", 10) == 0) {
        server->is_stopped = true;
        return respond(conn, "200 OK", NULL, "") && false;
    }
    const char *found = strcasestr(conn->bytes, field);
    if (found != NULL && base64_decode(found + strlen(field), conn->token, TOKEN, &n))
        return authenticate(server, conn, n, size);
    forget_request(conn, size);
    return conn->is_let_in ? welcome(server, conn) : respond(conn, "401 Unauthorized", "", "");
}

/* One at a time: a process has room for one connection. */
static struct conn *open_conn(int fd)
{
    static struct conn conn;

    memset(&conn, 0, sizeof(conn));
    conn.fd = fd;
    return &conn;
}

/* The other process goes on, if there is one and anything to go on with; false when not. */
static bool give_away(const struct server *server, struct conn *conn)
{
    OPENSSPI_PARCEL parcel = { .connection = conn->fd };

    (void)snprintf(parcel.package, sizeof(parcel.package), "%s", scheme);
    if (server->other < 0 || !conn->has_ctx)
        return false;
    if (ExportSecurityContext(&conn->ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &parcel.context,
                              &parcel.token) != SEC_E_OK)
        return true; /* the connection ends here */
    conn->has_ctx = false;
    parcel.unread = conn->n == 0 ? NULL : conn->bytes;
    parcel.unread_size = conn->n;
    (void)opensspi_send_context(server->other, &parcel); /* or it ends here as well */
    (void)FreeContextBuffer(parcel.context.pvBuffer);
    if (parcel.token != NULL)
        (void)CloseHandle(parcel.token);
    return true;
}

static void serve(struct server *server, struct conn *conn)
{
    size_t size = read_request(conn);

    while (size != 0 && serve_request(server, conn, size) && !give_away(server, conn))
        size = read_request(conn);
    drop_context(conn);
    (void)close(conn->fd);
}

static bool start(struct server *server)
{
    char package[OPENSSPI_PACKAGE_MAX];

    (void)snprintf(package, sizeof(package), "%s", scheme);
    return AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                     &server->cred, NULL) == SEC_E_OK;
}

/* Our turn: what arrives goes on where the other process left off.  False when that has ended. */
static bool take_turn(struct server *server)
{
    OPENSSPI_PARCEL parcel;

    if (opensspi_receive_context(server->other, &parcel) != SEC_E_OK)
        return false;
    struct conn *conn = open_conn(parcel.connection);
    if (parcel.unread_size <= REQUEST)
        conn->n = parcel.unread_size;
    if (conn->n != 0)
        memcpy(conn->bytes, parcel.unread, conn->n);
    conn->has_ctx = ImportSecurityContextA(parcel.package, &parcel.context, parcel.token,
                                           &conn->ctx) == SEC_E_OK;
    conn->is_let_in = conn->has_ctx && learn_user(conn);
    parcel.connection = -1; /* conn has it now */
    opensspi_free_parcel(&parcel);
    serve(server, conn);
    return true;
}

static int be_the_other(int sock)
{
    struct server server = { .other = sock, .began_by = getppid() };

    if (!start(&server))
        return 1;
    while (take_turn(&server))
        ;
    return FreeCredentialsHandle(&server.cred) != SEC_E_OK;
}

/* Started before the library is used. */
static int start_other(pid_t *ret_pid)
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
    _exit(be_the_other(pair[1]));
}

static int open_port(void)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(name);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (bind(listener, (struct sockaddr *)&name, n) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&name, &n) != 0)
        return -1;
    (void)printf("port %d\n", ntohs(name.sin_port));
    (void)fflush(stdout);
    return listener;
}

/* Whether all went well, down to the end of the second process. */
static bool stop(struct server *server, pid_t other)
{
    int status = 0;

    if (server->other >= 0 && (close(server->other) != 0 || waitpid(other, &status, 0) != other))
        return false;
    return status == 0 && FreeCredentialsHandle(&server->cred) == SEC_E_OK;
}

/* A connection that comes, or comes back. */
static void serve_next(struct server *server, int listener)
{
    struct pollfd ready[] = { { listener, POLLIN, 0 }, { server->other, POLLIN, 0 } };

    if (poll(ready, 2, -1) <= 0)
        return;
    if (ready[1].revents != 0 && !take_turn(server))
        server->is_stopped = true;
    int fd = ready[0].revents == 0 ? -1 : accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        serve(server, open_conn(fd));
}

int main(int argc, char *argv[])
{
    struct server server = { .other = -1, .began_by = getpid() };
    pid_t other = -1;

    if (argc != 2 && argc != 3)
        return 2;
    if (argc == 3)
        scheme = argv[2];
    if (strcmp(argv[1], "two") == 0)
        server.other = start_other(&other);
    int listener = start(&server) ? open_port() : -1;
    if (listener < 0)
        return 1;
    while (!server.is_stopped)
        serve_next(&server, listener);
    return stop(&server, other) ? 0 : 1;
}
