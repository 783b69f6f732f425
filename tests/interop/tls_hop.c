/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes between the two processes is a parcel: the context, its token, the connection, and as
 * unread bytes an order or its outcome, plaintext that nobody has used, and then the bytes that
 * came and are not used, which may end in the middle of a record.
 */
#include "tls_peer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ORDER_SAY = 1, ORDER_OPEN = 2 };

struct head {      /* of the unread bytes */
    int32_t order; /* or the status of its outcome */
    uint32_t text_n;
};

struct load { /* what travels beside the session */
    struct head head;
    const char *text;
};

static int to_mate = -1;
static bool is_mates_turn;

/* ---- Parcels ----------------------------------------------------------- */

static void need(bool fine)
{
    if (!fine)
        abort();
}

/* The session is not here any more when this returns; its connection is, until it is closed. */
static SECURITY_STATUS give(int sock, struct peer *peer, const struct load *load)
{
    static uint8_t unread[OPENSSPI_UNREAD_MAX];
    OPENSSPI_PARCEL parcel = { .package = SCHANNEL_NAME_A, .connection = peer->fd };
    size_t n = sizeof(load->head);

    need(n + load->head.text_n + peer->n <= sizeof(unread));
    memcpy(unread, &load->head, n);
    memcpy(unread + n, load->text, load->head.text_n);
    n += load->head.text_n;
    memcpy(unread + n, peer->bytes, peer->n);
    parcel.unread = unread;
    parcel.unread_size = n + peer->n;
    SECURITY_STATUS status = ExportSecurityContext(&peer->ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD,
                                                   &parcel.context, (void **)&parcel.token);
    if (status != SEC_E_OK)
        return status;
    peer->has_ctx = false;
    status = opensspi_send_context(sock, &parcel);
    (void)FreeContextBuffer(parcel.context.pvBuffer);
    if (parcel.token != NULL)
        (void)CloseHandle(parcel.token);
    (void)close(peer->fd);
    peer->fd = -1;
    return status;
}

/* Everything in the peer's place, and the text in a block of the caller's. */
static SECURITY_STATUS take(int sock, struct peer *peer, struct head *ret, char *ret_text,
                            size_t room)
{
    OPENSSPI_PARCEL parcel;
    SECURITY_STATUS status = opensspi_receive_context(sock, &parcel);

    if (status != SEC_E_OK)
        return status;
    need(parcel.unread_size >= sizeof(*ret));
    memcpy(ret, parcel.unread, sizeof(*ret));
    const uint8_t *text = (const uint8_t *)parcel.unread + sizeof(*ret);
    need(ret->text_n <= room && ret->text_n <= parcel.unread_size - sizeof(*ret));
    memcpy(ret_text, text, ret->text_n);
    peer->n = parcel.unread_size - sizeof(*ret) - ret->text_n;
    memcpy(peer->bytes, text + ret->text_n, peer->n);
    status = ImportSecurityContextA(parcel.package, &parcel.context, parcel.token, &peer->ctx);
    peer->has_ctx = status == SEC_E_OK;
    peer->fd = dup(parcel.connection);
    opensspi_free_parcel(&parcel);
    return status;
}

/* ---- The mate ---------------------------------------------------------- */

/* Half a record is more than none: what has come goes back with the session. */
static SECURITY_STATUS open_or_receive(struct peer *peer, char *text, size_t *n, size_t room)
{
    SECURITY_STATUS status = peer_open(peer, text, n, room);

    return status == SEC_E_INCOMPLETE_MESSAGE && peer_receive(peer) ? SEC_E_OK : status;
}

static struct load carry_out(struct peer *peer, const struct head *order, char *text, size_t room)
{
    struct load load = { .text = text };
    size_t n = 0;
    SECURITY_STATUS status =
        QueryContextAttributesA(&peer->ctx, SECPKG_ATTR_STREAM_SIZES, &peer->sizes);

    if (status == SEC_E_OK && order->order == ORDER_SAY)
        status = peer_say(peer, text, order->text_n);
    else if (status == SEC_E_OK)
        status = open_or_receive(peer, text, &n, room);
    load.head = (struct head){ status, (uint32_t)n };
    return load;
}

static _Noreturn void be_mate(int sock)
{
    static struct options options = { .piece = 1000 };
    static struct peer peer = { .options = &options };
    static char text[OPENSSPI_UNREAD_MAX];
    struct head order;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (take(sock, &peer, &order, text, sizeof(text)) == SEC_E_OK) {
        struct load load = carry_out(&peer, &order, text, sizeof(text));

        need(give(sock, &peer, &load) == SEC_E_OK);
    }
    _exit(0);
}

void mate_start(void)
{
    int ends[2] = { -1, -1 };

    need(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    pid_t pid = fork();
    need(pid >= 0);
    if (pid == 0) {
        (void)close(ends[0]);
        be_mate(ends[1]);
    }
    (void)close(ends[1]);
    to_mate = ends[0];
}

/* ---- Who has one ------------------------------------------------------- */

bool mate_is_next(void)
{
    is_mates_turn = !is_mates_turn;
    return is_mates_turn;
}

static SECURITY_STATUS have_done(struct peer *peer, const struct load *order, char *text,
                                 size_t *ret_n, size_t room)
{
    struct head outcome = { 0 };
    SECURITY_STATUS status = give(to_mate, peer, order);

    if (status == SEC_E_OK)
        status = take(to_mate, peer, &outcome, text, room);
    if (status != SEC_E_OK)
        return status;
    *ret_n = outcome.text_n;
    return outcome.order;
}

SECURITY_STATUS mate_says(struct peer *peer, const char *text, size_t n)
{
    const struct load order = { { ORDER_SAY, (uint32_t)n }, text };
    char nothing[1];

    return have_done(peer, &order, nothing, &n, 0);
}

SECURITY_STATUS mate_opens(struct peer *peer, char *text, size_t *n, size_t room)
{
    const struct load order = { { ORDER_OPEN, 0 }, "" };
    size_t got = 0;
    SECURITY_STATUS status = have_done(peer, &order, text + *n, &got, room - *n);

    *n += got;
    return status;
}
