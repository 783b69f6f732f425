/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"

#include "packages/kerberos/pac.h"

static struct view example(void)
{
    return vector("ms-pac-3.txt", "logon_info");
}

/* Where things stand in the example: behind two headers and a pointer, 20 bytes. */
enum {
    USER_ID = 20 + 48 + 48 + 4,
    DOMAIN_ID = 20 + 48 + 48 + 24 + 16 + 16,
    SID_COUNT = DOMAIN_ID + 4 + 16 + 16 + 8,
};

static enum ssp_err decode(struct view bytes, struct krb_sid *ret)
{
    return krb_pac_sid(guarded(bytes), ret);
}

static void finds_the_sid_of_the_example(void **state)
{
    struct krb_sid sid = { 0 };

    (void)state;
    assert_int_equal(krb_pac_sid(example(), &sid), SSP_OK);
    assert_view_equal((struct view){ sid.b, sid.n }, vector("ms-pac-3.txt", "sid"));
}

/* What lies behind the domain's SID is not needed. */
static void refuses_every_truncation_before_the_sid_ends(void **state)
{
    struct view whole = example();
    struct krb_sid sid = { .n = 42 };
    size_t refused = 0;

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        refused += decode((struct view){ whole.p, n }, &sid) == SSP_ERR_BAD_TOKEN;
    assert_int_equal(refused, whole.n); /* the header says how long it is */
    assert_int_equal(sid.n, 42);
}

static void refuses_with(size_t at, const char *bytes)
{
    struct view whole = guarded(example());
    struct view patch = hex(bytes);
    struct krb_sid sid = { .n = 42 };

    memcpy((uint8_t *)(uintptr_t)whole.p + at, patch.p, patch.n);
    assert_int_equal(decode(whole, &sid), SSP_ERR_BAD_TOKEN);
    assert_int_equal(sid.n, 42);
}

static void refuses_what_breaks_a_rule(void **state)
{
    (void)state;
    refuses_with(0, "02");                           /* version */
    refuses_with(1, "00");                           /* byte order */
    refuses_with(2, "0900");                         /* size of the header */
    refuses_with(8, "ffffffff");                     /* of what follows */
    refuses_with(16, "00000000");                    /* no information at all */
    refuses_with(20 + 48, "ffff");                   /* a name longer than its string */
    refuses_with(USER_ID + 8, "1b000000");           /* groups, and another number of them */
    refuses_with(DOMAIN_ID, "00000000");             /* a user of no domain */
    refuses_with(DOMAIN_ID - 8, "0000000000000000"); /* the domain's name, which is there */
}

static void survives_every_flipped_byte(void **state)
{
    struct view whole = guarded(example());

    (void)state;
    for (size_t i = 0; i < whole.n; i++) {
        uint8_t *at = (uint8_t *)(uintptr_t)whole.p + i;
        struct krb_sid sid = { 0 };

        *at ^= 0xff;
        if (decode(whole, &sid) == SSP_OK)
            assert_in_range(sid.n, 12, KRB_SID_MAX);
        *at ^= 0xff;
    }
}

/* A user whose number is 0 is the first of the extra SIDs, of which the example has some. */
static void takes_the_first_extra_sid_of_a_user_without_number(void **state)
{
    struct view whole = guarded(example());
    uint8_t *bytes = (uint8_t *)(uintptr_t)whole.p;
    struct krb_sid domain = { 0 };
    struct krb_sid sid = { 0 };

    (void)state;
    assert_int_equal(krb_pac_sid(whole, &domain), SSP_OK);
    memset(bytes + USER_ID, 0, 4);
    assert_int_equal(krb_pac_sid(whole, &sid), SSP_OK);
    assert_int_equal(sid.n, domain.n);
    assert_memory_not_equal(sid.b, domain.b, sid.n);
    memset(bytes + SID_COUNT, 0, 4);
    assert_int_equal(krb_pac_sid(whole, &sid), SSP_ERR_BAD_TOKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_the_sid_of_the_example),
        TEST(refuses_every_truncation_before_the_sid_ends),
        TEST(refuses_what_breaks_a_rule),
        TEST(survives_every_flipped_byte),
        TEST(takes_the_first_extra_sid_of_a_user_without_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
