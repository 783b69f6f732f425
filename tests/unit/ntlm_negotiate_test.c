/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "harness/harness.h"
#include "packages/ntlm/flags.h"
#include "packages/ntlm/negotiate.h"

static struct view w(const char *name)
{
    return vector("davenport.txt", name);
}

static void decodes_what_windows_sent(void **state)
{
    struct ntlm_negotiate got;

    (void)state;
    assert_int_equal(ntlm_negotiate_decode(w("type1"), &got), SSP_OK);
    assert_int_equal(got.flags, 0x00003207);
    assert_view_equal(got.domain, hex("444f4d41494e"));
    assert_view_equal(got.workstation, hex("574f524b53544154494f4e"));
    assert_int_equal(got.version.major, 0); /* the version that stands there was not negotiated */
}

static void decodes_the_shorter_forms_of_older_clients(void **state)
{
    struct ntlm_negotiate got;

    (void)state;
    assert_int_equal(ntlm_negotiate_decode(w("type1.shortest"), &got), SSP_OK);
    assert_int_equal(got.flags, 0x00000202);
    assert_int_equal(got.domain.n, 0);
    assert_int_equal(ntlm_negotiate_decode(w("type1.no_version"), &got), SSP_OK);
    assert_view_equal(got.domain, hex("54455354 4e54"));
    assert_view_equal(got.workstation, hex("4d454d424552"));
}

static void ignores_names_without_their_flags(void **state)
{
    struct view wild = hex("4e544c4d53535000 01000000 07820000 ffff0000ffffffff 0100010005000000");
    struct ntlm_negotiate got;

    (void)state; /* "MUST be ignored upon receipt" */
    assert_int_equal(ntlm_negotiate_decode(wild, &got), SSP_OK);
    assert_int_equal(got.domain.n, 0);
    assert_int_equal(got.workstation.n, 0);
}

static void ignores_the_maximum_length(void **state)
{
    struct view odd = hex("4e544c4d53535000 01000000 02120000 0200ffff20000000 0000000000000000"
                          "444d");
    struct ntlm_negotiate got;

    (void)state;
    assert_int_equal(ntlm_negotiate_decode(odd, &got), SSP_OK);
    assert_view_equal(got.domain, hex("444d"));
}

static void reads_the_version_when_it_was_negotiated(void **state)
{
    struct view token = hex("4e544c4d53535000 01000000 07820002 0000000000000000"
                            "0000000000000000 0a005d580000000f");
    struct ntlm_negotiate got;

    (void)state;
    assert_int_equal(ntlm_negotiate_decode(token, &got), SSP_OK);
    assert_int_equal(got.version.major, 10);
    assert_int_equal(got.version.build, 22621);
    assert_int_equal(got.version.revision, NTLM_REVISION_W2K3);
}

static void refuses_every_truncation(void **state)
{
    struct view whole = w("type1");
    struct ntlm_negotiate got = { .flags = 42 };

    (void)state;
    for (size_t n = 0; n < whole.n; n++) {
        struct view cut = guarded((struct view){ whole.p, n });

        if (n == 16) /* is a message of its own */
            continue;
        assert_int_equal(ntlm_negotiate_decode(cut, &got), SSP_ERR_BAD_TOKEN);
    }
    assert_int_equal(got.flags, 42);
}

static void refuses_each_broken_rule(void **state)
{
    static const char *const broken[] = {
        "4e544c4d53535001 01000000 02020000",                                   /* signature */
        "4e544c4d53535000 02000000 02020000",                                   /* type */
        "4e544c4d53535000 01000000 02120000 0200020008000000 0000000000000000", /* header */
        "4e544c4d53535000 01000000 02120000 01000100ffffffff 0000000000000000", /* wraps */
        "4e544c4d53535000 01000000 02220000 0000000000000000 0100010020000000", /* end */
    };
    struct ntlm_negotiate got;

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        assert_int_equal(ntlm_negotiate_decode(hex(broken[i]), &got), SSP_ERR_BAD_TOKEN);
}

static const struct ntlm_negotiate sample = {
    .flags = NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED | NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED |
             NTLMSSP_NEGOTIATE_VERSION,
    .domain = { (const uint8_t *)"DOMAIN", 6 },
    .workstation = { (const uint8_t *)"HOST", 4 },
    .version = { .major = 10, .build = 17763, .revision = NTLM_REVISION_W2K3 },
};

static void decodes_what_it_encoded_or_reports_no_memory(void **state)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
        struct ntlm_negotiate got;

        fault_malloc_at(nth);
        ntlm_negotiate_encode(&sample, &out);
        fault_malloc_at(SIZE_MAX);
        e = out.err;
        if (e != SSP_OK)
            continue;
        assert_int_equal(ntlm_negotiate_decode((struct view){ out.p, out.n }, &got), SSP_OK);
        assert_view_equal(got.domain, sample.domain);
        assert_view_equal(got.workstation, sample.workstation);
        assert_int_equal(got.version.build, sample.version.build);
    }
    assert_int_equal(e, SSP_OK);
}

static void sends_names_with_their_flags_only(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1024);
    struct ntlm_negotiate msg = sample;

    (void)state;
    msg.flags = NTLMSSP_NEGOTIATE_UNICODE;
    msg.version = (struct ntlm_version){ 0 };
    ntlm_negotiate_encode(&msg, &out);
    assert_view_equal((struct view){ out.p, out.n },
                      hex("4e544c4d53535000 01000000 01000000 0000000028000000 0000000028000000"
                          "0000000000000000"));
}

static void tells_the_messages_apart(void **state)
{
    (void)state;
    assert_int_equal(ntlm_type_of(w("type1.shortest")), NTLM_TYPE_NEGOTIATE);
    assert_int_equal(ntlm_type_of(w("type2")), NTLM_TYPE_CHALLENGE);
    assert_int_equal(ntlm_type_of(w("type3")), NTLM_TYPE_AUTHENTICATE);
    assert_int_equal(ntlm_type_of(hex("4e544c4d53535000 04000000")), NTLM_TYPE_NONE);
    assert_int_equal(ntlm_type_of(hex("4e544c4d53535000 010000")), NTLM_TYPE_NONE);
    assert_int_equal(ntlm_type_of(hex("4e544c4d53535020 01000000")), NTLM_TYPE_NONE);
    assert_int_equal(ntlm_type_of((struct view){ 0 }), NTLM_TYPE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_what_windows_sent),
        TEST(decodes_the_shorter_forms_of_older_clients),
        TEST(ignores_names_without_their_flags),
        TEST(ignores_the_maximum_length),
        TEST(reads_the_version_when_it_was_negotiated),
        TEST(refuses_every_truncation),
        TEST(refuses_each_broken_rule),
        TEST(decodes_what_it_encoded_or_reports_no_memory),
        TEST(sends_names_with_their_flags_only),
        TEST(tells_the_messages_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
