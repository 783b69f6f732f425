/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "handoff/runtime_dir.h"
#include "harness/harness.h"

enum { STRANGER = 54321, NEIGHBOUR = 54322 };

struct place {
    char top[64];  /* a folder of the test's own, with everything below it */
    char path[96]; /* top/run: the runtime folder to be */
};

static int setup(void **state)
{
    static struct place place;

    (void)snprintf(place.top, sizeof(place.top), "/tmp/opensspi-dir-test-XXXXXX");
    if (mkdtemp(place.top) == NULL)
        return -1;
    (void)snprintf(place.path, sizeof(place.path), "%s/run", place.top);
    *state = &place;
    return 0;
}

static int teardown(void **state)
{
    static const char *const left[] = { "run/opensspi/root/tickets",
                                        "run/opensspi/root",
                                        "run/opensspi",
                                        "run/tickets",
                                        "run",
                                        "real/tickets",
                                        "real",
                                        "xdg/opensspi/tickets",
                                        "xdg/opensspi",
                                        "xdg" };
    const struct place *place = *state;

    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
        char path[128];

        (void)snprintf(path, sizeof(path), "%s/%s", place->top, left[i]);
        if (unlink(path) != 0)
            (void)rmdir(path);
    }
    return rmdir(place->top); /* fails when a case left something that it should not */
}

static void forget(const char *path, const char *below)
{
    char full[128];

    (void)snprintf(full, sizeof(full), "%s/%s", path, below);
    assert_int_equal(rmdir(full), 0);
}

static void knows_when_another_folder_took_its_place(void **state)
{
    const struct place *place = *state;
    ssp_cleanup(runtime_dir_close) struct runtime_dir dir = RUNTIME_DIR_INIT;
    ssp_cleanup(runtime_dir_close) struct runtime_dir again = RUNTIME_DIR_INIT;

    assert_int_equal(runtime_dir_open(place->path, &dir), SSP_OK);
    assert_true(runtime_dir_is_there(&dir));
    forget(place->path, "tickets");
    assert_false(runtime_dir_is_there(&dir));
    forget(place->top, "run");
    assert_false(runtime_dir_is_there(&dir));
    assert_int_equal(runtime_dir_open(place->path, &again), SSP_OK);
    assert_false(runtime_dir_is_there(&dir));
    assert_true(runtime_dir_is_there(&again));
}

/* After chroot() a path leads nowhere, and the folder is as good as before. */
static void trusts_a_folder_that_its_path_does_not_lead_to(void **state)
{
    const struct place *place = *state;
    ssp_cleanup(runtime_dir_close) struct runtime_dir dir = RUNTIME_DIR_INIT;
    char real[128];

    (void)snprintf(real, sizeof(real), "%s/real", place->top);
    assert_int_equal(runtime_dir_open(place->path, &dir), SSP_OK);
    assert_int_equal(rename(place->path, real), 0);
    assert_true(runtime_dir_is_there(&dir));
    assert_int_equal(mkdir(place->path, 0700), 0);
    assert_false(runtime_dir_is_there(&dir));
}

static enum ssp_err open_at(const char *configured)
{
    ssp_cleanup(runtime_dir_close) struct runtime_dir dir = RUNTIME_DIR_INIT;
    enum ssp_err e = runtime_dir_open(configured, &dir);

    assert_int_equal(dir.fd >= 0, e == SSP_OK);
    assert_int_equal(dir.tickets_fd >= 0, e == SSP_OK);
    return e;
}

static void assert_private_folder(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR | 0700);
    assert_int_equal(st.st_uid, geteuid());
}

static void makes_what_is_missing_and_opens_it_again(void **state)
{
    const struct place *place = *state;
    char tickets[128];

    (void)snprintf(tickets, sizeof(tickets), "%s/tickets", place->path);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(open_at(place->path), SSP_OK);
        assert_private_folder(place->path);
        assert_private_folder(tickets);
    }
}

