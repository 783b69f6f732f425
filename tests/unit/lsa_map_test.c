/* SPDX-License-Identifier: Apache-2.0 */
/* The accounts used are those that every system has: root, daemon and nobody. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "lsa/map.h"

static void unload(struct conf **conf)
{
    conf_free(*conf);
}

/* A configuration of these lines, as a file that only its owner may write. */
static struct conf *configure(const char *lines)
{
    char path[] = "/tmp/opensspi-map-test-XXXXXX";
    ssp_cleanup(fd_close) int fd = mkstemp(path);
    struct conf *conf = NULL;

    assert_true(fd >= 0);
    assert_int_equal(dprintf(fd, "[map]\n%s", lines), 6 + strlen(lines));
    assert_int_equal(conf_load_file(path, &conf), SSP_OK);
    assert_int_equal(unlink(path), 0);
    return conf;
}

static OPENSSPI_TOKEN_INFO apply(const char *lines, const char *domain, const char *user)
{
    ssp_cleanup(unload) struct conf *conf = configure(lines);
    ssp_cleanup(map_free) struct map *map = NULL;
    OPENSSPI_TOKEN_INFO info = { .has_mapping = 1, .uid = 42, .gid = 42, .n_groups = 1 };

    (void)snprintf(info.domain, sizeof(info.domain), "%s", domain);
    (void)snprintf(info.user, sizeof(info.user), "%s", user);
    assert_int_equal(map_load(conf, &map), SSP_OK);
    assert_int_equal(map_apply(map, &info), SSP_OK);
    return info;
}

static void assert_is_account(const OPENSSPI_TOKEN_INFO *info, const char *name)
{
    const struct passwd *entry = getpwnam(name);

    assert_non_null(entry);
    assert_int_equal(info->has_mapping, 1);
    assert_int_equal(info->uid, entry->pw_uid);
    assert_int_equal(info->gid, entry->pw_gid);
    assert_true(info->n_groups >= 1);
    assert_int_equal(info->groups[0], entry->pw_gid);
}

static void assert_is_nobody_here(const OPENSSPI_TOKEN_INFO *info)
{
    assert_int_equal(info->has_mapping, 0);
    assert_int_equal(info->uid, 0);
    assert_int_equal(info->gid, 0);
    assert_int_equal(info->n_groups, 0);
}

#define ASSERT_ACCOUNT(lines, domain, user, name)                     \
    do {                                                              \
        const OPENSSPI_TOKEN_INFO info_ = apply(lines, domain, user); \
        assert_is_account(&info_, name);                              \
    } while (0)

#define ASSERT_NOBODY(lines, domain, user)                            \
    do {                                                              \
        const OPENSSPI_TOKEN_INFO info_ = apply(lines, domain, user); \
        assert_is_nobody_here(&info_);                                \
    } while (0)

static void maps_nobody_without_a_rule(void **state)
{
    (void)state;
    ASSERT_NOBODY("", "CORP", "daemon");
    ASSERT_NOBODY("CORP\\alice = daemon\n", "CORP", "daemon");
    ASSERT_NOBODY("CORP\\* = *\n", "OTHER", "daemon");
}

static void maps_a_user_by_name_whatever_the_case(void **state)
{
    static const char rule[] = "CORP\\Alice = daemon\n";

    (void)state;
    ASSERT_ACCOUNT(rule, "CORP", "Alice", "daemon");
    ASSERT_ACCOUNT(rule, "corp", "ALICE", "daemon");
    ASSERT_ACCOUNT("CORP\\J\xc3\xbcrgen = daemon\n", "Corp", "J\xc3\x9cRGEN", "daemon");
}

static void maps_the_user_of_no_domain(void **state)
{
    (void)state;
    ASSERT_ACCOUNT("\\alice = daemon\n", "", "alice", "daemon");
    ASSERT_NOBODY("\\alice = daemon\n", "CORP", "alice");
}

static void maps_a_domain_to_accounts_of_the_same_name(void **state)
{
    static const char rule[] = "CORP\\* = *\n";

    (void)state;
    ASSERT_ACCOUNT(rule, "CORP", "daemon", "daemon");
    ASSERT_ACCOUNT(rule, "CORP", "Daemon", "daemon");
    ASSERT_NOBODY(rule, "CORP", "no-such-account-here");
}

static void maps_a_domain_to_one_account(void **state)
{
    (void)state;
    ASSERT_ACCOUNT("OLD\\* = daemon\n", "OLD", "anybody", "daemon");
}

static void lets_the_narrower_rule_win_wherever_it_stands(void **state)
{
    static const char wide_first[] = "*\\* = *\nCORP\\* = nobody\nCORP\\bin = daemon\n";
    static const char wide_last[] = "CORP\\bin = daemon\nCORP\\* = nobody\n*\\* = *\n";

    (void)state;
    ASSERT_ACCOUNT(wide_first, "CORP", "bin", "daemon");
    ASSERT_ACCOUNT(wide_last, "CORP", "bin", "daemon");
    ASSERT_ACCOUNT(wide_first, "CORP", "sys", "nobody");
    ASSERT_ACCOUNT(wide_last, "CORP", "sys", "nobody");
    ASSERT_ACCOUNT(wide_first, "ELSEWHERE", "bin", "bin");
    ASSERT_ACCOUNT(wide_last, "ELSEWHERE", "bin", "bin");
}

static void lets_the_last_of_two_equal_rules_win(void **state)
{
    (void)state;
    ASSERT_ACCOUNT("CORP\\a = nobody\ncorp\\A = daemon\n", "CORP", "a", "daemon");
}

