/* SPDX-License-Identifier: Apache-2.0 */
#include <sspi.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/identity.h"
#include "base/limits.h"
#include "harness/harness.h"

static char16_t user[] = u"Üser";
static char16_t domain[] = u"Domain";
static char16_t password[] = u"Passwörd";
static char16_t list[] = u"!ntlm";

static SEC_WINNT_AUTH_IDENTITY_EXW sample(void)
{
    return (SEC_WINNT_AUTH_IDENTITY_EXW){
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
        .Length = sizeof(SEC_WINNT_AUTH_IDENTITY_EXW),
        .User = user,
        .UserLength = 4,
        .Domain = domain,
        .DomainLength = 6,
        .Password = password,
        .PasswordLength = 8,
        .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
        .PackageList = list,
        .PackageListLength = 5,
    };
}

static void assert_text(const struct str16 *s, const char16_t *want)
{
    assert_int_equal(s->n, str16_len(want));
    assert_memory_equal(s->p, want, s->n * sizeof(*want));
}

static void assert_is_sample(const struct identity *id)
{
    assert_text(&id->user, user);
    assert_text(&id->domain, domain);
    assert_text(&id->password, password);
    assert_true(id->has_user && id->has_domain && id->has_password);
    assert_int_equal(id->flags, 0);
}

static void decodes_the_wide_form(void **state)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    SEC_WINNT_AUTH_IDENTITY_W w = {
        .User = user,
        .UserLength = 4,
        .Domain = domain,
        .DomainLength = 6,
        .Password = password,
        .PasswordLength = 8,
        .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
    };

    (void)state;
    assert_int_equal(identity_decode(&w, &id), SSP_OK);
    assert_is_sample(&id);
    assert_int_equal(id.package_list.n, 0);
}

static void decodes_the_narrow_form_as_utf8(void **state)
{
    static unsigned char a_user[] = "Üser";
    static unsigned char a_domain[] = "Domain";
    static unsigned char a_password[] = "Passwörd and more";
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    SEC_WINNT_AUTH_IDENTITY_A a = {
        .User = a_user,
        .UserLength = 5,
        .Domain = a_domain,
        .DomainLength = 6,
        .Password = a_password,
        .PasswordLength = 9,
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };

    (void)state;
    assert_int_equal(identity_decode(&a, &id), SSP_OK);
    assert_is_sample(&id);
}

static void decodes_the_extended_form(void **state)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    SEC_WINNT_AUTH_IDENTITY_EXW w = sample();

    (void)state;
    assert_int_equal(identity_decode(&w, &id), SSP_OK);
    assert_is_sample(&id);
    assert_text(&id.package_list, list);
}

static void decodes_the_extended_narrow_form(void **state)
{
    static unsigned char name[] = "user";
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    SEC_WINNT_AUTH_IDENTITY_EXA a = {
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
        .Length = sizeof(a),
        .User = name,
        .UserLength = 4,
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
        .PackageList = name,
        .PackageListLength = 4,
    };

    (void)state;
    assert_int_equal(identity_decode(&a, &id), SSP_OK);
    assert_text(&id.user, u"user");
    assert_text(&id.package_list, u"user");
    assert_false(id.has_domain);
    assert_false(id.has_password);
}

static void null_and_empty_are_told_apart(void **state)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    SEC_WINNT_AUTH_IDENTITY_EXW w = sample();

    (void)state;
    w.User = NULL;
    w.UserLength = 0;
    w.DomainLength = 0;
    w.PasswordLength = 0;
    assert_int_equal(identity_decode(&w, &id), SSP_OK);
    assert_false(id.has_user);
    assert_true(id.has_domain);
    assert_true(id.has_password);
    assert_int_equal(id.domain.n, 0);
}

static void wide_text_need_not_be_aligned(void **state)
{
    uint8_t bytes[2 * sizeof(user) + 1];
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    SEC_WINNT_AUTH_IDENTITY_EXW w = sample();
    uint8_t *odd = bytes + ((uintptr_t)bytes % 2 == 0);

    (void)state;
    memcpy(odd, user, sizeof(user));
    memcpy(&w.User, &odd, sizeof(odd));
    assert_int_equal(identity_decode(&w, &id), SSP_OK);
    assert_is_sample(&id);
}

static enum ssp_err decode_with(void (*change)(SEC_WINNT_AUTH_IDENTITY_EXW *w))
{
    SEC_WINNT_AUTH_IDENTITY_EXW w = sample();
    struct identity id = { .flags = 42 };

    change(&w);
    enum ssp_err e = identity_decode(&w, &id);
    assert_int_equal(id.flags, 42);
    assert_null(id.user.p);
    return e;
}

static void short_header(SEC_WINNT_AUTH_IDENTITY_EXW *w)
{
    w->Length = sizeof(*w) - 1;
}

static void both_forms(SEC_WINNT_AUTH_IDENTITY_EXW *w)
{
    w->Flags |= SEC_WINNT_AUTH_IDENTITY_ANSI;
}

static void neither_form(SEC_WINNT_AUTH_IDENTITY_EXW *w)
{
    w->Flags = 0;
}

