/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "harness/harness.h"
#include "packages/ntlm/sam.h"

#define HASH_A "000102030405060708090a0b0c0d0e0f"
#define HASH_B "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF"

static const char *write_sam(const char *text)
{
    const char *path = scratch("sam");

    assert_int_equal(file_replace(path, 0600, view_text(text)), SSP_OK);
    return path;
}

static void assert_text(const char *path, const char *text)
{
    ssp_cleanup(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssp_cleanup(secret_wipe) struct secret file = { 0 };

    assert_int_equal(fd_read_all(fd, &file.p, &file.n), SSP_OK);
    assert_view_equal(secret_view(&file), view_text(text));
}

/* The first byte of the account's hash; -1 when there is none. */
static int find_in(const char *path, const char *user, const char *domain, enum ssp_err want)
{
    ssp_cleanup(str16_wipe) struct str16 user16 = { 0 };
    ssp_cleanup(str16_wipe) struct str16 domain16 = { 0 };
    ssp_cleanup(sam_entry_wipe) struct sam_entry entry = { 0 };
    bool found = false;

    assert_int_equal(str16_from_utf8(view_text(user), &user16), SSP_OK);
    assert_int_equal(str16_from_utf8(view_text(domain), &domain16), SSP_OK);
    assert_int_equal(sam_find(path, &user16, &domain16, &entry, &found), want);
    return found ? entry.hash[0] : -1;
}

static int find(const char *text, const char *user, const char *domain)
{
    return find_in(write_sam(text), user, domain, SSP_OK);
}

static void finds_an_account_whatever_the_case(void **state)
{
    static const char text[] = "alice:DOM:" HASH_A "\nB\xc3\x84R:Dom:" HASH_B "\n";

    (void)state;
    assert_int_equal(find(text, "ALICE", "dom"), 0x00);
    assert_int_equal(find(text, "b\xc3\xa4r", "DOM"), 0xf0);
    assert_int_equal(find(text, "alice", ""), -1);
    assert_int_equal(find(text, "alice", "OTHER"), -1);
    assert_int_equal(find(text, "alic", "DOM"), -1);
    assert_int_equal(find("", "alice", "DOM"), -1);
}

static void an_empty_domain_fits_any_but_yields_to_the_very_one(void **state)
{
    static const char text[] = "alice::" HASH_A "\nalice:DOM:" HASH_B;

    (void)state;
    assert_int_equal(find(text, "alice", "DOM"), 0xf0);
    assert_int_equal(find(text, "alice", "OTHER"), 0x00);
    assert_int_equal(find(text, "alice", ""), 0x00);
    assert_int_equal(find("alice:DOM:" HASH_B "\nalice::" HASH_A "\n", "alice", "DOM"), 0xf0);
}

static void passes_over_comments_and_empty_lines(void **state)
{
    (void)state;
    assert_int_equal(find("# who\n\n#alice:DOM:x\nalice:DOM:" HASH_A "\n\n", "alice", "DOM"), 0);
}

static void one_bad_line_keeps_everybody_out(void **state)
{
    static const char *const bad[] = {
        "alice",
        "alice:DOM",
        "alice:DOM:",
        ":DOM:" HASH_B,
        "bob:DOM:" HASH_B "0",
        "bob:DOM:" HASH_B ":",
        "bob:DOM:" HASH_B "\r",
        "bob:DOM: " HASH_B,
        " ",
        "bob:DOM:0g0102030405060708090a0b0c0d0e0f",
        "bob:DOM:000102030405060708090a0b0c0d0e",
        "b\xff:DOM:" HASH_B,
        "bob:\xc3:" HASH_B,
        "\xef\xbb\xbfuser:DOM:" HASH_B, /* as an editor on Windows begins a file */
        "bob\t:DOM:" HASH_B,
        "bob:D\x7fM:" HASH_B,
        "ALICE:dom:" HASH_B, /* twice */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[256];

        (void)snprintf(text, sizeof(text), "alice:DOM:" HASH_A "\n%s\n", bad[i]);
        assert_int_equal(find_in(write_sam(text), "alice", "DOM", SSP_ERR_BAD_CONFIG), -1);
        (void)snprintf(text, sizeof(text), "%s\nalice:DOM:" HASH_A "\n", bad[i]);
        assert_int_equal(find_in(write_sam(text), "alice", "DOM", SSP_ERR_BAD_CONFIG), -1);
    }
}

static void takes_a_file_of_its_owner_alone(void **state)
{
    const char *path = write_sam("alice:DOM:" HASH_A "\n");

    (void)state;
    assert_int_equal(chmod(path, 0640), 0);
    (void)find_in(path, "alice", "DOM", SSP_ERR_UNSAFE_FILE);
    assert_int_equal(chmod(path, 0604), 0);
    (void)find_in(path, "alice", "DOM", SSP_ERR_UNSAFE_FILE);
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(find_in(path, "alice", "DOM", SSP_OK), 0);
}

static void follows_no_link_and_reads_no_folder(void **state)
{
    char target[4096];

    (void)state;
    (void)snprintf(target, sizeof(target), "%s", write_sam("alice:DOM:" HASH_A "\n"));
    assert_int_equal(symlink(target, scratch("link")), 0);
    (void)find_in(scratch("link"), "alice", "DOM", SSP_ERR_UNSAFE_FILE);
    assert_int_equal(mkdir(scratch("folder"), 0700), 0);
    (void)find_in(scratch("folder"), "alice", "DOM", SSP_ERR_UNSAFE_FILE);
    assert_int_equal(rmdir(scratch("folder")), 0);
    (void)find_in(scratch("missing"), "alice", "DOM", SSP_ERR_IO);
}

static void reads_no_more_than_a_file_may_have(void **state)
{
    ssp_cleanup(secret_wipe) struct secret text = { calloc(1, LIMIT_FILE + 1), LIMIT_FILE + 1 };
    const char *path = scratch("sam");

    (void)state;
    assert_non_null(text.p);
    memset(text.p, '\n', text.n);
    assert_int_equal(file_replace(path, 0600, secret_view(&text)), SSP_OK);
    (void)find_in(path, "alice", "DOM", SSP_ERR_TOO_LARGE);
}

static void the_first_account_is_the_stored_credential(void **state)
{
    ssp_cleanup(sam_entry_wipe) struct sam_entry entry = { 0 };

    (void)state;
    assert_int_equal(sam_first(write_sam("# mine\nalice:DOM:" HASH_A "\nbob:DOM:" HASH_B), &entry),
                     SSP_OK);
    assert_int_equal(entry.user.n, 5);
    assert_int_equal(entry.hash[0], 0);
    assert_int_equal(sam_first(write_sam("# none\n"), &entry), SSP_ERR_NO_CREDS);
}

static enum ssp_err set(const char *path, const char *user, const char *domain)
{
    static const uint8_t hash[NT_HASH_SIZE] = { 0xab, 0xcd };
    ssp_cleanup(str16_wipe) struct str16 user16 = { 0 };
    ssp_cleanup(str16_wipe) struct str16 domain16 = { 0 };

    assert_int_equal(str16_from_utf8(view_text(user), &user16), SSP_OK);
    assert_int_equal(str16_from_utf8(view_text(domain), &domain16), SSP_OK);
    return sam_set(path, &user16, &domain16, hash);
}

#define NEW "abcd0000000000000000000000000000"

static void setting_replaces_one_line_and_leaves_the_rest(void **state)
{
    const char *path = write_sam("# first\nAlice:Dom:" HASH_A "\n\nalice::" HASH_B);

    (void)state;
    assert_int_equal(set(path, "alice", "DOM"), SSP_OK);
    assert_text(path, "# first\nalice:DOM:" NEW "\n\nalice::" HASH_B);
    assert_int_equal(set(path, "bob", ""), SSP_OK);
    assert_text(path, "# first\nalice:DOM:" NEW "\n\nalice::" HASH_B "\nbob::" NEW "\n");
    assert_int_equal(set(path, "alice", ""), SSP_OK);
    assert_text(path, "# first\nalice:DOM:" NEW "\n\nalice::" NEW "\nbob::" NEW "\n");
}

static void setting_makes_an_owner_only_file(void **state)
{
    const char *path = scratch("new");
    struct stat st;

    (void)state;
    assert_int_equal(set(path, "alice", ""), SSP_OK);
    assert_text(path, "alice::" NEW "\n");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

enum { WRITERS = 4, EACH = 25 };

/* In a child: accounts of its own, one after the other. */
static int write_many(const char *path, int writer)
{
    for (int i = 0; i < EACH; i++) {
        char user[16];

        (void)snprintf(user, sizeof(user), "user%d", writer * EACH + i);
        if (set(path, user, "") != SSP_OK)
            return 1;
    }
    return 0;
}

static void set_at_the_same_time(const char *path)
{
    pid_t children[WRITERS];

    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            _exit(write_many(path, i));
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = -1;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    for (int i = 0; i < WRITERS * EACH; i++) {
        char user[16];

        (void)snprintf(user, sizeof(user), "user%d", i);
        assert_int_not_equal(find_in(path, user, "", SSP_OK), -1);
    }
}

static void setting_at_the_same_time_loses_no_account(void **state)
{
    (void)state;
    set_at_the_same_time(write_sam("first::" HASH_A "\n"));
}

static void making_the_file_at_the_same_time_loses_no_account(void **state)
{
    (void)state;
    set_at_the_same_time(scratch("none"));
}

static void setting_refuses_names_that_a_line_cannot_hold(void **state)
{
    static const char *const bad[] = { "", "a:b", "#a", "a\nb", "a\r", "a\tb", "\xef\xbb\xbfuser" };
    const char *path = write_sam("");

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(set(path, bad[i], ""), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(set(path, "alice", "D:M"), SSP_ERR_BAD_ARGUMENT);
    assert_text(path, "");
}

static void setting_touches_no_file_that_is_broken_or_open_to_others(void **state)
{
    const char *path = write_sam("broken\n");

    (void)state;
    assert_int_equal(set(path, "alice", ""), SSP_ERR_BAD_CONFIG);
    assert_text(path, "broken\n");
    path = write_sam("");
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(set(path, "alice", ""), SSP_ERR_UNSAFE_FILE);
}

static void every_failing_allocation_is_reported(void **state)
{
    const char *path = write_sam("bob:DOM:" HASH_B "\nalice:DOM:" HASH_A "\n");
    ssp_cleanup(str16_wipe) struct str16 user = { 0 };
    ssp_cleanup(str16_wipe) struct str16 domain = { 0 };
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    assert_int_equal(str16_from_utf8(view_text("alice"), &user), SSP_OK);
    assert_int_equal(str16_from_utf8(view_text("DOM"), &domain), SSP_OK);
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(sam_entry_wipe) struct sam_entry entry = { 0 };
        bool found = false;

        fault_malloc_at(nth);
        e = sam_find(path, &user, &domain, &entry, &found);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(found, e == SSP_OK);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_an_account_whatever_the_case),
        TEST(an_empty_domain_fits_any_but_yields_to_the_very_one),
        TEST(passes_over_comments_and_empty_lines),
        TEST(one_bad_line_keeps_everybody_out),
        TEST(takes_a_file_of_its_owner_alone),
        TEST(follows_no_link_and_reads_no_folder),
        TEST(reads_no_more_than_a_file_may_have),
        TEST(the_first_account_is_the_stored_credential),
        TEST(setting_replaces_one_line_and_leaves_the_rest),
        TEST(setting_makes_an_owner_only_file),
        TEST(setting_at_the_same_time_loses_no_account),
        TEST(making_the_file_at_the_same_time_loses_no_account),
        TEST(setting_refuses_names_that_a_line_cannot_hold),
        TEST(setting_touches_no_file_that_is_broken_or_open_to_others),
        TEST(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
