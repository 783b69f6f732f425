/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP server that lets in whom NTLM proves (RFC 7235, with the scheme of [MS-NTHT]: a
 * connection is authenticated, not a request) and tells the user who it is and which processes
 * served the handshake.
 *
 *     http_acceptor one    a process does it all
 *     http_acceptor two    the first leg here; then the half-done handshake, the connection and
 *                          what was read of it go to a second process, which does the rest
 *
 * It prints its port, serves one connection after the other, and ends after a request for /stop.
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

enum { REQUEST = 32768, TOKEN = 4096 };

struct server {
    CredHandle cred;
    int heir;     /* where half-done handshakes go; -1: they stay */
    int began_by; /* the process of the first leg */
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
        snprintf(response, sizeof(response), "HTTP/1.1 %s\r\n%s%s%sContent-Length: %zu\r\n\r\n%s",
                 status, token == NULL ? "" : "WWW-Authenticate: NTLM", token == NULL ? "" : token,
                 token == NULL ? "" : "\r\n", strlen(body), body);

    return send(conn->fd, response, (size_t)n, MSG_NOSIGNAL) == n;
}

static bool welcome(const struct server *server, const struct conn *conn)
{
    char body[1024];

    (void)snprintf(body, sizeof(body), "%s %d %d\n", conn->user, server->began_by, (int)getpid());
    return respond(conn, "200 OK", NULL, body);
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

/* The handshake goes to the other process as it is, and so does its connection. */
static void give_away(const struct server *server, struct conn *conn)
{
    OPENSSPI_PARCEL parcel = { .package = "NTLM", .connection = conn->fd };

    if (ExportSecurityContext(&conn->ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &parcel.context,
                              &parcel.token) != SEC_E_OK)
        return;
    parcel.unread = conn->n == 0 ? NULL : conn->bytes;
    parcel.unread_size = conn->n;
    (void)opensspi_send_context(server->heir, &parcel); /* else the connection ends here */
    (void)FreeContextBuffer(parcel.context.pvBuffer);
    conn->has_ctx = false;
}

/* A request with a token of n bytes: another leg. */
static bool authenticate(struct server *server, struct conn *conn, size_t n, size_t size)
{
    SECURITY_STATUS status = take_leg(server, conn, n);

    forget_request(conn, size);
    if (status == SEC_I_CONTINUE_NEEDED) {
        bool sent = respond(conn, "401 Unauthorized", conn->reply, "");

        if (sent && server->heir >= 0)
            give_away(server, conn);
        return sent && server->heir < 0;
    }
    conn->is_let_in = status == SEC_E_OK && learn_user(conn);
    drop_context(conn);
    return conn->is_let_in ? welcome(server, conn) : respond(conn, "401 Unauthorized", "", "");
}

/* ---- Connections ------------------------------------------------------- */

/* False when the connection is over, here. */
static bool serve_request(struct server *server, struct conn *conn, size_t size)
{
    static const char field[] = "\r\nAuthorization: NTLM ";
    size_t n = 0;

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

static void serve(struct server *server, struct conn *conn)
{
    size_t size = read_request(conn);

    while (size != 0 && serve_request(server, conn, size))
        size = read_request(conn);
    drop_context(conn);
    (void)close(conn->fd);
}

static bool start(struct server *server)
{
    return AcquireCredentialsHandleA(NULL, (char[]){ "NTLM" }, SECPKG_CRED_INBOUND, NULL, NULL,
                                     NULL, NULL, &server->cred, NULL) == SEC_E_OK;
}

/* The second process: what arrives goes on where the first one left off. */
static int take_over(int sock)
{
    struct server server = { .heir = -1, .began_by = getppid() };
    OPENSSPI_PARCEL parcel;

    if (!start(&server))
        return 1;
    while (opensspi_receive_context(sock, &parcel) == SEC_E_OK) {
        struct conn *conn = open_conn(parcel.connection);

        if (parcel.unread_size <= REQUEST)
            conn->n = parcel.unread_size;
        if (conn->n != 0)
            memcpy(conn->bytes, parcel.unread, conn->n);
        conn->has_ctx = ImportSecurityContextA(parcel.package, &parcel.context, parcel.token,
                                               &conn->ctx) == SEC_E_OK;
        parcel.connection = -1; /* conn has it now */
        opensspi_free_parcel(&parcel);
        serve(&server, conn);
    }
    return FreeCredentialsHandle(&server.cred) != SEC_E_OK;
}

/* Started before the library is used. */
static int start_heir(pid_t *ret_pid)
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
    _exit(take_over(pair[1]));
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
static bool stop(struct server *server, pid_t heir)
{
    int status = 0;

    if (server->heir >= 0 && (close(server->heir) != 0 || waitpid(heir, &status, 0) != heir))
        return false;
    return status == 0 && FreeCredentialsHandle(&server->cred) == SEC_E_OK;
}

int main(int argc, char *argv[])
{
    struct server server = { .heir = -1, .began_by = getpid() };
    pid_t heir = -1;

    if (argc != 2)
        return 2;
    if (strcmp(argv[1], "two") == 0)
        server.heir = start_heir(&heir);
    int listener = start(&server) ? open_port() : -1;
    if (listener < 0)
        return 1;
    while (!server.is_stopped) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd >= 0)
            serve(&server, open_conn(fd));
    }
    return stop(&server, heir) ? 0 : 1;
}