static void length_without_text(SEC_WINNT_AUTH_IDENTITY_EXW *w)
{
    w->Password = NULL;
}

static void endless_text(SEC_WINNT_AUTH_IDENTITY_EXW *w)
{
    w->UserLength = LIMIT_NAME + 1;
}

static void wrapping_text(SEC_WINNT_AUTH_IDENTITY_EXW *w)
{
    w->UserLength = 0x80000002;
}

static void ill_formed_text(SEC_WINNT_AUTH_IDENTITY_EXW *w)
{
    static char16_t lone[] = { 0xd800 };

    w->Domain = lone;
    w->DomainLength = 1;
}

static void refuses_each_rule_broken(void **state)
{
    static void (*const rules[])(SEC_WINNT_AUTH_IDENTITY_EXW * w) = {
        short_header, both_forms,    neither_form,    length_without_text,
        endless_text, wrapping_text, ill_formed_text,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        assert_int_equal(decode_with(rules[i]), SSP_ERR_UNKNOWN_CREDS);
    assert_int_equal(identity_decode(NULL, NULL), SSP_ERR_UNKNOWN_CREDS);
}

static void refuses_what_is_encrypted(void **state)
{
    static const ULONG flags[] = { SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED,
                                   SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED,
                                   SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED,
                                   SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED };

    (void)state;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        SEC_WINNT_AUTH_IDENTITY_EXW w = sample();
        struct identity id = { 0 };

        w.Flags |= flags[i];
        assert_int_equal(identity_decode(&w, &id), SSP_ERR_UNKNOWN_CREDS);
    }
}

/* The sample as one flat block, exact in size. */
static struct view flat_sample(void)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(4096);
    SEC_WINNT_AUTH_IDENTITY_EXW w = sample();

    w.Flags |= SEC_WINNT_AUTH_IDENTITY_FLAGS_ID_PROVIDER;
    assert_int_equal(identity_decode(&w, &id), SSP_OK);
    assert_int_equal(identity_flatten(&id, &out), SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

/* "u", "d", password "p", list "l": header, the two names, packed credentials, the list. */
static void the_flat_form_is_laid_out_as_windows_has_it(void **state)
{
    static char16_t letters[] = u"udpl";
    struct identity id = { .user = { &letters[0], 1 },
                           .domain = { &letters[1], 1 },
                           .password = { &letters[2], 1 },
                           .package_list = { &letters[3], 1 },
                           .has_user = true,
                           .has_domain = true,
                           .has_password = true };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(4096);

    (void)state;
    assert_int_equal(identity_flatten(&id, &out), SSP_OK);
    assert_view_equal(
        (struct view){ out.p, out.n },
        hex("01020000 3000 0000 5c000000"                        /* version, header, all: 92 */
            "30000000 0200 0000 32000000 0200 0000"              /* user at 48, domain at 50 */
            "34000000 2600 0000 02000000 5a000000 0200 0000"     /* packed at 52, flags, list */
            "7500 6400"                                          /* names */
            "1c00 2600 2fc3bf28 f610 3847 98d11ac061df716a"      /* 28 of 38, PASSWORD */
            "1c000000 0a00 0000 24000000 0200 0000 7000 6c00")); /* data, password, list */
}

static void the_flat_form_goes_both_ways(void **state)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };

    (void)state;
    assert_int_equal(identity_decode(flat_sample().p, &id), SSP_OK);
    assert_text(&id.user, user);
    assert_text(&id.domain, domain);
    assert_text(&id.password, password);
    assert_text(&id.package_list, list);
    assert_int_equal(id.flags, SEC_WINNT_AUTH_IDENTITY_FLAGS_ID_PROVIDER);
}

static void the_flat_form_tells_null_and_empty_apart(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 8; bits++) {
        struct identity from = { .has_user = bits & 1,
                                 .has_domain = bits & 2,
                                 .has_password = bits & 4 };
        ssp_cleanup(identity_wipe) struct identity id = { 0 };
        ssp_cleanup(wr_free) struct wr out = WR_INIT(4096);

        assert_int_equal(identity_flatten(&from, &out), SSP_OK);
        assert_int_equal(identity_decode(guarded((struct view){ out.p, out.n }).p, &id), SSP_OK);
        assert_int_equal(id.has_user, from.has_user);
        assert_int_equal(id.has_domain, from.has_domain);
        assert_int_equal(id.has_password, from.has_password);
    }
}

static void set32(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(n >> 8 * i);
}

/* The block says how long it is, so a truncation says so, too. */
static void refuses_every_truncation_of_the_flat_form(void **state)
{
    struct view whole = flat_sample();

    (void)state;
    for (size_t n = 12; n < whole.n; n++) {
        struct identity id = { 0 };
        uint8_t block[512];

        memcpy(block, whole.p, n);
        set32(block + 8, n);
        assert_int_equal(identity_decode(guarded((struct view){ block, n }).p, &id),
                         SSP_ERR_UNKNOWN_CREDS);
    }
}

