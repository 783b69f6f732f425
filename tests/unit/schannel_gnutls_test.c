/* SPDX-License-Identifier: Apache-2.0 */
/* The record engine in the place of either end of a session of GnuTLS, which does not notice. */
#include <schannel.h>
#include <stdlib.h>

#include "harness/gnutls_duo.h"
#include "harness/tls_talk.h"
#include "packages/schannel/control.h"
#include "packages/schannel/exporter.h"

struct kind {
    uint16_t suite;
    const char *priority;
};

#define BASE "NONE:+COMP-NULL:+SIGN-ALL:+GROUP-ALL:+MAC-ALL:"
#define NEW BASE "+VERS-TLS1.3:+ECDHE-ECDSA:"
#define OLD BASE "+VERS-TLS1.2:"

static const struct kind kinds[] = {
    { 0x1301, NEW "+AES-128-GCM" },
    { 0x1302, NEW "+AES-256-GCM" },
    { 0x1303, NEW "+CHACHA20-POLY1305" },
    { 0xc02b, OLD "+ECDHE-ECDSA:+AES-128-GCM" },
    { 0xc02c, OLD "+ECDHE-ECDSA:+AES-256-GCM" },
    { 0xcca9, OLD "+ECDHE-ECDSA:+CHACHA20-POLY1305" },
    { 0xc02f, OLD "+ECDHE-RSA:+AES-128-GCM" },
    { 0xc030, OLD "+ECDHE-RSA:+AES-256-GCM" },
    { 0xcca8, OLD "+ECDHE-RSA:+CHACHA20-POLY1305" },
    { 0x009e, OLD "+DHE-RSA:+AES-128-GCM" },
    { 0x009f, OLD "+DHE-RSA:+AES-256-GCM" },
    { 0xccaa, OLD "+DHE-RSA:+CHACHA20-POLY1305" },
};
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static struct duo duo;

struct meeting { /* ours in the place of one end, theirs at the other */
    struct tls_side ours;
    struct duo_end *theirs;
    struct duo_pipe *to_us;
    struct duo_pipe *to_them;
};

static void meet(struct meeting *m, const struct kind *kind, enum tls_role role)
{
    struct duo_end *replaced = role == TLS_CLIENT ? &duo.client : &duo.server;

    duo_begin(&duo, kind->priority);
    m->theirs = role == TLS_CLIENT ? &duo.server : &duo.client;
    m->to_us = replaced->from;
    m->to_them = replaced->to;
    m->ours.core = duo_core(replaced, kind->suite);
    m->ours.conn = (struct tls_conn){ .core = &m->ours.core };
}

static void part(struct meeting *m)
{
    tls_conn_close(&m->ours.conn);
    tls_core_wipe(&m->ours.core);
    duo_end(&duo);
}

static void for_kinds(void (*body)(struct meeting *m))
{
    for (size_t i = 0; i < N_KINDS; i++) {
        for (int role = TLS_CLIENT; role <= TLS_SERVER; role++) {
            struct meeting m = { 0 };

            meet(&m, &kinds[i], (enum tls_role)role);
            body(&m);
            part(&m);
        }
    }
}

/* ---- Data --------------------------------------------------------------------- */

static uint8_t long_text[3 * TLS_TEXT_MAX];
static uint8_t stream[DUO_ROOM];

/* All that is on its way to us, decrypted into dst. */
static size_t read_all(struct meeting *m, uint8_t *dst)
{
    size_t n = duo_take(m->to_us, stream, sizeof(stream));
    uint8_t *at = stream;
    size_t total = 0;

    while (n != 0) {
        struct tls_got got;

        assert_int_equal(tls_ends_receive(&m->ours, at, n, &got), SSP_OK);
        memcpy(dst + total, got.text.p, got.text.n);
        total += got.text.n;
        at += n - got.extra.n;
        n = got.extra.n;
    }
    return total;
}

static void they_say(struct meeting *m, size_t n)
{
    static uint8_t heard[sizeof(long_text)];
    size_t sent = 0;

    while (sent < n) {
        ssize_t some = gnutls_record_send(m->theirs->session, long_text + sent, n - sent);

        assert_true(some > 0);
        sent += (size_t)some;
    }
    assert_int_equal(read_all(m, heard), n);
    assert_memory_equal(heard, long_text, n);
}

/* GnuTLS wants to be asked again after a record that is not for the application. */
static ssize_t hear(struct meeting *m, void *dst, size_t room)
{
    ssize_t n = GNUTLS_E_AGAIN;

    for (int i = 0; i < 5 && n == GNUTLS_E_AGAIN; i++)
        n = gnutls_record_recv(m->theirs->session, dst, room);
    return n;
}

