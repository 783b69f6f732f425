/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "handoff/parcel.h"
#include "harness/harness.h"

static const char known[] = "53535049 50434c01 0300 0400 05000000 02000000"
                            "4e544c4d 626c6f6221 0102"; /* NTLM, "blob!", 1 2 */

static enum ssp_err decode(struct view bytes, struct parcel *ret)
{
    unsigned flags = 42;
    enum ssp_err e = parcel_decode(bytes, ret, &flags);

    if (e != SSP_OK) { /* outputs are left alone on failure */
        assert_int_equal(flags, 42);
        assert_null(ret->blob.p);
    }
    return e;
}

static enum ssp_err refused(struct view bytes)
{
    ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;

    return decode(guarded(bytes), &parcel);
}

static void decodes_the_known_parcel(void **state)
{
    ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;
    unsigned flags = 0;

    (void)state;
    assert_int_equal(parcel_decode(hex(known), &parcel, &flags), SSP_OK);
    assert_int_equal(flags, PARCEL_TOKEN | PARCEL_CONNECTION);
    assert_string_equal(parcel.package, "NTLM");
    assert_view_equal(secret_view(&parcel.blob), hex("626c6f6221"));
    assert_view_equal(secret_view(&parcel.unread), hex("0102"));
    assert_int_equal(parcel.token_fd, -1); /* they come beside the bytes */
    assert_int_equal(parcel.connection_fd, -1);
}

static void encodes_the_known_parcel(void **state)
{
    ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;
    ssp_cleanup(wr_free) struct wr out = WR_INIT(PARCEL_MAX);

    (void)state;
    assert_int_equal(decode(hex(known), &parcel), SSP_OK);
    parcel.token_fd = 1000; /* the encoder only asks whether they are there */
    parcel.connection_fd = 1001;
    enum ssp_err e = parcel_encode(&parcel, &out);
    parcel.token_fd = -1;
    parcel.connection_fd = -1;
    assert_int_equal(e, SSP_OK);
    assert_view_equal((struct view){ out.p, out.n }, hex(known));
}

static void refuses_every_truncation_and_bytes_behind_it(void **state)
{
    const struct view whole = hex(known);
    uint8_t longer[64] = { 0 };

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(refused((struct view){ whole.p, n }), SSP_ERR_BAD_TOKEN);
    memcpy(longer, whole.p, whole.n);
    assert_int_equal(refused((struct view){ longer, whole.n + 1 }), SSP_ERR_BAD_TOKEN);
}

static void refuses_what_breaks_one_rule(void **state)
{
    static const struct {
        const char *rule;
        const char *bytes;
    } broken[] = {
        { "magic", "54535049 50434c01 0000 0100 01000000 00000000 4e 62" },
        { "version to come", "53535049 50434c02 0000 0100 01000000 00000000 4e 62" },
        { "unknown flag", "53535049 50434c01 0400 0100 01000000 00000000 4e 62" },
        { "unknown flag, high byte", "53535049 50434c01 0080 0100 01000000 00000000 4e 62" },
        { "no name", "53535049 50434c01 0000 0000 01000000 00000000 62" },
        { "NUL in the name", "53535049 50434c01 0000 0100 01000000 00000000 00 62" },
        { "name not UTF-8", "53535049 50434c01 0000 0100 01000000 00000000 ff 62" },
        { "no blob", "53535049 50434c01 0000 0100 00000000 00000000 4e" },
        { "sizes that wrap", "53535049 50434c01 0000 0100 01000000 ffffffff 4e 62" },
    };

    (void)state;
    assert_int_equal(refused(hex("53535049 50434c01 0000 0100 01000000 00000000 4e 62")), SSP_OK);
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        if (refused(hex(broken[i].bytes)) != SSP_ERR_BAD_TOKEN)
            fail_msg("accepted: %s", broken[i].rule);
}

/* A parcel with that much of everything; bytes of one shared block. */
static struct parcel lend(size_t name_n, size_t blob_n, size_t unread_n)
{
    static uint8_t block[ENVELOPE_MAX + 1];
    struct parcel parcel = PARCEL_INIT;

    memset(block, 0x5a, sizeof(block));
    memset(parcel.package, 'p', name_n);
    parcel.blob = (struct secret){ block, blob_n };
    parcel.unread = (struct secret){ block, unread_n };
    return parcel;
}

static void carries_the_largest_of_everything(void **state)
{
    const struct parcel parcel = lend(ENVELOPE_NAME_MAX, ENVELOPE_MAX, LIMIT_UNREAD);
    ssp_cleanup(parcel_wipe) struct parcel again = PARCEL_INIT;
    ssp_cleanup(wr_free) struct wr out = WR_INIT(PARCEL_MAX);

    (void)state;
    assert_int_equal(parcel_encode(&parcel, &out), SSP_OK);
    assert_int_equal(out.n, PARCEL_MAX);
    assert_int_equal(decode((struct view){ out.p, out.n }, &again), SSP_OK);
    assert_string_equal(again.package, parcel.package);
    assert_view_equal(secret_view(&again.blob), secret_view(&parcel.blob));
    assert_view_equal(secret_view(&again.unread), secret_view(&parcel.unread));
}

static void encodes_nothing_that_it_would_not_decode(void **state)
{
    const struct parcel bad[] = {
        lend(0, 1, 0), lend(ENVELOPE_NAME_MAX + 1, 1, 0), /* not terminated */
        lend(1, 0, 0), lend(1, ENVELOPE_MAX + 1, 0),      lend(1, 1, LIMIT_UNREAD + 1),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT((size_t)2 * PARCEL_MAX);
        assert_int_equal(parcel_encode(&bad[i], &out), SSP_ERR_BAD_ARGUMENT);
    }
}

static void decodes_or_reports_no_memory(void **state)
{
    const struct view whole = hex(known);
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;

        fault_malloc_at(nth);
        e = decode(whole, &parcel);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_the_known_parcel),
        TEST(encodes_the_known_parcel),
        TEST(refuses_every_truncation_and_bytes_behind_it),
        TEST(refuses_what_breaks_one_rule),
        TEST(carries_the_largest_of_everything),
        TEST(encodes_nothing_that_it_would_not_decode),
        TEST(decodes_or_reports_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
