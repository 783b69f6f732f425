/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ends that talk, as the input says: the first byte chooses the suite; then
 * each turn is { what, length } and that many bytes, which are a text, the inside
 * of a record of any type, or the record itself.  After every turn the sessions
 * may move.  Whatever is refused leaves the bytes as they were, and nothing is
 * read but what the other end said.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "harness/tls_ends.h"
#include "packages/schannel/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT, INSIDE, RAW, ALTERED, KINDS, FROM_SERVER = 8, MOVES = 16, UPDATES = 32, TURNS = 64 };

/* ---- Moving ---------------------------------------------------------------- */

static void move(struct tls_side *side)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_PACK_MAX);
    ssp_cleanup(tls_names_wipe) struct tls_names names = { 0 };
    struct tls_core core;

    tls_pack(&side->core, &names, &out);
    if (out.err != SSP_OK || tls_unpack((struct view){ out.p, out.n }, &core, &names) != SSP_OK)
        abort();
    tls_conn_close(&side->conn);
    side->core = core;
    side->conn = (struct tls_conn){ .core = &side->core };
}

/* ---- Receiving -------------------------------------------------------------- */

/* By DecryptMessage, record by record; a text must be the one expected. */
static void take_all(struct tls_side *to, struct tls_wire *wire, struct view expected)
{
    uint8_t *at = wire->p;
    size_t n = wire->n;

    while (n != 0) {
        struct tls_wire before = { .n = n };
        struct tls_got got;

        memcpy(before.p, at, n);
        if (tls_ends_receive(to, at, n, &got) != SSP_OK) {
            if (memcmp(at, before.p, n) != 0 && !to->core.live.is_dead)
                abort();
            return;
        }
        if (got.text.n != 0 &&
            (got.text.n != expected.n || memcmp(got.text.p, expected.p, expected.n) != 0))
            abort();
        at += n - got.extra.n;
        n = got.extra.n;
    }
}

/* By a call of the handshake's; what it says goes back. */
static void take_turn(struct tls_side *to, struct tls_side *from, struct tls_wire *wire)
{
    struct tls_wire back = { .n = 0 };
    SecBuffer in[2] = { { (ULONG)wire->n, SECBUFFER_TOKEN, wire->p },
                        { 0, SECBUFFER_EMPTY, NULL } };
    SecBuffer out = { sizeof(back.p), SECBUFFER_TOKEN, back.p };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 2, in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    const struct tls_turn turn = { &in_desc, &out_desc, NULL, true };
    struct tls_turned turned;

    if (tls_control_turn(&to->conn, &turn, &turned) != SSP_OK && !turned.has_alert)
        out.cbBuffer = 0;
    back.n = out.cbBuffer;
    take_all(from, &back, (struct view){ 0 });
    if (in[1].BufferType == SECBUFFER_EXTRA && in[1].cbBuffer > wire->n)
        abort();
}

/* ---- Talking ---------------------------------------------------------------- */

/* In 1.3 a type of zero is padding, and the type is before it. */
static struct view text_of(const struct tls_side *from, uint8_t type, struct view inside)
{
    if (type == 0 && from->core.suite->version == TLS_1_3) {
        while (inside.n != 0 && inside.p[inside.n - 1] == 0)
            inside.n--;
        if (inside.n == 0)
            return inside;
        type = inside.p[--inside.n];
    }
    return type == TLS_TYPE_DATA ? inside : (struct view){ 0 };
}

/* False when there is nothing to say. */
static bool say(struct tls_side *from, uint8_t kind, struct view bytes, struct tls_wire *wire,
                struct view *ret_expected)
{
    *ret_expected = (struct view){ 0 };
    if (kind == RAW) {
        wire->n = bytes.n;
        if (bytes.n != 0)
            memcpy(wire->p, bytes.p, bytes.n);
        return true;
    }
    if (kind == INSIDE && bytes.n != 0) {
        const struct view inside = { bytes.p + 1, bytes.n - 1 };

        *ret_expected = text_of(from, bytes.p[0], inside);
        return !from->core.live.is_dead &&
               tls_ends_record(from, bytes.p[0], inside, wire) == SSP_OK;
    }
    *ret_expected = bytes;
    return tls_ends_send(from, bytes, wire) == SSP_OK;
}

static void talk(struct tls_ends *ends, uint8_t what, struct view bytes)
{
    struct tls_side *from = (what & FROM_SERVER) != 0 ? &ends->server : &ends->client;
    struct tls_side *to = (what & FROM_SERVER) != 0 ? &ends->client : &ends->server;
    struct tls_wire wire = { .n = 0 };
    struct view expected;

    if ((what & UPDATES) != 0 && from->core.suite->version == TLS_1_3)
        from->core.live.update_owed = true;
    if (!say(from, what % KINDS, bytes, &wire, &expected))
        return;
    if (what % KINDS == ALTERED && wire.n != 0 && bytes.n != 0)
        wire.p[bytes.p[0] % wire.n] ^= 0x20;
    if ((what & TURNS) != 0)
        take_turn(to, from, &wire);
    else
        take_all(to, &wire, expected);
    if ((what & MOVES) != 0)
        move(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t suites[] = { 0x1301, 0x1302, 0x1303, 0xc02f, 0xc030, 0xcca8 };
    ssp_cleanup(tls_ends_end) struct tls_ends ends = { 0 };
    struct rd in = rd_of((struct view){ data, size });

    tls_ends_begin(&ends, suites[rd_u8(&in) % 6]);
    /* Ends: every turn takes two bytes or more. */
    while (rd_ok(&in) && in.left.n != 0) {
        uint8_t what = rd_u8(&in);
        uint8_t n = rd_u8(&in);
        struct view bytes = rd_view(&in, n);

        if (rd_ok(&in))
            talk(&ends, what, bytes);
    }
    return 0;
}
