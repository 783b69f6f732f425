/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "handoff/envelope.h"
#include "harness/harness.h"

/* What tests/vectors/packed/make-envelopes says, too. */
static struct seal_key fixed_key(void)
{
    struct seal_key key = { .key.n = 32 };

    for (size_t i = 0; i < 32; i++)
        key.key.b[i] = (uint8_t)(0x80 + i);
    for (size_t i = 0; i < ENVELOPE_ID_SIZE; i++) {
        key.id[i] = (uint8_t)(0xa0 + i);
        key.boot[i] = (uint8_t)(0xb0 + i);
    }
    return key;
}

static struct view golden(void)
{
    return vector_file("packed/v1/envelope-established.bin");
}

static struct envelope_header sample(void)
{
    struct envelope_header header = {
        .kind = ENVELOPE_ESTABLISHED,
        .flags = 2,
        .uid_from = 1000,
        .uid_to = 1001,
        .expires = 0x0123456789abcdef,
        .packed_version = 1,
        .name_n = 4,
        .name = "NTLM",
    };

    for (size_t i = 0; i < ENVELOPE_ID_SIZE; i++)
        header.ticket[i] = (uint8_t)i;
    return header;
}

static struct view sample_plain(void)
{
    static uint8_t plain[48];

    for (size_t i = 0; i < sizeof(plain); i++)
        plain[i] = (uint8_t)(0x40 + i);
    return VIEW_OF(plain);
}

static enum ssp_err open_fixed(struct view blob)
{
    const struct seal_key key = fixed_key();
    struct envelope_header header = { .kind = 42 };
    ssp_cleanup(secret_wipe) struct secret plain = { 0 };
    enum ssp_err e = envelope_open(&key, blob, &header, &plain);

    if (e != SSP_OK) { /* outputs are left alone on failure */
        assert_int_equal(header.kind, 42);
        assert_null(plain.p);
    }
    return e;
}

static void assert_header_equal(const struct envelope_header *a, const struct envelope_header *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->flags, b->flags);
    assert_view_equal(VIEW_OF(a->ticket), VIEW_OF(b->ticket));
    assert_int_equal(a->uid_from, b->uid_from);
    assert_int_equal(a->uid_to, b->uid_to);
    assert_int_equal(a->expires, b->expires);
    assert_int_equal(a->packed_version, b->packed_version);
    assert_int_equal(a->name_n, b->name_n);
    assert_string_equal(a->name, b->name);
}

static void seals_the_golden_envelope_to_the_byte(void **state)
{
    const struct seal_key key = fixed_key();
    const struct envelope_header header = sample();
    ssp_cleanup(wr_free) struct wr out = WR_INIT(ENVELOPE_MAX);

    (void)state;
    assert_int_equal(envelope_seal(&key, &header, sample_plain(), &out), SSP_OK);
    assert_view_equal((struct view){ out.p, out.n }, golden());
}

static void opens_the_golden_envelope(void **state)
{
    const struct seal_key key = fixed_key();
    const struct envelope_header want = sample();
    struct envelope_header header = { 0 };
    ssp_cleanup(secret_wipe) struct secret plain = { 0 };

    (void)state;
    assert_int_equal(envelope_open(&key, golden(), &header, &plain), SSP_OK);
    assert_header_equal(&header, &want);
    assert_view_equal(VIEW_OF(header.boot), VIEW_OF(key.boot));
    assert_view_equal(VIEW_OF(header.key_id), VIEW_OF(key.id));
    assert_view_equal(secret_view(&plain), sample_plain());
}

static void opens_a_golden_envelope_without_contents(void **state)
{
    const struct seal_key key = fixed_key();
    struct envelope_header header = { 0 };
    ssp_cleanup(secret_wipe) struct secret plain = { 0 };

    (void)state;
    assert_int_equal(
        envelope_open(&key, vector_file("packed/v1/envelope-empty.bin"), &header, &plain), SSP_OK);
    assert_int_equal(header.kind, ENVELOPE_KEPT);
    assert_int_equal(header.packed_version, 7);
    assert_string_equal(header.name, "Z\xc3\xbcrich");
    assert_int_equal(plain.n, 0);
}