static enum ssp_err decode_flat_with(size_t at, uint32_t value, size_t width)
{
    struct view whole = flat_sample();
    struct identity id = { 0 };
    uint8_t block[512];

    memcpy(block, whole.p, whole.n);
    for (size_t i = 0; i < width; i++)
        block[at + i] = (uint8_t)(value >> 8 * i);
    enum ssp_err e = identity_decode(guarded((struct view){ block, whole.n }).p, &id);
    identity_wipe(&id);
    return e;
}

static void refuses_each_rule_of_the_flat_form_broken(void **state)
{
    enum { PACKED = 48 + 8 + 12 }; /* where the packed credentials are */
    static const struct {
        size_t at;
        uint32_t value;
        size_t width;
    } rows[] = {
        { 4, 47, 2 },          /* a header too short */
        { 4, 0xffff, 2 },      /* longer than the block */
        { 8, 0, 4 },           /* a block of nothing */
        { 8, 0xffffffff, 4 },  /* a block of everything */
        { 12, 0, 4 },          /* a name in the header */
        { 12, 47, 4 },         /* at its end */
        { 12, 0xffffffff, 4 }, /* far outside */
        { 12, 0xfffffffe, 4 }, /* so that the end wraps in 32 bits */
        { 16, 3, 2 },          /* half a character */
        { 16, 0xfffe, 2 },     /* longer than the block */
        { 20, 0, 4 },          /* the domain likewise */
        { 28, 0, 4 },          /* the packed credentials likewise */
        { 32, 27, 2 },         /* shorter than their header */
        { 36, SEC_WINNT_AUTH_IDENTITY_ANSI, 4 },
        { 36, SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED, 4 },
        { 40, 0xffffff, 4 },        /* the list likewise */
        { PACKED, 27, 2 },          /* a packed header too short */
        { PACKED + 2, 0xffff, 2 },  /* packed credentials longer than they are */
        { PACKED + 4, 0, 1 },       /* of an unknown type */
        { PACKED + 20, 0, 4 },      /* data in the header */
        { PACKED + 24, 7, 2 },      /* too short for a password */
        { PACKED + 28, 0, 4 },      /* a password in the header */
        { PACKED + 32, 15, 2 },     /* half a character */
        { PACKED + 32, 0xfffe, 2 }, /* longer than the block */
    };

    (void)state;
    assert_int_equal(decode_flat_with(0, SEC_WINNT_AUTH_IDENTITY_VERSION_2, 4), SSP_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(decode_flat_with(rows[i].at, rows[i].value, rows[i].width),
                         SSP_ERR_UNKNOWN_CREDS);
}

static void what_follows_the_flat_form_is_not_looked_at(void **state)
{
    struct view whole = flat_sample();
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    uint8_t block[512] = { 0 };

    (void)state;
    memcpy(block, whole.p, whole.n);
    set32(block + 8, whole.n + 3); /* a block may have room at its end */
    assert_int_equal(identity_decode(guarded((struct view){ block, whole.n + 3 }).p, &id), SSP_OK);
    assert_text(&id.password, password);
}

static void leaves_no_password_behind(void **state)
{
    struct view secret = { (const uint8_t *)password, sizeof(password) - sizeof(char16_t) };
    SEC_WINNT_AUTH_IDENTITY_EXW w = sample();
    struct identity id = { 0 };
    struct wr out = WR_INIT(4096);

    (void)state;
    watch_frees_for(secret);
    assert_int_equal(identity_decode(&w, &id), SSP_OK);
    assert_int_equal(identity_flatten(&id, &out), SSP_OK);
    identity_wipe(&id);
    wr_free(&out);
    assert_int_equal(frees_unwiped(), 0);
}

static enum ssp_err there_and_back(void)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    ssp_cleanup(identity_wipe) struct identity again = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(4096);
    SEC_WINNT_AUTH_IDENTITY_EXW w = sample();

    SSP_TRY(identity_decode(&w, &id));
    SSP_TRY(identity_flatten(&id, &out));
    return identity_decode(out.p, &again);
}

static void every_allocation_may_fail(void **state)
{
    enum ssp_err e = SSP_ERR_NO_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; e == SSP_ERR_NO_MEMORY && nth < 50; nth++) {
        fault_malloc_at(nth);
        e = there_and_back();
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
    assert_true(nth > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_the_wide_form),
        TEST(decodes_the_narrow_form_as_utf8),
        TEST(decodes_the_extended_form),
        TEST(decodes_the_extended_narrow_form),
        TEST(null_and_empty_are_told_apart),
        TEST(wide_text_need_not_be_aligned),
        TEST(refuses_each_rule_broken),
        TEST(refuses_what_is_encrypted),
        TEST(the_flat_form_is_laid_out_as_windows_has_it),
        TEST(the_flat_form_goes_both_ways),
        TEST(the_flat_form_tells_null_and_empty_apart),
        TEST(refuses_every_truncation_of_the_flat_form),
        TEST(refuses_each_rule_of_the_flat_form_broken),
        TEST(what_follows_the_flat_form_is_not_looked_at),
        TEST(leaves_no_password_behind),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
