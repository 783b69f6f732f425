/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS over SSPI for tests with programs of others, built against the public headers alone:
 *
 *     tls_peer server CREDENTIAL [option...]   prints its port; answers one connection after the
 *                                              other, a line with the same line, a request of HTTP
 *                                              with one; "stop" ends it
 *     tls_peer client PORT HOST [option...]    sends a line, prints the answer
 *
 *     piece=N      feeds N bytes at a time
 *     alpn=NAME    offers, or takes, that protocol
 *     root=FILE    the client's roots
 *     user=NAME    the client's credential by name
 *     only=1.2     versions
 *     times=N      connections of a client, with one credential
 *     update       new keys for both after the first line
 *     clients      the server asks for a certificate
 *     manual       the client takes any certificate
 *     uid=N        it runs as that user
 *     move         the context is exported and imported before each message
 *     hop          another process has the session for every second message
 *     get=PATH     the client asks for that by HTTP, and prints all that comes
 *
 * It says what was agreed on in a line of "name=value", and a failure by its status.
 */
#include "tls_peer.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUESTS = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM, RECORD = 16 * 1024 };

static bool send_all(int fd, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;

    while (n != 0) {
        ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

bool peer_receive(struct peer *peer)
{
    size_t room = sizeof(peer->bytes) - peer->n;
    size_t piece = peer->options->piece < room ? peer->options->piece : room;
    ssize_t n = recv(peer->fd, peer->bytes + peer->n, piece, 0);

    if (n <= 0)
        return false;
    peer->n += (size_t)n;
    return true;
}

/* What a call has left is at the end of what it was given. */
static void keep_last(struct peer *peer, size_t n)
{
    memmove(peer->bytes, peer->bytes + peer->n - n, n);
    peer->n = n;
}

/* ---- Handshake ------------------------------------------------------------------------------- */

/* SEC_APPLICATION_PROTOCOLS with one name. */
static size_t write_protocols(const char *name, uint8_t *ret)
{
    uint8_t n = (uint8_t)strlen(name);
    uint32_t size = 7U + n;
    uint32_t kind = SecApplicationProtocolNegotiationExt_ALPN;
    uint16_t list = (uint16_t)(1U + n);

    memcpy(ret, &size, sizeof(size));
    memcpy(ret + 4, &kind, sizeof(kind));
    memcpy(ret + 8, &list, sizeof(list));
    ret[10] = n;
    memcpy(ret + 11, name, n);
    return 11U + n;
}

static SECURITY_STATUS call(struct peer *peer, SecBufferDesc *in, SecBufferDesc *out)
{
    PCtxtHandle ctx = peer->has_ctx ? &peer->ctx : NULL;
    ULONG flags = 0;
    ULONG asked = peer->options->clients ? ASC_REQ_MUTUAL_AUTH : 0U;

    if (peer->accepts) {
        return AcceptSecurityContext(peer->cred, ctx, in,
                                     asked | ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_STREAM |
                                         ASC_REQ_EXTENDED_ERROR,
                                     0, &peer->ctx, out, &flags, NULL);
    }
    return InitializeSecurityContextA(
        peer->cred, ctx, (SEC_CHAR *)(uintptr_t)peer->host,
        REQUESTS | ISC_REQ_EXTENDED_ERROR |
            (peer->options->manual ? ISC_REQ_MANUAL_CRED_VALIDATION : 0),
        0, 0, in, 0, &peer->ctx, out, &flags, NULL);
}

static SECURITY_STATUS leg(struct peer *peer)
{
    uint8_t protocols[300];
    SecBuffer in[] = {
        { (ULONG)peer->n, SECBUFFER_TOKEN, peer->bytes },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_APPLICATION_PROTOCOLS, protocols },
    };
    SecBuffer out[] = { { 0, SECBUFFER_TOKEN, NULL } };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 2, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, out };

    if (peer->options->alpn != NULL) {
        in[2].cbBuffer = (ULONG)write_protocols(peer->options->alpn, protocols);
        in_desc.cBuffers = 3;
    }
    SECURITY_STATUS status = call(peer, &in_desc, &out_desc);
    bool sent = true;
    if (out[0].pvBuffer != NULL) {
        sent = send_all(peer->fd, out[0].pvBuffer, out[0].cbBuffer);
        (void)FreeContextBuffer(out[0].pvBuffer);
    }
    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    keep_last(peer, in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0);
    if (status >= 0)
        peer->has_ctx = true;
    return sent || status < 0 ? status : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS handshake(struct peer *peer)
{
    SECURITY_STATUS status = peer->accepts ? SEC_E_INCOMPLETE_MESSAGE : leg(peer);

    while (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) {
        bool wants_more = status == SEC_E_INCOMPLETE_MESSAGE || peer->n == 0;

        if (wants_more && !peer_receive(peer))
            return SEC_E_INCOMPLETE_MESSAGE;
        status = leg(peer);
    }
    return status;
}

/* ---- Passages -------------------------------------------------------------------------------- */

/* What is left of the stream stays where it is: it is as much the new context's as the old one's.
 */
static SECURITY_STATUS move(struct peer *peer)
{
    SecBuffer blob = { 0 };
    HANDLE token = NULL;
    CtxtHandle moved;
    SECURITY_STATUS status =
        ExportSecurityContext(&peer->ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob, (void **)&token);

    if (status != SEC_E_OK)
        return status;
    (void)DeleteSecurityContext(&peer->ctx);
    status = ImportSecurityContextA((SEC_CHAR *)(uintptr_t)SCHANNEL_NAME_A, &blob, token, &moved);
    (void)FreeContextBuffer(blob.pvBuffer);
    (void)CloseHandle(token);
    peer->has_ctx = status == SEC_E_OK;
    peer->ctx = moved;
    return status;
}

static SECURITY_STATUS go_on(struct peer *peer)
{
    return peer->options->moves ? move(peer) : SEC_E_OK;
}

/* ---- Messages -------------------------------------------------------------------------------- */

SECURITY_STATUS peer_say(struct peer *peer, const char *text, size_t n)
{
    size_t room = peer->sizes.cbHeader + n + peer->sizes.cbTrailer;
    uint8_t *block = malloc(room);

    if (block == NULL)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(block + peer->sizes.cbHeader, text, n);
    SecBuffer buffers[] = {
        { peer->sizes.cbHeader, SECBUFFER_STREAM_HEADER, block },
        { (ULONG)n, SECBUFFER_DATA, block + peer->sizes.cbHeader },
        { peer->sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, block + peer->sizes.cbHeader + n },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    SECURITY_STATUS status = go_on(peer);
    if (status == SEC_E_OK)
        status = EncryptMessage(&peer->ctx, 0, &desc, 0);
    size_t total = buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer;
    if (status == SEC_E_OK && !send_all(peer->fd, block, total))
        status = SEC_E_INTERNAL_ERROR;
    free(block);
    return status;
}

SECURITY_STATUS peer_open(struct peer *peer, char *text, size_t *n, size_t room)
{
    SecBuffer buffers[] = {
        { (ULONG)peer->n, SECBUFFER_DATA, peer->bytes },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    SECURITY_STATUS status =
        peer->n != 0 ? DecryptMessage(&peer->ctx, &desc, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
    size_t extra = 0;

    if (status == SEC_E_INCOMPLETE_MESSAGE || status < 0)
        return status;
    for (int i = 0; i < 4; i++) {
        if (buffers[i].BufferType == SECBUFFER_EXTRA)
            extra = buffers[i].cbBuffer;
        if (buffers[i].BufferType != SECBUFFER_DATA)
            continue;
        if (*n + buffers[i].cbBuffer > room)
            return SEC_E_INTERNAL_ERROR;
        memcpy(text + *n, buffers[i].pvBuffer, buffers[i].cbBuffer);
        *n += buffers[i].cbBuffer;
    }
    keep_last(peer, extra);
    return status;
}

/* Here or at the mate's. */
static SECURITY_STATUS say(struct peer *peer, const char *text, size_t n)
{
    return peer->options->hops && mate_is_next() ? mate_says(peer, text, n)
                                                 : peer_say(peer, text, n);
}

static SECURITY_STATUS open_one(struct peer *peer, char *text, size_t *n, size_t room)
{
    return peer->options->hops && mate_is_next() ? mate_opens(peer, text, n, room)
                                                 : peer_open(peer, text, n, room);
}

static bool is_all(const struct peer *peer, const char *text, size_t n)
{
    if (peer->options->get == NULL)
        return memchr(text, '\n', n) != NULL;
    return peer->options->size != 0 && n >= peer->options->size;
}

/* Up to the end of a line, or the end of it all. */
static SECURITY_STATUS hear(struct peer *peer, char *text, size_t *n, size_t room)
{
    while (!is_all(peer, text, *n) && !peer->is_closed) {
        SECURITY_STATUS status = go_on(peer);

        if (status == SEC_E_OK)
            status = open_one(peer, text, n, room);
        if (status == SEC_I_CONTEXT_EXPIRED)
            peer->is_closed = true;
        else if (status < 0 && (status != SEC_E_INCOMPLETE_MESSAGE || !peer_receive(peer)))
            return status;
    }
    return SEC_E_OK;
}

static void control(struct peer *peer, void *token, ULONG n)
{
    SecBuffer buffer = { n, SECBUFFER_TOKEN, token };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &buffer };
    SECURITY_STATUS status = ApplyControlToken(&peer->ctx, &desc);

    if (status != SEC_E_OK)
        printf("control=%08x\n", (unsigned)status);
}

static void close_stream(struct peer *peer)
{
    DWORD shutdown_token = SCHANNEL_SHUTDOWN;
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &out };

    control(peer, &shutdown_token, sizeof(shutdown_token));
    (void)call(peer, NULL, &desc);
    if (out.pvBuffer != NULL)
        (void)send_all(peer->fd, out.pvBuffer, out.cbBuffer);
    (void)FreeContextBuffer(out.pvBuffer);
}

static void update_keys(struct peer *peer)
{
    OPENSSPI_TLS_KEY_UPDATE_TOKEN token = { OPENSSPI_TLS_KEY_UPDATE, OPENSSPI_TLS_KEY_UPDATE_BOTH };

    control(peer, &token, sizeof(token));
}

/* ---- What was agreed on ---------------------------------------------------------------------- */

static void tell_peer(struct peer *peer)
{
    PCCERT_CONTEXT cert = NULL;
    OPENSSPI_TOKEN_INFO info;
    HANDLE token = NULL;

    if (QueryContextAttributesA(&peer->ctx, SECPKG_ATTR_REMOTE_CERT_CONTEXT, (void *)&cert) ==
        SEC_E_OK)
        printf(" certificate=%u", (unsigned)cert->cbCertEncoded);
    (void)CertFreeCertificateContext(cert);
    if (QuerySecurityContextToken(&peer->ctx, (void **)&token) == SEC_E_OK &&
        opensspi_token_query(token, &info) == SEC_E_OK)
        printf(" user=%s\\%s local=%d", info.domain, info.user,
               info.has_mapping ? (int)info.uid : -1);
    (void)CloseHandle(token);
}

static void tell(struct peer *peer)
{
    SecPkgContext_CipherInfo cipher = { .dwVersion = SECPKGCONTEXT_CIPHERINFO_V1 };
    SecPkgContext_ApplicationProtocol protocol = { 0 };
    SecPkgContext_SessionInfo session = { 0 };

    (void)QueryContextAttributesA(&peer->ctx, SECPKG_ATTR_CIPHER_INFO, &cipher);
    (void)QueryContextAttributesA(&peer->ctx, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol);
    (void)QueryContextAttributesA(&peer->ctx, SECPKG_ATTR_SESSION_INFO, &session);
    printf("version=%x suite=%04x alpn=%.*s resumed=%d", (unsigned)cipher.dwProtocol,
           (unsigned)cipher.dwCipherSuite, protocol.ProtocolIdSize, (char *)protocol.ProtocolId,
           (session.dwFlags & SSL_SESSION_RECONNECT) != 0);
    tell_peer(peer);
    printf("\n");
    (void)fflush(stdout);
}

/* ---- Roles ----------------------------------------------------------------------------------- */

static SECURITY_STATUS begin(struct peer *peer)
{
    SECURITY_STATUS status = handshake(peer);

    if (status == SEC_E_OK)
        status = QueryContextAttributesA(&peer->ctx, SECPKG_ATTR_STREAM_SIZES, &peer->sizes);
    if (status == SEC_E_OK)
        tell(peer);
    return status;
}

static void end(struct peer *peer, SECURITY_STATUS status)
{
    if (status != SEC_E_OK)
        printf("failed=%08x\n", (unsigned)status);
    (void)fflush(stdout);
    if (peer->has_ctx)
        (void)DeleteSecurityContext(&peer->ctx);
    (void)close(peer->fd);
}

/* "GET /N" gets N bytes in records of the largest size, anything else a word. */
static SECURITY_STATUS answer_http(struct peer *peer, const char *request)
{
    static char page[RECORD];
    size_t n = strtoul(request + strlen("GET /"), NULL, 10);
    int head = snprintf(page, sizeof(page),
                        "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        n != 0 ? n : strlen("hello\n"));
    SECURITY_STATUS status = say(peer, page, (size_t)head);

    if (status == SEC_E_OK && n == 0)
        return say(peer, "hello\n", strlen("hello\n"));
    for (size_t at = 0; at < n && status == SEC_E_OK; at += RECORD) {
        memset(page, 'a' + (int)(at / RECORD % 26), sizeof(page));
        if (peer->options->update)
            update_keys(peer);
        status = say(peer, page, n - at < RECORD ? n - at : RECORD);
    }
    return status;
}

/* Until the client has closed, too: bytes of its that nobody read would break the connection, and
 * what is still on its way to it would be lost. */
static void linger(struct peer *peer)
{
    (void)shutdown(peer->fd, SHUT_WR);
    while (recv(peer->fd, peer->bytes, sizeof(peer->bytes), 0) > 0)
        ;
}

/* True: it was told to stop. */
static bool serve(struct peer *peer)
{
    static char text[ROOM];
    SECURITY_STATUS status = begin(peer);
    bool stops = false;

    while (status == SEC_E_OK && !peer->is_closed && !stops) {
        size_t n = 0;

        status = hear(peer, text, &n, sizeof(text) - 1);
        if (status != SEC_E_OK || n == 0)
            break;
        text[n] = '\0';
        stops = n >= 4 && memcmp(text, "stop", 4) == 0;
        if (peer->options->update)
            update_keys(peer);
        if (n >= 4 && memcmp(text, "GET ", 4) == 0) {
            status = answer_http(peer, text);
            break;
        }
        status = say(peer, text, n);
    }
    if (status == SEC_E_OK) {
        close_stream(peer);
        linger(peer);
    }
    end(peer, status);
    return stops;
}

static SECURITY_STATUS download(struct peer *peer, char *text, size_t room)
{
    size_t n = 0;
    int head = snprintf(text, room, "GET %s HTTP/1.0\r\n\r\n", peer->options->get);
    SECURITY_STATUS status = say(peer, text, (size_t)head);

    if (status == SEC_E_OK)
        status = hear(peer, text, &n, room);
    if (status == SEC_E_OK)
        printf("got=%.*s", (int)n, text);
    return status;
}

static SECURITY_STATUS greet_twice(struct peer *peer, char *text, size_t room)
{
    SECURITY_STATUS status = SEC_E_OK;

    for (int i = 0; i < 2 && status == SEC_E_OK; i++) {
        size_t n = 0;

        status = say(peer, "hello\n", strlen("hello\n"));
        if (status == SEC_E_OK)
            status = hear(peer, text, &n, room);
        if (status == SEC_E_OK)
            printf("heard=%.*s", (int)n, text);
        if (peer->options->update && i == 0)
            update_keys(peer);
    }
    return status;
}

static void ask(struct peer *peer)
{
    static char text[ROOM];
    SECURITY_STATUS status = begin(peer);

    if (status == SEC_E_OK)
        status = peer->options->get != NULL ? download(peer, text, sizeof(text))
                                            : greet_twice(peer, text, sizeof(text));
    if (status == SEC_E_OK)
        close_stream(peer);
    end(peer, status);
}

static int listen_at(struct sockaddr_in *at)
{
    socklen_t size = sizeof(*at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at->sin_family = AF_INET;
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)at, sizeof(*at)) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, (struct sockaddr *)at, &size) != 0)
        exit(1);
    return fd;
}