static void peeks_without_a_key(void **state)
{
    const struct envelope_header want = sample();
    struct envelope_header header = { 0 };

    (void)state;
    assert_int_equal(envelope_peek(golden(), &header), SSP_OK);
    assert_header_equal(&header, &want);
}

static void refuses_every_single_byte_change(void **state)
{
    static const uint8_t patterns[] = { 0x01, 0x80, 0xff, 0x55 };
    const struct view whole = golden();
    uint8_t altered[256];

    (void)state;
    assert_in_range(whole.n, 1, sizeof(altered));
    for (size_t at = 0; at < whole.n; at++) {
        for (size_t i = 0; i < sizeof(patterns); i++) {
            memcpy(altered, whole.p, whole.n);
            altered[at] ^= patterns[i];
            assert_int_equal(open_fixed(guarded((struct view){ altered, whole.n })),
                             SSP_ERR_BAD_ENVELOPE);
        }
    }
}

static void refuses_every_truncation(void **state)
{
    const struct view whole = golden();
    struct envelope_header header = { .kind = 42 };

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(open_fixed(guarded((struct view){ whole.p, n })), SSP_ERR_BAD_ENVELOPE);
    for (size_t n = 0; n < ENVELOPE_HEADER_SIZE + 4 + AEAD_TAG_SIZE; n++)
        assert_int_equal(envelope_peek(guarded((struct view){ whole.p, n }), &header),
                         SSP_ERR_BAD_ENVELOPE);
    assert_int_equal(header.kind, 42);
}

static void refuses_bytes_behind_it(void **state)
{
    uint8_t longer[256] = { 0 };
    const struct view whole = golden();

    (void)state;
    memcpy(longer, whole.p, whole.n);
    for (size_t more = 1; more <= 32; more++)
        assert_int_equal(open_fixed(guarded((struct view){ longer, whole.n + more })),
                         SSP_ERR_BAD_ENVELOPE);
}

static void refuses_another_key_or_boot(void **state)
{
    struct envelope_header header = { 0 };
    ssp_cleanup(secret_wipe) struct secret plain = { 0 };
    struct seal_key keys[3] = { fixed_key(), fixed_key(), fixed_key() };

    (void)state;
    keys[0].id[15] ^= 1;
    keys[1].boot[0] ^= 1;
    keys[2].key.b[7] ^= 1;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(envelope_open(&keys[i], golden(), &header, &plain), SSP_ERR_BAD_ENVELOPE);
}

/* Peeking looks at no tag, so a refusal is the header's own. */
static enum ssp_err peek_edited(size_t at, uint8_t value)
{
    uint8_t edited[256];
    struct envelope_header header = { 0 };
    const struct view whole = golden();

    memcpy(edited, whole.p, whole.n);
    edited[at] = value;
    return envelope_peek(guarded((struct view){ edited, whole.n }), &header);
}

static void refuses_a_header_that_breaks_one_rule(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
        const char *rule;
    } broken[] = {
        { 0, 's', "magic" },
        { 7, 0, "version before the first" },
        { 7, 2, "version to come" },
        { 8, 84 + 3, "header shorter than its name" },
        { 8, 84 + 5, "header longer than its name" },
        { 9, 1, "header length, high byte" },
        { 10, 0, "kind 0" },
        { 10, 4, "kind to come" },
        { 11, 1, "kind, high byte" },
        { 82, 0, "no name" },
        { 82, 3, "name shorter than the header says" },
        { 83, 1, "name over its limit" },
        { 84, 0, "NUL in the name" },
        { 87, 0xc3, "name that is not UTF-8" },
    };

    (void)state;
    assert_int_equal(peek_edited(84, 'M'), SSP_OK); /* so that the rest can fail for its reason */
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        if (peek_edited(broken[i].at, broken[i].value) != SSP_ERR_BAD_ENVELOPE)
            fail_msg("accepted: %s", broken[i].rule);
}

