/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "crypto/rc4_md5.h"
#include "harness/harness.h"

enum { SIZES = 420 }; /* from nothing to several blocks, with every remainder */

struct side { /* what a message is protected with, and what comes out */
    struct rc4 rc4;
    uint8_t bytes[SIZES];
    uint8_t mac[MD5_SIZE];
};

static void begin(struct side *side)
{
    rc4_init(&side->rc4, hex("0102030405060708090a0b0c0d0e0f10"));
    for (size_t i = 0; i < sizeof(side->bytes); i++)
        side->bytes[i] = (uint8_t)(7 * i);
}

static struct hmac_md5_key key_of_rfc_2202(void)
{
    struct hmac_md5_key key;

    hmac_md5_key_init(&key, hex("0102030405060708090a0b0c0d0e0f10111213141516171819"));
    return key;
}

static void expect_equal(const struct side *got, const struct side *expected)
{
    assert_view_equal(VIEW_OF(got->bytes), VIEW_OF(expected->bytes));
    assert_view_equal(VIEW_OF(got->mac), VIEW_OF(expected->mac));
    assert_memory_equal(&got->rc4, &expected->rc4, sizeof(got->rc4));
}

static void seals_as_checksum_and_then_keystream_do(void **state)
{
    static const uint8_t first[4] = { 1, 2, 3, 4 };
    const struct hmac_md5_key key = key_of_rfc_2202();

    (void)state;
    for (size_t n = 0; n <= SIZES; n++) {
        struct side once = { 0 };
        struct side twice = { 0 };
        struct view pieces[] = { VIEW_OF(first), { twice.bytes, n } };

        begin(&once);
        begin(&twice);
        rc4_hmac_md5_seal(&once.rc4, &key, VIEW_OF(first), once.bytes, n, once.mac);
        hmac_md5_keyed(&key, pieces, 2, twice.mac);
        rc4_crypt(&twice.rc4, twice.bytes, twice.bytes, n);
        expect_equal(&once, &twice);
    }
}

static void opens_as_keystream_and_then_checksum_do(void **state)
{
    static const uint8_t first[4] = { 1, 2, 3, 4 };
    const struct hmac_md5_key key = key_of_rfc_2202();

    (void)state;
    for (size_t n = 0; n <= SIZES; n++) {
        struct side once = { 0 };
        struct side twice = { 0 };
        struct view pieces[] = { VIEW_OF(first), { twice.bytes, n } };

        begin(&once);
        begin(&twice);
        rc4_hmac_md5_open(&once.rc4, &key, VIEW_OF(first), once.bytes, n, once.mac);
        rc4_crypt(&twice.rc4, twice.bytes, twice.bytes, n);
        hmac_md5_keyed(&key, pieces, 2, twice.mac);
        expect_equal(&once, &twice);
    }
}

/* So that data begins at every place of a block of MD5. */
static void takes_any_number_of_first_bytes(void **state)
{
    const struct hmac_md5_key key = key_of_rfc_2202();
    uint8_t first[130] = { 9, 8, 7 };

    (void)state;
    for (size_t n = 0; n <= sizeof(first); n++) {
        struct view start = { first, n };
        struct side sealed = { 0 };
        struct side plain = { 0 };

        begin(&sealed);
        begin(&plain);
        rc4_hmac_md5_seal(&sealed.rc4, &key, start, sealed.bytes, SIZES, sealed.mac);
        struct view pieces[] = { start, VIEW_OF(plain.bytes) };
        hmac_md5_keyed(&key, pieces, 2, plain.mac);
        assert_view_equal(VIEW_OF(sealed.mac), VIEW_OF(plain.mac));

        rc4_init(&sealed.rc4, hex("0102030405060708090a0b0c0d0e0f10"));
        rc4_hmac_md5_open(&sealed.rc4, &key, start, sealed.bytes, SIZES, sealed.mac);
        assert_view_equal(VIEW_OF(sealed.bytes), VIEW_OF(plain.bytes));
        assert_view_equal(VIEW_OF(sealed.mac), VIEW_OF(plain.mac));
    }
}

static void touches_nothing_behind_the_message(void **state)
{
    const struct hmac_md5_key key = key_of_rfc_2202();
    struct side side = { 0 };

    (void)state;
    for (size_t n = 1; n <= SIZES; n++) {
        struct view exact = guarded((struct view){ side.bytes, n });

        begin(&side);
        rc4_hmac_md5_seal(&side.rc4, &key, hex("00000000"), (uint8_t *)(uintptr_t)exact.p, n,
                          side.mac);
        rc4_hmac_md5_open(&side.rc4, &key, hex("00000000"), (uint8_t *)(uintptr_t)exact.p, n,
                          side.mac);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seals_as_checksum_and_then_keystream_do),
        TEST(opens_as_keystream_and_then_checksum_do),
        TEST(takes_any_number_of_first_bytes),
        TEST(touches_nothing_behind_the_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
