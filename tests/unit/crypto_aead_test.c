/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aead.h"
#include "harness/harness.h"

/* McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16 */
static const char key[] = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
static const char nonce[] = "cafebabefacedbaddecaf888";
static const char header[] = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
static const char plain[] = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
static const char cipher[] = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                             "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662";
static const char tag[] = "76fc6ece0f4e1768cddf8853bb2d551b";

static void seals_as_the_known_answer_says(void **state)
{
    uint8_t got[60];
    uint8_t got_tag[AEAD_TAG_SIZE];

    (void)state;
    aes256_gcm_seal(hex(key).p, hex(nonce).p, hex(header), hex(plain), got, got_tag);
    assert_view_equal(VIEW_OF(got), hex(cipher));
    assert_view_equal(VIEW_OF(got_tag), hex(tag));
}

static void opens_in_place(void **state)
{
    uint8_t bytes[60];

    (void)state;
    memcpy(bytes, hex(cipher).p, sizeof(bytes));
    assert_int_equal(
        aes256_gcm_open(hex(key).p, hex(nonce).p, hex(header), VIEW_OF(bytes), hex(tag).p, bytes),
        SSP_OK);
    assert_view_equal(VIEW_OF(bytes), hex(plain));
}

static enum ssp_err open_flipped(size_t at, uint8_t bit, uint8_t out[60])
{
    uint8_t all[20 + 60 + AEAD_TAG_SIZE];

    memcpy(all, hex(header).p, 20);
    memcpy(all + 20, hex(cipher).p, 60);
    memcpy(all + 80, hex(tag).p, AEAD_TAG_SIZE);
    all[at] ^= bit;
    return aes256_gcm_open(hex(key).p, hex(nonce).p, (struct view){ all, 20 },
                           (struct view){ all + 20, 60 }, all + 80, out);
}

static void refuses_every_altered_byte_and_releases_nothing(void **state)
{
    static const uint8_t zero[60];
    uint8_t got[60];

    (void)state;
    assert_int_equal(open_flipped(0, 0, got), SSP_OK);
    for (size_t at = 0; at < 20 + 60 + AEAD_TAG_SIZE; at++) {
        assert_int_equal(open_flipped(at, 0x80, got), SSP_ERR_ALTERED);
        assert_view_equal(VIEW_OF(got), VIEW_OF(zero));
        assert_int_equal(free_guarded(NULL), 0);
    }
}

static void seals_and_opens_nothing(void **state)
{
    uint8_t got_tag[AEAD_TAG_SIZE];
    struct view none = { 0 };

    (void)state;
    aes256_gcm_seal(hex(key).p, hex(nonce).p, none, none, NULL, got_tag);
    assert_int_equal(aes256_gcm_open(hex(key).p, hex(nonce).p, none, none, got_tag, NULL), SSP_OK);
    assert_int_equal(aes256_gcm_open(hex(key).p, hex(nonce).p, hex(header), none, got_tag, NULL),
                     SSP_ERR_ALTERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seals_as_the_known_answer_says),
        TEST(opens_in_place),
        TEST(refuses_every_altered_byte_and_releases_nothing),
        TEST(seals_and_opens_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
