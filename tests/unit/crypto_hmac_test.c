/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "crypto/hmac.h"
#include "harness/harness.h"

static const char key1[] = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";

static void assert_mac(enum hmac_hash hash, struct view secret, struct view text, struct view mac)
{
    ssp_cleanup(hmac_key_wipe) struct hmac_key key;
    uint8_t got[HMAC_MAX_SIZE];

    hmac_key_init(&key, hash, secret);
    hmac_keyed(&key, &text, 1, got, mac.n);
    assert_view_equal((struct view){ got, mac.n }, mac);
}

static void answers_as_rfc_2202_and_rfc_4231_say(void **state)
{
    (void)state;
    assert_mac(HMAC_SHA1, hex(key1), view_text("Hi There"),
               hex("b617318655057264e28bc0b6fb378c8ef146be00"));
    assert_mac(HMAC_SHA256, hex(key1), view_text("Hi There"),
               hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
    assert_mac(HMAC_SHA384, hex(key1), view_text("Hi There"),
               hex("afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
                   "faea9ea9076ede7f4af152e8b2fa9cb6"));
    assert_mac(HMAC_SHA1, view_text("Jefe"), view_text("what do ya want for nothing?"),
               hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
}

static void signs_as_rfc_8009_says(void **state)
{
    struct view plain = vector("rfc8009.txt", "sum.plain");

    (void)state;
    assert_mac(HMAC_SHA256, vector("rfc8009.txt", "kc128"), plain, vector("rfc8009.txt", "sum128"));
    assert_mac(HMAC_SHA384, vector("rfc8009.txt", "kc256"), plain, vector("rfc8009.txt", "sum256"));
}

static void a_key_signs_again_and_over_pieces_as_over_the_whole(void **state)
{
    static const uint8_t text[300] = { 1, 2, 3 };

    (void)state;
    for (enum hmac_hash hash = HMAC_SHA1; hash <= HMAC_SHA384; hash++) {
        ssp_cleanup(hmac_key_wipe) struct hmac_key key;
        uint8_t whole[20];
        uint8_t parts[20];

        hmac_key_init(&key, hash, hex(key1));
        hmac_keyed(&key, &VIEW_OF(text), 1, whole, sizeof(whole));
        for (size_t cut = 0; cut <= sizeof(text); cut++) {
            const struct view pieces[] = { { text, cut },
                                           { NULL, 0 },
                                           { text + cut, sizeof(text) - cut } };

            hmac_keyed(&key, pieces, 3, parts, sizeof(parts));
            assert_view_equal(VIEW_OF(parts), VIEW_OF(whole));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_as_rfc_2202_and_rfc_4231_say),
        TEST(signs_as_rfc_8009_says),
        TEST(a_key_signs_again_and_over_pieces_as_over_the_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
