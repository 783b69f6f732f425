/* SPDX-License-Identifier: Apache-2.0 */
/* What tests say through two ends, with what has to come of it. */
#ifndef SSP_TEST_TLS_TALK_H
#define SSP_TEST_TLS_TALK_H

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/tls_ends.h"

enum { AES_128 = 0x1301, AES_256 = 0x1302, CHACHA = 0x1303, OLD_GCM = 0xc02f, OLD_CHACHA = 0xcca8 };

static const char text[] = "Several records in one buffer.";

/* What a case begins with. */
#define BEGIN(suite)                                        \
    ssp_cleanup(tls_ends_end) struct tls_ends ends = { 0 }; \
    struct tls_wire wire = { .n = 0 };                      \
    struct tls_got got = { 0 };                             \
    (void)state;                                            \
    (void)got;                                              \
    (void)wire;                                             \
    tls_ends_begin(&ends, (suite))

static inline void send_text(struct tls_side *from, struct tls_wire *wire)
{
    assert_int_equal(tls_ends_send(from, view_text(text), wire), SSP_OK);
}

static inline void send_record(struct tls_side *from, uint8_t type, struct view bytes,
                               struct tls_wire *wire)
{
    assert_int_equal(tls_ends_record(from, type, bytes, wire), SSP_OK);
}

/* What the peer of a KeyUpdate that was made by hand does to its own keys. */
static inline void next_keys(struct tls_side *side)
{
    ssp_cleanup(tls_next_wipe) struct tls_next next = { 0 };

    assert_int_equal(tls_next_make(&side->conn, TLS_SEND, &next), SSP_OK);
    tls_next_use(&side->conn, TLS_SEND, &next);
}

static inline void send_update(struct tls_side *from, const char *message, struct tls_wire *wire)
{
    send_record(from, TLS_TYPE_HANDSHAKE, hex(message), wire);
    next_keys(from);
}

static inline void expect_text(struct tls_side *to, uint8_t *p, size_t n, struct tls_got *ret)
{
    assert_int_equal(tls_ends_receive(to, p, n, ret), SSP_OK);
    assert_int_equal(ret->event, TLS_EVENT_DATA);
    assert_view_equal(ret->text, view_text(text));
}

static inline void expect_dead(struct tls_side *to, struct tls_wire *wire, uint8_t alert)
{
    struct tls_got got;
    const struct tls_wire before = *wire;

    assert_int_equal(tls_ends_receive(to, wire->p, wire->n, &got), SSP_ERR_ILLEGAL_MESSAGE);
    assert_memory_equal(wire->p, before.p, wire->n);
    assert_true(to->core.live.is_dead);
    assert_int_equal(to->core.live.alert, alert);
}

#endif