static void makes_it_private_whatever_the_umask(void **state)
{
    const struct place *place = *state;
    mode_t old = umask(0);

    enum ssp_err e = open_at(place->path);
    (void)umask(old);
    assert_int_equal(e, SSP_OK);
    assert_private_folder(place->path);
}

static void refuses_a_folder_that_others_may_enter(void **state)
{
    static const mode_t open_to_others[] = { 0701, 0710, 0702, 0720, 0704, 0740, 0777 };
    const struct place *place = *state;

    assert_int_equal(mkdir(place->path, 0700), 0);
    for (size_t i = 0; i < sizeof(open_to_others) / sizeof(open_to_others[0]); i++) {
        assert_int_equal(chmod(place->path, open_to_others[i]), 0);
        assert_int_equal(open_at(place->path), SSP_ERR_UNSAFE_FILE);
    }
}

static void refuses_a_link_to_a_good_folder(void **state)
{
    const struct place *place = *state;
    char real[128];

    (void)snprintf(real, sizeof(real), "%s/real", place->top);
    assert_int_equal(mkdir(real, 0700), 0);
    assert_int_equal(symlink(real, place->path), 0);
    assert_int_equal(open_at(place->path), SSP_ERR_UNSAFE_FILE);
    assert_int_equal(open_at(real), SSP_OK); /* the same without the link */
}

static void refuses_a_link_in_the_place_of_the_tickets(void **state)
{
    const struct place *place = *state;
    char tickets[128];

    (void)snprintf(tickets, sizeof(tickets), "%s/tickets", place->path);
    assert_int_equal(mkdir(place->path, 0700), 0);
    assert_int_equal(symlink("/tmp", tickets), 0);
    assert_int_equal(open_at(place->path), SSP_ERR_UNSAFE_FILE);
}

