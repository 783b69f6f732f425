/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "crypto/aes_cts.h"
#include "harness/harness.h"

enum { LONGEST = 100, LONG = 3000 };

static const char key_256[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

static void crypt(struct view secret, bool encrypt, const struct span *spans, size_t n)
{
    ssp_cleanup(aes_key_wipe) struct aes_key key;

    if (encrypt) {
        aes_key_encrypts(&key, secret);
        aes_cts_encrypt(&key, spans, n);
    } else {
        aes_key_decrypts(&key, secret);
        aes_cts_decrypt(&key, spans, n);
    }
}

static void assert_both_ways(struct view secret, struct view plain, struct view cipher)
{
    uint8_t message[LONGEST];
    const struct span span = { message, plain.n };

    assert_true(plain.n <= sizeof(message));
    memcpy(message, plain.p, plain.n);
    crypt(secret, true, &span, 1);
    assert_view_equal((struct view){ message, plain.n }, cipher);
    crypt(secret, false, &span, 1);
    assert_view_equal((struct view){ message, plain.n }, plain);
}

static void encrypts_as_rfc_3962_says(void **state)
{
    static const char *const cases[][2] = {
        { "cts1.plain", "cts1.cipher" }, { "cts2.plain", "cts2.cipher" },
        { "cts3.plain", "cts3.cipher" }, { "cts4.plain", "cts4.cipher" },
        { "cts5.plain", "cts5.cipher" }, { "cts6.plain", "cts6.cipher" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_both_ways(vector("rfc3962.txt", "cts.key"), vector("rfc3962.txt", cases[i][0]),
                         vector("rfc3962.txt", cases[i][1]));
}

/* RFC 8009's samples are a confounder and 0, 6, 16 or 21 bytes that count from 0. */
static void encrypts_256_bit_keys_as_rfc_8009_says(void **state)
{
    static const struct {
        const char *confounder;
        const char *cipher;
        size_t n;
    } cases[] = {
        { "enc256.2.confounder", "enc256.2.cipher", 6 },
        { "enc256.3.confounder", "enc256.3.cipher", 16 },
        { "enc256.4.confounder", "enc256.4.cipher", 21 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t plain[LONGEST];

        memcpy(plain, vector("rfc8009.txt", cases[i].confounder).p, AES_BLOCK);
        for (size_t k = 0; k < cases[i].n; k++)
            plain[AES_BLOCK + k] = (uint8_t)k;
        assert_both_ways(vector("rfc8009.txt", "ke256"),
                         (struct view){ plain, AES_BLOCK + cases[i].n },
                         vector("rfc8009.txt", cases[i].cipher));
    }
}

/* Three spans, in heap blocks of their own, joined again. */
static void crypt_cut(struct view secret, bool encrypt, uint8_t *message, size_t n,
                      const size_t cuts[2])
{
    const size_t sizes[] = { cuts[0], cuts[1] - cuts[0], n - cuts[1] };
    struct span spans[3];
    size_t at = 0;

    for (size_t i = 0; i < 3; i++) {
        spans[i] = (struct span){ malloc(sizes[i]), sizes[i] };
        memcpy(spans[i].p, message + at, sizes[i]);
        at += sizes[i];
    }
    crypt(secret, encrypt, spans, 3);
    at = 0;
    for (size_t i = 0; i < 3; i++) {
        memcpy(message + at, spans[i].p, sizes[i]);
        at += sizes[i];
        free(spans[i].p);
    }
}

static void assert_cut_makes_no_difference(struct view secret, size_t n)
{
    uint8_t plain[LONGEST];
    uint8_t cipher[LONGEST];

    for (size_t i = 0; i < n; i++)
        plain[i] = (uint8_t)(i * 7);
    memcpy(cipher, plain, n);
    crypt(secret, true, &(struct span){ cipher, n }, 1);
    for (size_t a = 0; a <= n; a += 3) {
        for (size_t b = a; b <= n; b += 5) {
            uint8_t got[LONGEST];

            memcpy(got, plain, n);
            crypt_cut(secret, true, got, n, (const size_t[]){ a, b });
            assert_view_equal((struct view){ got, n }, (struct view){ cipher, n });
            crypt_cut(secret, false, got, n, (const size_t[]){ a, b });
            assert_view_equal((struct view){ got, n }, (struct view){ plain, n });
        }
    }
}

static void it_makes_no_difference_where_a_message_is_cut_into_spans(void **state)
{
    struct view secret = hex(key_256);

    (void)state;
    for (size_t n = AES_BLOCK + 1; n <= 70; n++) {
        assert_cut_makes_no_difference(secret, n);
        assert_cut_makes_no_difference((struct view){ secret.p, 16 }, n);
    }
}

static void assert_mac_on_the_way(enum hmac_hash hash, enum mac_order order, size_t n)
{
    static const uint8_t first[16] = { 9 };
    ssp_cleanup(aes_key_wipe) struct aes_key key;
    ssp_cleanup(hmac_key_wipe) struct hmac_key mac_key;
    uint8_t message[LONG];
    uint8_t alone[LONG];
    uint8_t got[16];
    uint8_t expected[16];
    const struct mac_wanted wanted = { &mac_key, order, VIEW_OF(first), got, sizeof(got) };
    const struct span spans[] = { { message, 16 }, { message + 16, n - 16 } };
    const struct view pieces[] = { VIEW_OF(first), { alone, n } };

    for (size_t i = 0; i < n; i++)
        message[i] = (uint8_t)(i * 3);
    memcpy(alone, message, n);
    aes_key_encrypts(&key, hex(key_256));
    hmac_key_init(&mac_key, hash, hex(key_256));
    aes_cts_encrypt_mac(&key, spans, 2, &wanted);
    if (order == MAC_OF_PLAIN)
        hmac_keyed(&mac_key, pieces, 2, expected, sizeof(expected));
    aes_cts_encrypt(&key, &(struct span){ alone, n }, 1);
    if (order == MAC_OF_CIPHER)
        hmac_keyed(&mac_key, pieces, 2, expected, sizeof(expected));
    assert_view_equal((struct view){ message, n }, (struct view){ alone, n });
    assert_view_equal(VIEW_OF(got), VIEW_OF(expected));
}

static void the_checksum_made_on_the_way_is_the_one_made_before_or_after(void **state)
{
    static const size_t sizes[] = { 17,  31,  32,  33,  48,   144,  145,  160, 161,
                                    639, 640, 656, 657, 1000, 1100, 1152, LONG };

    (void)state;
    for (enum hmac_hash hash = HMAC_SHA1; hash <= HMAC_SHA384; hash++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            assert_mac_on_the_way(hash, MAC_OF_PLAIN, sizes[i]);
            assert_mac_on_the_way(hash, MAC_OF_CIPHER, sizes[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(encrypts_as_rfc_3962_says),
        TEST(encrypts_256_bit_keys_as_rfc_8009_says),
        TEST(it_makes_no_difference_where_a_message_is_cut_into_spans),
        TEST(the_checksum_made_on_the_way_is_the_one_made_before_or_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