static void we_say(struct meeting *m, size_t n)
{
    static uint8_t wire[TLS_ENDS_LONGEST];
    static uint8_t heard[TLS_TEXT_MAX];
    size_t wire_n = 0;

    assert_int_equal(tls_ends_send_at(&m->ours, (struct view){ long_text, n }, wire, &wire_n),
                     SSP_OK);
    duo_put(m->to_them, (struct view){ wire, wire_n });
    assert_int_equal(hear(m, heard, sizeof(heard)), (ssize_t)n);
    assert_memory_equal(heard, long_text, n);
}

static void talk(struct meeting *m)
{
    static const size_t sizes[] = { 1, 17, 1000, TLS_TEXT_MAX };

    for (size_t i = 0; i < sizeof(long_text); i++)
        long_text[i] = (uint8_t)(i * 7 + i / 251);
    for (size_t i = 0; i < 4; i++) {
        we_say(m, sizes[i]);
        they_say(m, sizes[i]);
    }
    they_say(m, sizeof(long_text));
}

static void data_go_both_ways(void **state)
{
    (void)state;
    for_kinds(talk);
}

/* ---- Keys ----------------------------------------------------------------------- */

static void compare_keys(struct meeting *m)
{
    for (unsigned read = 0; read <= 1; read++) {
        gnutls_datum_t iv;
        gnutls_datum_t key;
        uint8_t seq[8];
        struct tls_write_key mine = { 0 };

        assert_int_equal(gnutls_record_get_state(m->theirs->session, read, NULL, &iv, &key, seq),
                         0);
        tls_write_key(&m->ours.core, read ? TLS_SEND : TLS_RECV, &mine);
        assert_view_equal((struct view){ key.data, key.size }, key_view(&mine.key));
        assert_true(iv.size == 4 || iv.size == TLS_IV_SIZE);
        assert_memory_equal(iv.data, mine.iv, iv.size);
    }
}

static void keys_are_those_of_gnutls(void **state)
{
    (void)state;
    for_kinds(compare_keys);
}

static void compare_exporters(struct meeting *m)
{
    static const char label[] = "EXPERIMENTAL-openSSPI";
    bool is_1_3 = m->ours.core.suite->version == TLS_1_3;
    char theirs[100];
    uint8_t mine[100];

    for (int with = 0; with < 3; with++) {
        const char *context = with == 0 ? NULL : "context";
        size_t n = with == 2 ? 7 : 0;
        const struct tls_export_of of = { view_text(label),
                                          { (const uint8_t *)context, n },
                                          context != NULL };

        assert_int_equal(gnutls_prf_rfc5705(m->theirs->session, sizeof(label) - 1, label, n,
                                            context, sizeof(theirs), theirs),
                         0);
        assert_int_equal(tls_export(&m->ours.core, &of, mine, sizeof(mine)), SSP_OK);
        assert_memory_equal(mine, theirs, sizeof(mine));
    }
    gnutls_datum_t unique = { 0 };
    struct tls_binding binding = { 0 };
    size_t prefix = is_1_3 ? 13 : 11;
    assert_int_equal(
        gnutls_session_channel_binding(
            m->theirs->session, is_1_3 ? GNUTLS_CB_TLS_EXPORTER : GNUTLS_CB_TLS_UNIQUE, &unique),
        0);
    assert_int_equal(tls_binding_unique(&m->ours.core, &binding), SSP_OK);
    assert_memory_equal(binding.bytes, is_1_3 ? "tls-exporter:" : "tls-unique:", prefix);
    assert_view_equal((struct view){ binding.bytes + prefix, binding.n - prefix },
                      (struct view){ unique.data, unique.size });
    gnutls_free(unique.data);
}

static void exporters_and_bindings_are_those_of_gnutls(void **state)
{
    (void)state;
    for_kinds(compare_exporters);
}

/* ---- New keys -------------------------------------------------------------------- */