static void refuses_what_is_no_folder(void **state)
{
    const struct place *place = *state;
    int fd = open(place->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(open_at(place->path), SSP_ERR_UNSAFE_FILE);
}

static void makes_no_parents(void **state)
{
    const struct place *place = *state;
    char deep[128];

    (void)snprintf(deep, sizeof(deep), "%s/missing/run", place->top);
    assert_int_equal(open_at(deep), SSP_ERR_IO);
}

static void wants_an_absolute_path(void **state)
{
    char longest[8192];

    (void)state;
    assert_int_equal(open_at("run"), SSP_ERR_BAD_CONFIG);
    memset(longest, 'x', sizeof(longest));
    longest[0] = '/';
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(open_at(longest), SSP_ERR_BAD_CONFIG);
}

/* Runs a check in a child that is an ordinary user, since only root can play several. */
static int as_user(uid_t uid, enum ssp_err (*check)(const struct place *place),
                   const struct place *place)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        if (setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0)
            _exit(255);
        _exit((int)check(place));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static enum ssp_err open_path(const struct place *place)
{
    struct runtime_dir dir;

    return runtime_dir_open(place->path, &dir);
}

static void refuses_a_folder_that_somebody_else_made_first(void **state)
{
    const struct place *place = *state;

    assert_int_equal(chmod(place->top, 01777), 0);
    assert_int_equal(mkdir(place->path, 0700), 0);
    assert_int_equal(chown(place->path, NEIGHBOUR, NEIGHBOUR), 0);
    assert_int_equal(open_at(place->path), SSP_ERR_UNSAFE_FILE); /* root neither */
    assert_int_not_equal(as_user(STRANGER, open_path, place), SSP_OK);
    assert_int_equal(as_user(NEIGHBOUR, open_path, place), SSP_OK); /* whose it is */
}

static bool has_folder(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

static enum ssp_err open_in_xdg(const struct place *place)
{
    char xdg[128];
    char want[160];
    struct runtime_dir dir;

    (void)snprintf(xdg, sizeof(xdg), "%s/xdg", place->top);
    (void)snprintf(want, sizeof(want), "%s/opensspi/tickets", xdg);
    if (mkdir(xdg, 0700) != 0 || setenv("XDG_RUNTIME_DIR", xdg, 1) != 0)
        return SSP_ERR_INTERNAL;
    SSP_TRY(runtime_dir_open("", &dir));
    return has_folder(want) ? SSP_OK : SSP_ERR_NO_CONTEXT;
}

/* In /tmp by its very name, so it is removed right away. */
static enum ssp_err open_in_tmp(const struct place *place)
{
    char path[64];
    char tickets[96];
    struct runtime_dir dir;

    (void)place;
    (void)snprintf(path, sizeof(path), "/tmp/opensspi-%u", (unsigned)geteuid());
    (void)snprintf(tickets, sizeof(tickets), "%s/tickets", path);
    if (unsetenv("XDG_RUNTIME_DIR") != 0)
        return SSP_ERR_INTERNAL;
    SSP_TRY(runtime_dir_open(NULL, &dir));
    enum ssp_err e = has_folder(tickets) ? SSP_OK : SSP_ERR_NO_CONTEXT;
    return rmdir(tickets) == 0 && rmdir(path) == 0 ? e : SSP_ERR_IO;
}

static enum ssp_err open_in_tmp_despite_a_relative_xdg(const struct place *place)
{
    char path[64];
    struct runtime_dir dir;

    (void)place;
    (void)snprintf(path, sizeof(path), "/tmp/opensspi-%u", (unsigned)geteuid());
    if (symlink("/tmp", path) != 0 || setenv("XDG_RUNTIME_DIR", "run", 1) != 0)
        return SSP_ERR_INTERNAL;
    enum ssp_err e = runtime_dir_open(NULL, &dir); /* refused: somebody put a link there */
    return unlink(path) == 0 ? e : SSP_ERR_IO;
}

static void finds_the_place_of_an_ordinary_user(void **state)
{
    const struct place *place = *state;

    assert_int_equal(chmod(place->top, 01777), 0);
    assert_int_equal(as_user(STRANGER, open_in_xdg, place), SSP_OK);
    assert_int_equal(as_user(STRANGER, open_in_tmp, place), SSP_OK);
    assert_int_equal(as_user(STRANGER, open_in_tmp_despite_a_relative_xdg, place),
                     SSP_ERR_UNSAFE_FILE);
}

/* Lsad's socket is to be beside root's folder, whoever was first. */
static bool others_may_enter_around_root(void *arg)
{
    const struct place *place = arg;
    struct runtime_dir dir;
    struct stat st = { 0 };

    (void)umask(077);
    return chroot(place->top) == 0 && chdir("/") == 0 && mkdir("/run", 0755) == 0 &&
           runtime_dir_open(NULL, &dir) == SSP_OK && stat("/run/opensspi", &st) == 0 &&
           st.st_mode == (S_IFDIR | 0755) && has_folder("/run/opensspi/root/tickets");
}

static void lets_others_enter_around_the_place_of_root_whatever_the_umask(void **state)
{
    assert_true(child_says(others_may_enter_around_root, *state));
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(makes_what_is_missing_and_opens_it_again),
        CASE(knows_when_another_folder_took_its_place),
        CASE(trusts_a_folder_that_its_path_does_not_lead_to),
        CASE(makes_it_private_whatever_the_umask),
        CASE(refuses_a_folder_that_others_may_enter),
        CASE(refuses_a_link_to_a_good_folder),
        CASE(refuses_a_link_in_the_place_of_the_tickets),
        CASE(refuses_what_is_no_folder),
        CASE(makes_no_parents),
        CASE(wants_an_absolute_path),
        CASE_IF(geteuid() == 0, CASE(refuses_a_folder_that_somebody_else_made_first)),
        CASE_IF(geteuid() == 0, CASE(finds_the_place_of_an_ordinary_user)),
        CASE_IF(geteuid() == 0,
                CASE(lets_others_enter_around_the_place_of_root_whatever_the_umask)),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