static void seals_nothing_that_it_would_not_open(void **state)
{
    static uint8_t large[LIMIT_PACKED + 1];
    const struct seal_key key = fixed_key();
    struct envelope_header bad[5] = { sample(), sample(), sample(), sample(), sample() };
    ssp_cleanup(wr_free) struct wr out = WR_INIT((size_t)2 * ENVELOPE_MAX);

    (void)state;
    bad[0].kind = 0;
    bad[1].kind = 4;
    bad[2].name_n = 0;
    bad[3].name[1] = '\0';
    bad[4].name[1] = '\xff';
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(envelope_seal(&key, &bad[i], sample_plain(), &out), SSP_ERR_BAD_ARGUMENT);
    const struct envelope_header good = sample();
    assert_int_equal(envelope_seal(&key, &good, VIEW_OF(large), &out), SSP_ERR_TOO_LARGE);
    assert_int_equal(out.n, 0);
}

static void carries_the_largest_packed_context_and_the_longest_name(void **state)
{
    static uint8_t large[LIMIT_PACKED];
    const struct seal_key key = fixed_key();
    struct envelope_header header = sample();
    struct envelope_header opened = { 0 };
    ssp_cleanup(secret_wipe) struct secret plain = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(ENVELOPE_MAX);

    (void)state;
    memset(large, 0x5a, sizeof(large));
    memset(header.name, 'n', ENVELOPE_NAME_MAX);
    header.name_n = ENVELOPE_NAME_MAX;
    assert_int_equal(envelope_seal(&key, &header, VIEW_OF(large), &out), SSP_OK);
    assert_int_equal(out.n, ENVELOPE_MAX);
    assert_int_equal(envelope_open(&key, (struct view){ out.p, out.n }, &opened, &plain), SSP_OK);
    assert_header_equal(&opened, &header);
    assert_view_equal(secret_view(&plain), VIEW_OF(large));
}

static void seals_behind_what_the_writer_holds(void **state)
{
    const struct seal_key key = fixed_key();
    const struct envelope_header header = sample();
    ssp_cleanup(wr_free) struct wr out = WR_INIT(ENVELOPE_MAX);

    (void)state;
    wr_le16(&out, 0xabcd);
    assert_int_equal(envelope_seal(&key, &header, sample_plain(), &out), SSP_OK);
    assert_view_equal((struct view){ out.p + 2, out.n - 2 }, golden());
}

static void leaves_no_plaintext_in_the_envelope(void **state)
{
    const struct view whole = golden();

    (void)state;
    assert_null(memmem(whole.p, whole.n, sample_plain().p, 8));
}

static void seals_and_opens_or_reports_no_memory(void **state)
{
    const struct seal_key key = fixed_key();
    const struct envelope_header header = sample();
    const struct view whole = golden();
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(ENVELOPE_MAX);

        fault_malloc_at(nth);
        e = envelope_seal(&key, &header, sample_plain(), &out);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
    fault_malloc_at(0);
    assert_int_equal(open_fixed(whole), SSP_ERR_NO_MEMORY);
    fault_malloc_at(SIZE_MAX);
    assert_int_equal(open_fixed(whole), SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seals_the_golden_envelope_to_the_byte),
        TEST(opens_the_golden_envelope),
        TEST(opens_a_golden_envelope_without_contents),
        TEST(peeks_without_a_key),
        TEST(refuses_every_single_byte_change),
        TEST(refuses_every_truncation),
        TEST(refuses_bytes_behind_it),
        TEST(refuses_another_key_or_boot),
        TEST(refuses_a_header_that_breaks_one_rule),
        TEST(seals_nothing_that_it_would_not_open),
        TEST(carries_the_largest_packed_context_and_the_longest_name),
        TEST(seals_behind_what_the_writer_holds),
        TEST(leaves_no_plaintext_in_the_envelope),
        TEST(seals_and_opens_or_reports_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
