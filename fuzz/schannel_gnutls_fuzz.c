/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record engine next to GnuTLS's: both are the same end of a session and get
 * the same bytes, and have to understand the same.  The first byte chooses the
 * suite; then each turn is { type, length, what } and that many bytes, which the
 * other end seals as a record of that type, and which may be altered on the way.
 *
 * Where the two are meant to differ the comparison ends: we end a session that
 * GnuTLS lets go on when records without data do not stop, and refuse what nobody
 * asked for.  Half a handshake message is not said to GnuTLS at all.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "harness/gnutls_duo.h"
#include "harness/tls_ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ALTERED = 1, CUT = 2 };

struct trio {
    struct tls_side says; /* the server's end */
    struct tls_side hears;
    struct duo duo; /* whose client hears the same */
};

static void end(struct trio *trio)
{
    tls_conn_close(&trio->says.conn);
    tls_conn_close(&trio->hears.conn);
    duo_end(&trio->duo);
}

/* What either of them made of the bytes. */
struct heard {
    bool failed;
    bool closed;
    uint8_t text[TLS_ENDS_WIRE];
    size_t n;
};

static void by_gnutls(struct trio *trio, struct view wire, struct heard *ret)
{
    gnutls_session_t session = trio->duo.client.session;

    duo_put(trio->duo.client.from, wire);
    for (int i = 0; i < 8; i++) {
        ssize_t n = gnutls_record_recv(session, ret->text + ret->n, sizeof(ret->text) - ret->n);

        if (n > 0) {
            ret->n += (size_t)n;
        } else if (n == 0) {
            ret->closed = true;
            return;
        } else if (n != GNUTLS_E_AGAIN && gnutls_error_is_fatal((int)n)) {
            ret->failed = true;
            return;
        }
    }
}

static void by_us(struct trio *trio, struct view wire, struct heard *ret)
{
    static uint8_t bytes[DUO_ROOM];
    uint8_t *at = bytes;
    size_t n = wire.n;

    memcpy(bytes, wire.p, wire.n);
    while (n != 0) {
        struct tls_got got;
        enum ssp_err e = tls_ends_receive(&trio->hears, at, n, &got);

        ret->failed = e != SSP_OK && e != SSP_ERR_INCOMPLETE;
        ret->closed = e == SSP_OK && got.event == TLS_EVENT_CLOSED;
        if (e != SSP_OK || ret->closed)
            return;
        if (got.text.n > sizeof(ret->text) - ret->n)
            abort();
        memcpy(ret->text + ret->n, got.text.p, got.text.n);
        ret->n += got.text.n;
        at += n - got.extra.n;
        n = got.extra.n;
    }
}

/* False when there is nothing to compare any more. */
static bool compare(struct trio *trio, const struct tls_wire *wire)
{
    static struct heard theirs;
    static struct heard ours;

    memset(&theirs, 0, sizeof(theirs));
    memset(&ours, 0, sizeof(ours));
    by_gnutls(trio, (struct view){ wire->p, wire->n }, &theirs);
    by_us(trio, (struct view){ wire->p, wire->n }, &ours);
    /* Data that one has and the other not would be a hole in one of them. */
    if (theirs.n != 0 && !ours.failed &&
        (theirs.n != ours.n || memcmp(theirs.text, ours.text, ours.n) != 0))
        abort();
    if (ours.n != 0 && (theirs.n != ours.n || memcmp(theirs.text, ours.text, ours.n) != 0))
        abort();
    if (theirs.failed && !ours.failed && ours.n != 0)
        abort();
    return !theirs.failed && !ours.failed && !theirs.closed && !ours.closed;
}

/* What the server has said already, tickets, is heard first. */
static void begin(struct trio *trio, const char *priority, uint16_t suite)
{
    struct tls_wire tickets = { .n = 0 };

    duo_begin(&trio->duo, priority);
    trio->says.core = duo_core(&trio->duo.server, suite);
    trio->says.conn = (struct tls_conn){ .core = &trio->says.core };
    trio->hears.core = duo_core(&trio->duo.client, suite);
    trio->hears.conn = (struct tls_conn){ .core = &trio->hears.core };
    tickets.n = duo_take(trio->duo.client.from, tickets.p, sizeof(tickets.p));
    if (!compare(trio, &tickets))
        abort();
}

/* Of half a message GnuTLS 3.7 looks for the rest for ever. */
static bool is_whole(uint8_t type, struct view bytes)
{
    struct rd in = rd_of(bytes);

    while (type == TLS_TYPE_HANDSHAKE && rd_ok(&in) && in.left.n != 0) {
        (void)rd_u8(&in);
        size_t n = (size_t)rd_u8(&in) << 16;

        n |= rd_be16(&in);
        (void)rd_view(&in, n);
    }
    return rd_ok(&in);
}

static bool turn(struct trio *trio, struct rd *in)
{
    uint8_t type = rd_u8(in);
    uint8_t n = rd_u8(in);
    uint8_t what = rd_u8(in);
    struct view bytes = rd_view(in, n);
    struct tls_wire wire = { .n = 0 };

    if (!rd_ok(in) || !is_whole(type, bytes) ||
        tls_ends_record(&trio->says, type, bytes, &wire) != SSP_OK)
        return false;
    if ((what & ALTERED) != 0)
        wire.p[(what >> 2) % wire.n] ^= 0x11;
    if ((what & CUT) != 0)
        wire.n -= (what >> 2) % wire.n;
    return compare(trio, &wire) && (what & CUT) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        uint16_t suite;
        const char *priority;
    } kinds[] = {
        { 0x1301, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM" },
        { 0x1303, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305" },
        { 0xc02b, "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:-KX-ALL:+ECDHE-ECDSA" },
        { 0x1302, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM" },
        { 0xc02c, "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:-KX-ALL:+ECDHE-ECDSA" },
        { 0xcca9, "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+CHACHA20-POLY1305:-KX-ALL:"
                  "+ECDHE-ECDSA" },
    };
    static struct trio trio;
    struct rd in = rd_of((struct view){ data, size });
    uint8_t kind = rd_u8(&in) % (sizeof(kinds) / sizeof(kinds[0]));

    if (!rd_ok(&in) || size > 4096)
        return 0;
    memset(&trio, 0, sizeof(trio));
    begin(&trio, kinds[kind].priority, kinds[kind].suite);
    while (in.left.n != 0 && turn(&trio, &in)) {
    }
    end(&trio);
    return 0;
}
