/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/cleanup.h"
#include "crypto/krb5_kdf.h"
#include "harness/harness.h"

static void folds_as_rfc_3961_says(void **state)
{
    static const struct {
        const char *in;
        const char *folded;
    } cases[] = {
        /* appendix A.1 */
        { "012345", "be072631276b1955" },
        { "password", "78a07b6caf85fa" },
        { "Rough Consensus, and Running Code", "bb6ed30870b7f0e0" },
        { "password", "59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e" },
        { "MASSACHVSETTS INSTITVTE OF TECHNOLOGY",
          "db3b0d8f0b061e603282b308a50841229ad798fab9540c1b" },
        { "Q", "518a54a215a8452a518a54a215a8452a518a54a215" },
        { "ba", "fb25d531ae8974499f52fd92ea9857c4ba24cf297e" },
        { "kerberos", "6b65726265726f73" },
        { "kerberos", "6b65726265726f737b9b5b2b93132b93" },
        { "kerberos", "8372c236344e5f1550cd0747e15d62ca7a5a3bcea4" },
        { "kerberos", "6b65726265726f737b9b5b2b93132b935c9bdcdad95c9899c4cae4dee6d6cae4" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct view expected = hex(cases[i].folded);
        uint8_t got[32];

        krb5_nfold(view_text(cases[i].in), got, expected.n);
        assert_view_equal((struct view){ got, expected.n }, expected);
    }
}

static void assert_dk(const char *base, const char *expected)
{
    ssp_cleanup(key_wipe) struct key got = { 0 };

    krb5_dk_aes(vector("rfc3962.txt", base), view_text("kerberos"), &got);
    assert_view_equal(key_view(&got), vector("rfc3962.txt", expected));
}

static void derives_as_rfc_3962_says(void **state)
{
    (void)state;
    for (int i = 1; i <= 7; i++) {
        for (int bits = 128; bits <= 256; bits += 128) {
            char base[20];
            char key[20];

            (void)snprintf(base, sizeof(base), "dk%d.base%d", i, bits);
            (void)snprintf(key, sizeof(key), "dk%d.key%d", i, bits);
            assert_dk(base, key);
        }
    }
}

static void assert_kdf(enum hmac_hash hash, const char *base, const char *label,
                       const char *expected)
{
    ssp_cleanup(key_wipe) struct key got = { 0 };
    struct view key = vector("rfc8009.txt", expected);

    krb5_kdf_hmac_sha2(hash, vector("rfc8009.txt", base), hex(label), (uint32_t)key.n * 8, &got);
    assert_view_equal(key_view(&got), key);
}

static void derives_as_rfc_8009_says(void **state)
{
    (void)state;
    assert_kdf(HMAC_SHA256, "base128", "0000000299", "kc128");
    assert_kdf(HMAC_SHA256, "base128", "00000002AA", "ke128");
    assert_kdf(HMAC_SHA256, "base128", "0000000255", "ki128");
    assert_kdf(HMAC_SHA384, "base256", "0000000299", "kc256");
    assert_kdf(HMAC_SHA384, "base256", "00000002AA", "ke256");
    assert_kdf(HMAC_SHA384, "base256", "0000000255", "ki256");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(folds_as_rfc_3961_says),
        TEST(derives_as_rfc_3962_says),
        TEST(derives_as_rfc_8009_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
