/* SPDX-License-Identifier: Apache-2.0 */
/* Where lsad listens, and what others can do about that place. */
#include "lsad/listener.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/harness.h"

enum { OTHER_USER = 61005, PERMISSIONS = 07777 };

/* What somebody else does right after bind(); NULL: nothing. */
static void (*meanwhile)(const char *path);

/* In the place of the C library's. */
int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
    int failed = (int)syscall(SYS_bind, fd, addr, len);

    if (failed == 0 && meanwhile != NULL)
        meanwhile(((const struct sockaddr_un *)(const void *)addr)->sun_path);
    return failed;
}

static mode_t mode_of(const char *path)
{
    struct stat st = { 0 };

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & PERMISSIONS;
}

static enum ssp_err opens(const char *path)
{
    int fd = -1;
    enum ssp_err e = listener_open(path, &fd);

    if (e == SSP_OK)
        assert_int_equal(close(fd), 0);
    else
        assert_int_equal(fd, -1);
    return e;
}

static enum ssp_err opens_in_folder(mode_t mode, uid_t owner)
{
    const char *folder = scratch("folder");

    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(chmod(folder, mode), 0);
    if (owner != geteuid())
        assert_int_equal(chown(folder, owner, (gid_t)-1), 0);
    enum ssp_err e = opens(scratch("folder/socket"));
    if (e != SSP_OK)
        assert_int_equal(access(scratch("folder/socket"), F_OK), -1);
    (void)unlink(scratch("folder/socket"));
    assert_int_equal(rmdir(folder), 0);
    return e;
}

static void lets_everybody_in_whatever_the_umask_is(void **state)
{
    mode_t before = umask(0077);

    (void)state;
    assert_int_equal(opens(scratch("socket")), SSP_OK);
    assert_int_equal(umask(before), 0077);
    assert_int_equal(mode_of(scratch("socket")), 0666);
}

static void makes_a_folder_that_everybody_may_enter(void **state)
{
    mode_t before = umask(0077);

    (void)state;
    assert_int_equal(opens(scratch("new/socket")), SSP_OK);
    (void)umask(before);
    assert_int_equal(mode_of(scratch("new")), 0755);
}

static void put_link_to_victim(const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink(scratch("victim"), path), 0);
}

static void opens_no_other_file_to_everybody(void **state)
{
    FILE *victim = fopen(scratch("victim"), "we");

    (void)state;
    assert_non_null(victim);
    assert_int_equal(fclose(victim), 0);
    assert_int_equal(chmod(scratch("victim"), 0600), 0);
    meanwhile = put_link_to_victim;
    (void)opens(scratch("socket"));
    meanwhile = NULL;
    assert_int_equal(mode_of(scratch("victim")), 0600);
}

static void listens_in_no_folder_where_others_may_replace_the_socket(void **state)
{
    (void)state;
    assert_int_equal(opens_in_folder(0755, geteuid()), SSP_OK);
    assert_int_equal(opens_in_folder(01777, geteuid()), SSP_OK); /* as /tmp */
    assert_int_equal(opens_in_folder(0777, geteuid()), SSP_ERR_UNSAFE_FILE);
    assert_int_equal(opens_in_folder(0775, geteuid()), SSP_ERR_UNSAFE_FILE);
}

static void listens_in_no_folder_of_another_user(void **state)
{
    (void)state;
    assert_int_equal(opens_in_folder(0755, OTHER_USER), SSP_ERR_UNSAFE_FILE);
    assert_int_equal(opens_in_folder(01777, OTHER_USER), SSP_ERR_UNSAFE_FILE);
}

static void replaces_a_socket_that_nobody_answers_on_and_nothing_else(void **state)
{
    int fd = -1;

    (void)state;
    assert_int_equal(opens(scratch("socket")), SSP_OK);
    assert_int_equal(listener_open(scratch("socket"), &fd), SSP_OK);
    assert_int_equal(opens(scratch("socket")), SSP_ERR_BUSY);
    assert_int_equal(close(fd), 0);
    assert_int_equal(symlink(scratch("socket"), scratch("link")), 0);
    assert_int_equal(opens(scratch("link")), SSP_ERR_IO);
    assert_int_equal(mkdir(scratch("taken"), 0700), 0);
    assert_int_equal(opens(scratch("taken")), SSP_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lets_everybody_in_whatever_the_umask_is),
        TEST(makes_a_folder_that_everybody_may_enter),
        TEST(opens_no_other_file_to_everybody),
        TEST(listens_in_no_folder_where_others_may_replace_the_socket),
        CASE_IF(geteuid() == 0, TEST(listens_in_no_folder_of_another_user)),
        TEST(replaces_a_socket_that_nobody_answers_on_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