static int connect_to(const char *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)strtoul(port, NULL, 10)) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
        exit(1);
    return fd;
}

static SECURITY_STATUS acquire(const struct options *options, const char *principal, ULONG use,
                               CredHandle *ret)
{
    TLS_PARAMETERS parameters = { 0 };
    SCH_CREDENTIALS data = { .dwVersion = SCH_CREDENTIALS_VERSION };
    PCCERT_CONTEXT root = NULL;
    bool has_data = options->root != NULL || options->only != NULL;

    if (options->root != NULL &&
        opensspi_certificate_open(options->root, NULL, NULL, &root) == SEC_E_OK)
        data.hRootStore = root->hCertStore;
    if (options->only != NULL) {
        parameters.grbitDisabledProtocols =
            strcmp(options->only, "1.2") == 0 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2;
        data.cTlsParameters = 1;
        data.pTlsParameters = &parameters;
    }
    SECURITY_STATUS status = AcquireCredentialsHandleA(
        (SEC_CHAR *)(uintptr_t)principal, (SEC_CHAR *)(uintptr_t)UNISP_NAME_A, use, NULL,
        has_data ? &data : NULL, NULL, NULL, ret, NULL);
    (void)CertFreeCertificateContext(root);
    return status;
}

static int run_server(const struct options *options, const char *credential)
{
    static struct peer peer;
    CredHandle cred;
    struct sockaddr_in at = { 0 };
    SECURITY_STATUS status = acquire(options, credential, SECPKG_CRED_INBOUND, &cred);
    bool stops = false;

    if (status != SEC_E_OK) {
        printf("failed=%08x\n", (unsigned)status);
        return 1;
    }
    int fd = listen_at(&at);
    printf("port=%u\n", ntohs(at.sin_port));
    (void)fflush(stdout);
    while (!stops) {
        peer = (struct peer){
            .options = options, .accepts = true, .cred = &cred, .fd = accept(fd, NULL, NULL)
        };
        stops = serve(&peer);
    }
    (void)FreeCredentialsHandle(&cred);
    return 0;
}

static int run_client(const struct options *options, const char *port, const char *host)
{
    static struct peer peer;
    CredHandle cred;
    SECURITY_STATUS status = acquire(options, options->user, SECPKG_CRED_OUTBOUND, &cred);

    if (status != SEC_E_OK) {
        printf("failed=%08x\n", (unsigned)status);
        return 1;
    }
    for (int i = 0; i < options->times; i++) {
        peer = (struct peer){
            .options = options, .cred = &cred, .host = host, .fd = connect_to(port)
        };
        ask(&peer);
    }
    (void)FreeCredentialsHandle(&cred);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = { .piece = ROOM, .times = 1 };
    bool is_server = argc >= 3 && strcmp(argv[1], "server") == 0;
    bool is_client = argc >= 4 && strcmp(argv[1], "client") == 0;

    if (!is_server && !is_client)
        return 2;
    for (int i = is_server ? 3 : 4; i < argc; i++)
        if (!options_take(&options, argv[i]))
            return 2;
    if (options.uid != 0 && (setgid(options.uid) != 0 || setuid(options.uid) != 0))
        return 2;
    if (options.hops)
        mate_start();
    return is_server ? run_server(&options, argv[2]) : run_client(&options, argv[2], argv[3]);
}
