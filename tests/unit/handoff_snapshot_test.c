/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/snapshot.h"

#include "base/cleanup.h"
#include "harness/harness.h"

static const char known[] = "53535049534e50 01"                  /* SSPISNP, version */
                            "000102030405060708090a0b0c0d0e0f"   /* boot */
                            "101112131415161718191a1b1c1d1e1f"   /* id of the key */
                            "202122232425262728292a2b2c2d2e2f"   /* key */
                            "303132333435363738393a3b3c3d3e3f"   /**/
                            "02000000"                           /* tickets */
                            "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"   /* id */
                            "0807060504030201 4d000000 e8030000" /* expires, keeper, uid */
                            "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf 0100000000000000 00000000 ffffffff";

enum { KEY_AT = 40, N_AT = 72 };

static enum ssp_err decode(struct view bytes)
{
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
    enum ssp_err e = snapshot_decode(bytes, &snapshot);

    if (e != SSP_OK) { /* outputs are left alone on failure */
        assert_null(snapshot.tickets);
        assert_int_equal(snapshot.key.key.n, 0);
    }
    return e;
}

static void decodes_the_known_snapshot(void **state)
{
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };

    (void)state;
    assert_int_equal(snapshot_decode(hex(known), &snapshot), SSP_OK);
    assert_view_equal(VIEW_OF(snapshot.key.boot), hex("000102030405060708090a0b0c0d0e0f"));
    assert_view_equal(VIEW_OF(snapshot.key.id), hex("101112131415161718191a1b1c1d1e1f"));
    assert_int_equal(key_view(&snapshot.key.key).n, 32);
    assert_int_equal(key_view(&snapshot.key.key).p[31], 0x3f);
    assert_int_equal(snapshot.n, 2);
    assert_int_equal(snapshot.tickets[0].id.b[15], 0xaf);
    assert_true(snapshot.tickets[0].ticket.expires == 0x0102030405060708);
    assert_int_equal(snapshot.tickets[0].ticket.keeper, 77);
    assert_int_equal(snapshot.tickets[0].ticket.uid, 1000);
    assert_int_equal(snapshot.tickets[1].ticket.uid, UINT32_MAX);
}

static void encodes_what_it_decodes(void **state)
{
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(SNAPSHOT_MAX);

    (void)state;
    assert_int_equal(snapshot_decode(hex(known), &snapshot), SSP_OK);
    snapshot_encode(&snapshot, &out);
    assert_view_equal((struct view){ out.p, out.n }, hex(known));
}

static void refuses_every_truncation_and_bytes_behind_it(void **state)
{
    struct view whole = hex(known);
    uint8_t longer[256] = { 0 };

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(decode(guarded((struct view){ whole.p, n })), SSP_ERR_BAD_PACKED);
    memcpy(longer, whole.p, whole.n);
    assert_int_equal(decode(guarded((struct view){ longer, whole.n + 1 })), SSP_ERR_BAD_PACKED);
}

static enum ssp_err decode_with(size_t at, uint8_t value)
{
    struct view whole = hex(known);
    uint8_t bytes[256];

    memcpy(bytes, whole.p, whole.n);
    bytes[at] = value;
    return decode(guarded((struct view){ bytes, whole.n }));
}

static void refuses_what_is_no_snapshot_of_this_version(void **state)
{
    static const uint8_t wiped[76];

    (void)state;
    assert_int_equal(decode_with(0, 'T'), SSP_ERR_BAD_PACKED);
    assert_int_equal(decode_with(7, 2), SSP_ERR_UNSUPPORTED);
    assert_int_equal(decode_with(N_AT, 1), SSP_ERR_BAD_PACKED);
    assert_int_equal(decode_with(N_AT + 3, 0x08), SSP_ERR_BAD_PACKED); /* 32 times that is too */
    assert_int_equal(decode(guarded(VIEW_OF(wiped))), SSP_ERR_BAD_PACKED);
}

static void fails_when_there_is_no_memory(void **state)
{
    struct view whole = hex(known);

    (void)state;
    fault_malloc_at(0);
    assert_int_equal(decode(whole), SSP_ERR_NO_MEMORY);
    fault_malloc_at(SIZE_MAX);
    assert_int_equal(decode(whole), SSP_OK);
}

static void takes_as_many_tickets_as_fit(void **state)
{
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(SNAPSHOT_MAX);
    const struct ticket_id id = { { 1 } };
    const struct ticket ticket = { 1, 2, 3 };

    (void)state;
    for (size_t i = 0; i < SNAPSHOT_TICKETS; i++)
        assert_int_equal(snapshot_add(&snapshot, &id, &ticket), SSP_OK);
    assert_int_equal(snapshot_add(&snapshot, &id, &ticket), SSP_ERR_TOO_LARGE);
    key_set(&snapshot.key.key, (struct view){ hex(known).p + KEY_AT, 32 });
    snapshot_encode(&snapshot, &out);
    assert_int_equal(out.err, SSP_OK);
    assert_int_equal(out.n, SNAPSHOT_MAX);
    assert_true(out.n <= LIMIT_FILE);
}

static void leaves_no_key_behind(void **state)
{
    struct view key = { hex(known).p + KEY_AT, 32 };

    (void)state;
    watch_frees_for(key);
    {
        ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
        ssp_cleanup(wr_free) struct wr out = WR_INIT(SNAPSHOT_MAX);

        assert_int_equal(snapshot_decode(hex(known), &snapshot), SSP_OK);
        snapshot_encode(&snapshot, &out);
    }
    assert_int_equal(frees_unwiped(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_the_known_snapshot),
        TEST(encodes_what_it_decodes),
        TEST(refuses_every_truncation_and_bytes_behind_it),
        TEST(refuses_what_is_no_snapshot_of_this_version),
        TEST(fails_when_there_is_no_memory),
        TEST(takes_as_many_tickets_as_fit),
        TEST(leaves_no_key_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