static void leaves_out_a_user_whose_rule_is_empty(void **state)
{
    static const char rules[] = "CORP\\* = *\nCORP\\daemon =\n";

    (void)state;
    ASSERT_NOBODY(rules, "CORP", "daemon");
    ASSERT_ACCOUNT(rules, "CORP", "bin", "bin");
}

static void gives_root_only_to_a_rule_that_says_so(void **state)
{
    (void)state;
    ASSERT_NOBODY("*\\* = *\n", "CORP", "root");
    ASSERT_NOBODY("CORP\\* = *\n", "CORP", "ROOT");
    ASSERT_ACCOUNT("CORP\\admin = root\n", "CORP", "admin", "root");
}

static void takes_no_odd_name_for_an_account(void **state)
{
    static const char rule[] = "*\\* = *\n";

    (void)state;
    ASSERT_NOBODY(rule, "CORP", ""); /* anonymous */
    ASSERT_NOBODY(rule, "CORP", "0");
    ASSERT_NOBODY(rule, "CORP", "1");
    ASSERT_NOBODY(rule, "CORP", "-daemon");
    ASSERT_NOBODY(rule, "CORP", "daemon ");
    ASSERT_NOBODY(rule, "CORP", "daemon@CORP");
    ASSERT_NOBODY(rule, "CORP", "../daemon");
    ASSERT_NOBODY(rule, "CORP", "*");
    ASSERT_ACCOUNT("CORP\\* = nobody\n", "CORP", "*", "nobody");
}

static void says_nobody_when_the_account_is_not_there(void **state)
{
    (void)state;
    ASSERT_NOBODY("CORP\\alice = no-such-account-here\n", "CORP", "alice");
}

static void refuses_a_rule_that_is_none_and_names_its_line(void **state)
{
    static const char *const bad[] = {
        "alice = daemon\n",    "CORP\\ = daemon\n", "CORP\\a\\b = daemon\n",
        "*\\alice = daemon\n", "CORP\\alice = *\n", "CORP\\\\alice = daemon\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ssp_cleanup(unload) struct conf *conf = configure(bad[i]);
        ssp_cleanup(map_free) struct map *map = NULL;

        if (map_load(conf, &map) != SSP_ERR_BAD_CONFIG)
            fail_msg("accepted: %s", bad[i]);
        assert_non_null(strstr(conf_last_error(), ":2:"));
        assert_null(map);
    }
}

static void leaves_the_token_alone_when_its_names_are_ill_formed(void **state)
{
    ssp_cleanup(unload) struct conf *conf = configure("*\\* = *\n");
    ssp_cleanup(map_free) struct map *map = NULL;
    OPENSSPI_TOKEN_INFO info = { .user = "\xff", .has_mapping = 1, .uid = 42 };

    (void)state;
    assert_int_equal(map_load(conf, &map), SSP_OK);
    assert_int_equal(map_apply(map, &info), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(info.uid, 42);
}

static void loads_and_applies_or_reports_no_memory(void **state)
{
    ssp_cleanup(unload) struct conf *conf = configure("CORP\\alice = daemon\nCORP\\* = *\n");
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 1000; nth++) {
        ssp_cleanup(map_free) struct map *map = NULL;
        OPENSSPI_TOKEN_INFO info = { .domain = "CORP", .user = "alice" };

        fault_malloc_at(nth);
        e = map_load(conf, &map);
        if (e == SSP_OK)
            e = map_apply(map, &info);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(info.has_mapping, e == SSP_OK);
    }
    assert_int_equal(e, SSP_OK);
}

static bool gives_root_away(struct map_slot *slot)
{
    ssp_cleanup(map_free) struct map *map = map_slot_get(slot);
    OPENSSPI_TOKEN_INFO info = { .domain = "CORP", .user = "alice" };

    assert_int_equal(map_apply(map, &info), SSP_OK);
    return info.has_mapping != 0;
}

static void keeps_rules_that_are_replaced_for_who_still_uses_them(void **state)
{
    ssp_cleanup(unload) struct conf *none = configure("");
    ssp_cleanup(unload) struct conf *root = configure("CORP\\alice = root\n");
    struct map_slot slot = { 0 };
    struct map *map = NULL;
    OPENSSPI_TOKEN_INFO info = { .domain = "CORP", .user = "alice" };

    (void)state;
    assert_int_equal(map_load(root, &map), SSP_OK);
    assert_int_equal(map_slot_init(&slot, &map), SSP_OK);
    ssp_cleanup(map_free) struct map *in_use = map_slot_get(&slot);
    assert_true(gives_root_away(&slot));
    assert_int_equal(map_load(none, &map), SSP_OK);
    map_slot_set(&slot, &map);
    assert_false(gives_root_away(&slot));
    assert_int_equal(map_apply(in_use, &info), SSP_OK);
    assert_int_equal(info.has_mapping, 1);
    map_slot_done(&slot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(maps_nobody_without_a_rule),
        TEST(maps_a_user_by_name_whatever_the_case),
        TEST(maps_the_user_of_no_domain),
        TEST(maps_a_domain_to_accounts_of_the_same_name),
        TEST(maps_a_domain_to_one_account),
        TEST(lets_the_narrower_rule_win_wherever_it_stands),
        TEST(lets_the_last_of_two_equal_rules_win),
        TEST(leaves_out_a_user_whose_rule_is_empty),
        TEST(gives_root_only_to_a_rule_that_says_so),
        TEST(takes_no_odd_name_for_an_account),
        TEST(says_nobody_when_the_account_is_not_there),
        TEST(refuses_a_rule_that_is_none_and_names_its_line),
        TEST(leaves_the_token_alone_when_its_names_are_ill_formed),
        TEST(loads_and_applies_or_reports_no_memory),
        TEST(keeps_rules_that_are_replaced_for_who_still_uses_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