static void renew(struct meeting *m)
{
    if (m->ours.core.suite->version != TLS_1_3)
        return;
    for (int i = 0; i < 3; i++) { /* GnuTLS takes eight updates a second */
        assert_int_equal(gnutls_session_key_update(m->theirs->session, 0), 0);
        they_say(m, 100);
        we_say(m, 100);
        assert_int_equal(gnutls_session_key_update(m->theirs->session, GNUTLS_KU_PEER), 0);
        they_say(m, 100);
        assert_true(m->ours.core.live.update_owed);
        we_say(m, 100); /* the answer comes first */
        assert_int_equal(m->ours.core.send.seq, 1);
        m->ours.core.live.update_owed = true;
        m->ours.core.live.update_wanted = true;
        we_say(m, TLS_TEXT_MAX);
        they_say(m, 100); /* theirs, too */
        assert_false(m->ours.core.live.update_owed);
    }
}

static void new_keys_are_understood(void **state)
{
    (void)state;
    for_kinds(renew);
}

/* ---- The end ----------------------------------------------------------------------- */

static size_t keep(struct view extra)
{
    if (extra.n != 0)
        memmove(stream, extra.p, extra.n);
    return extra.n;
}

static void they_close(struct meeting *m)
{
    size_t n = 0;
    struct tls_got got;

    assert_int_equal(gnutls_bye(m->theirs->session, GNUTLS_SHUT_WR), 0);
    n = duo_take(m->to_us, stream, sizeof(stream));
    do {
        assert_int_equal(tls_ends_receive(&m->ours, stream, n, &got), SSP_OK);
        n = keep(got.extra);
    } while (got.event != TLS_EVENT_CLOSED && n != 0);
    assert_int_equal(got.event, TLS_EVENT_CLOSED);
}

static void we_close(struct meeting *m)
{
    uint8_t room[TLS_SAY_MAX];
    char heard[16];

    m->ours.core.live.alert_level = TLS1_ALERT_WARNING;
    m->ours.core.live.alert = TLS1_ALERT_CLOSE_NOTIFY;
    size_t n = tls_say_size(&m->ours.conn);
    assert_int_equal(tls_say(&m->ours.conn, room), SSP_OK);
    duo_put(m->to_them, (struct view){ room, n });
    assert_int_equal(gnutls_record_recv(m->theirs->session, heard, sizeof(heard)), 0);
}

static void close_both(struct meeting *m)
{
    we_close(m);
    they_close(m);
}

static void both_ways_are_closed(void **state)
{
    (void)state;
    for_kinds(close_both);
}

static void they_alert(struct meeting *m)
{
    size_t n = 0;
    struct tls_got got = { 0 };
    enum ssp_err e = SSP_OK;

    assert_int_equal(gnutls_alert_send(m->theirs->session, GNUTLS_AL_FATAL, GNUTLS_A_ACCESS_DENIED),
                     0);
    n = duo_take(m->to_us, stream, sizeof(stream));
    while ((e = tls_ends_receive(&m->ours, stream, n, &got)) == SSP_OK && got.extra.n != 0) {
        n = keep(got.extra);
    }
    assert_int_equal(e, SSP_ERR_LOGON_DENIED);
}

static void a_fatal_alert_is_heard(void **state)
{
    (void)state;
    for_kinds(they_alert);
}

static void renegotiate(struct meeting *m)
{
    struct tls_got got;
    uint8_t room[TLS_SAY_MAX];
    char heard[16];
    size_t n = 0;

    if (m->ours.core.suite->version != TLS_1_2 || m->ours.core.role != TLS_CLIENT)
        return;
    assert_int_equal(gnutls_rehandshake(m->theirs->session), 0);
    n = duo_take(m->to_us, stream, sizeof(stream));
    assert_int_equal(tls_ends_receive(&m->ours, stream, n, &got), SSP_OK);
    assert_int_equal(got.event, TLS_EVENT_RENEGOTIATION);
    n = tls_say_size(&m->ours.conn);
    assert_int_equal(tls_say(&m->ours.conn, room), SSP_OK);
    duo_put(m->to_them, (struct view){ room, n });
    assert_int_equal(gnutls_record_recv(m->theirs->session, heard, sizeof(heard)),
                     GNUTLS_E_WARNING_ALERT_RECEIVED);
    assert_int_equal(gnutls_alert_get(m->theirs->session), GNUTLS_A_NO_RENEGOTIATION);
    we_say(m, 100);
    they_say(m, 100);
}

static void a_new_handshake_is_told_no(void **state)
{
    (void)state;
    for_kinds(renegotiate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(data_go_both_ways),
        TEST(keys_are_those_of_gnutls),
        TEST(exporters_and_bindings_are_those_of_gnutls),
        TEST(new_keys_are_understood),
        TEST(both_ways_are_closed),
        TEST(a_fatal_alert_is_heard),
        TEST(a_new_handshake_is_told_no),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
