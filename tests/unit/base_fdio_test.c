/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/wr.h"
#include "harness/harness.h"

static const char *make_file(const char *name, mode_t mode, const char *content)
{
    const char *path = scratch(name);
    ssp_cleanup(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(fd_write_all(fd, view_text(content)), SSP_OK);
    assert_int_equal(fchmod(fd, mode), 0);
    return path;
}

static enum ssp_err try_open(const char *path, enum file_trust trust)
{
    ssp_cleanup(fd_close) int fd = -1;

    return file_open_trusted(AT_FDCWD, path, trust, &fd);
}

static void a_file_for_its_owner_is_trusted(void **state)
{
    const char *path = make_file("f", 0600, "x");

    (void)state;
    assert_int_equal(try_open(path, FILE_OWNER_ONLY), SSP_OK);
    assert_int_equal(try_open(path, FILE_OWNER_WRITES), SSP_OK);
}

static void each_right_too_many_is_refused(void **state)
{
    const char *path = make_file("f", 0600, "x");

    (void)state;
    for (mode_t bit = 1; bit <= 040; bit <<= 1) {
        bool writes = (bit & 022) != 0;

        assert_int_equal(chmod(path, 0600 | bit), 0);
        assert_int_equal(try_open(path, FILE_OWNER_ONLY), SSP_ERR_UNSAFE_FILE);
        assert_int_equal(try_open(path, FILE_OWNER_WRITES), writes ? SSP_ERR_UNSAFE_FILE : SSP_OK);
    }
}

static void what_is_no_file_is_refused(void **state)
{
    const char *fifo = scratch("fifo");
    const char *link = scratch("link");

    (void)state;
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(symlink(make_file("f", 0600, "x"), link), 0);
    assert_int_equal(try_open(fifo, FILE_OWNER_ONLY), SSP_ERR_UNSAFE_FILE); /* and does not wait */
    assert_int_equal(try_open(link, FILE_OWNER_ONLY), SSP_ERR_UNSAFE_FILE);
    assert_int_equal(try_open(scratch(""), FILE_OWNER_WRITES), SSP_ERR_UNSAFE_FILE);
}

static void a_missing_file_says_so_in_errno(void **state)
{
    int fd = 42;

    (void)state;
    assert_int_equal(file_open_trusted(AT_FDCWD, scratch("none"), FILE_OWNER_ONLY, &fd),
                     SSP_ERR_IO);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(fd, 42);
}

static void a_private_folder_is_made_and_found_again(void **state)
{
    const char *path = scratch("dir");
    ssp_cleanup(fd_close) int made = -1;
    ssp_cleanup(fd_close) int found = -1;
    struct stat st;

    (void)state;
    assert_int_equal(dir_open_private(AT_FDCWD, path, &made), SSP_OK);
    assert_int_equal(dir_open_private(AT_FDCWD, path, &found), SSP_OK);
    assert_int_equal(fstat(found, &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR | 0700);
    assert_int_equal(fcntl(found, F_GETFD), FD_CLOEXEC);
}

static void a_private_folder_may_stand_in_another(void **state)
{
    ssp_cleanup(fd_close) int outer = -1;
    ssp_cleanup(fd_close) int inner = -1;

    (void)state;
    assert_int_equal(dir_open_private(AT_FDCWD, scratch("outer"), &outer), SSP_OK);
    assert_int_equal(dir_open_private(outer, "inner", &inner), SSP_OK);
    assert_int_equal(access(scratch("outer/inner"), X_OK), 0);
}

static void a_folder_of_others_is_not_private(void **state)
{
    const char *path = scratch("dir");
    const char *link = scratch("link");
    int fd = -1;

    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    for (mode_t bit = 1; bit <= 040; bit <<= 1) {
        assert_int_equal(chmod(path, 0700 | bit), 0);
        assert_int_equal(dir_open_private(AT_FDCWD, path, &fd), SSP_ERR_UNSAFE_FILE);
    }
    assert_int_equal(chmod(path, 0700), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(dir_open_private(AT_FDCWD, link, &fd), SSP_ERR_UNSAFE_FILE);
    assert_int_equal(dir_open_private(AT_FDCWD, make_file("f", 0700, ""), &fd),
                     SSP_ERR_UNSAFE_FILE);
    assert_int_equal(dir_open_private(AT_FDCWD, scratch("no/such"), &fd), SSP_ERR_IO);
    assert_int_equal(fd, -1);
}

static void assert_mode(const char *path, mode_t mode)
{
    struct stat st = { 0 };

    assert_int_equal(lstat(path, &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR | mode);
}

static void a_folder_for_others_has_its_mode_whatever_the_umask(void **state)
{
    static const mode_t masks[] = { 0, 022, 077 };

    (void)state;
    for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
        const char *path = scratch("folder");
        mode_t before = umask(masks[i]);
        enum ssp_err e = dir_make(path, 0755);

        assert_int_equal(umask(before), masks[i]);
        assert_int_equal(e, SSP_OK);
        assert_mode(path, 0755);
        assert_int_equal(rmdir(path), 0);
    }
}

static void a_folder_that_is_there_stays_as_it_is(void **state)
{
    const char *path = scratch("folder");

    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(dir_make(path, 0755), SSP_OK);
    assert_mode(path, 0700);
    assert_int_equal(dir_make(scratch("no/such"), 0755), SSP_ERR_IO);
}

static void assert_content(const char *path, struct view content)
{
    ssp_cleanup(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *p = NULL;
    size_t n = 0;

    assert_int_equal(fd_read_all(fd, &p, &n), SSP_OK);
    assert_view_equal((struct view){ p, n }, content);
    ssp_wipe_free(p, n);
}

static void reads_all_of_a_file(void **state)
{
    static uint8_t many[LIMIT_FILE];

    (void)state;
    memset(many, 'x', sizeof(many));
    assert_content(make_file("empty", 0600, ""), (struct view){ 0 });
    assert_content(make_file("short", 0600, "short"), view_text("short"));
    assert_int_equal(file_replace(scratch("long"), 0600, VIEW_OF(many)), SSP_OK);
    assert_content(scratch("long"), VIEW_OF(many));
}

static void a_file_over_the_limit_is_refused(void **state)
{
    const char *path = make_file("f", 0600, "");
    ssp_cleanup(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *p = NULL;
    size_t n = 42;

    (void)state;
    assert_int_equal(truncate(path, LIMIT_FILE + 1), 0);
    assert_int_equal(fd_read_all(fd, &p, &n), SSP_ERR_TOO_LARGE);
    assert_int_equal(n, 42);
    assert_null(p);
    assert_int_equal(fd_read_all(-1, &p, &n), SSP_ERR_IO);
}

static void reading_leaves_no_copy_behind(void **state)
{
    ssp_cleanup(fd_close) int fd = open(make_file("f", 0600, "a password"), O_RDONLY | O_CLOEXEC);
    uint8_t *p = NULL;
    size_t n = 0;

    (void)state;
    watch_frees_for(view_text("a password"));
    assert_int_equal(fd_read_all(fd, &p, &n), SSP_OK);
    ssp_wipe_free(p, n);
    assert_int_equal(frees_unwiped(), 0);
}

static void replacing_sets_content_and_exactly_that_mode(void **state)
{
    const char *path = make_file("f", 0600, "old");
    mode_t old_mask = umask(0777);
    struct stat st;

    (void)state;
    assert_int_equal(file_replace(path, 0640, view_text("new")), SSP_OK);
    (void)umask(old_mask);
    assert_content(path, view_text("new"));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode, S_IFREG | 0640);
}

static void who_has_the_old_file_open_keeps_it(void **state)
{
    const char *path = make_file("f", 0600, "old");
    ssp_cleanup(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    char was[4] = { 0 };

    (void)state;
    assert_int_equal(file_replace(path, 0600, view_text("new and longer")), SSP_OK);
    assert_int_equal(read(fd, was, sizeof(was)), 3);
    assert_string_equal(was, "old");
}

static void replacing_a_link_leaves_what_it_points_to(void **state)
{
    const char *path = make_file("f", 0600, "old");
    const char *link = scratch("link");

    (void)state;
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(file_replace(link, 0600, view_text("new")), SSP_OK);
    assert_content(path, view_text("old"));
    assert_content(link, view_text("new"));
}

static void a_failed_replacement_leaves_nothing_behind(void **state)
{
    const char *dir = scratch("dir");

    (void)state;
    assert_int_equal(mkdir(dir, 0700), 0);
    assert_int_equal(mkdir(scratch("dir/f"), 0700), 0);
    assert_int_equal(file_replace(scratch("dir/f"), 0600, view_text("x")), SSP_ERR_IO);
    assert_int_equal(rmdir(scratch("dir/f")), 0);
    assert_int_equal(rmdir(dir), 0); /* it is empty */
    assert_int_equal(file_replace(scratch("no/such"), 0600, view_text("x")), SSP_ERR_IO);
    fault_malloc_at(0);
    assert_int_equal(file_replace("f", 0600, view_text("x")), SSP_ERR_NO_MEMORY);
}

static void writing_to_a_full_device_is_an_error(void **state)
{
    ssp_cleanup(fd_close) int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_int_equal(fd_write_all(fd, view_text("x")), SSP_ERR_IO);
    assert_int_equal(fd_write_all(fd, (struct view){ 0 }), SSP_OK);
}

static void closing_keeps_errno_and_forgets(void **state)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int copy = fd_dup(fd);

    (void)state;
    assert_int_equal(fcntl(copy, F_GETFD), FD_CLOEXEC);
    fd_close(&copy);
    errno = EXDEV;
    fd_close(&fd);
    assert_int_equal(fd, -1);
    fd_close(&fd);
    assert_int_equal(errno, EXDEV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_for_its_owner_is_trusted),
        TEST(each_right_too_many_is_refused),
        TEST(what_is_no_file_is_refused),
        TEST(a_missing_file_says_so_in_errno),
        TEST(a_private_folder_is_made_and_found_again),
        TEST(a_private_folder_may_stand_in_another),
        TEST(a_folder_of_others_is_not_private),
        TEST(a_folder_for_others_has_its_mode_whatever_the_umask),
        TEST(a_folder_that_is_there_stays_as_it_is),
        TEST(reads_all_of_a_file),
        TEST(a_file_over_the_limit_is_refused),
        TEST(reading_leaves_no_copy_behind),
        TEST(replacing_sets_content_and_exactly_that_mode),
        TEST(who_has_the_old_file_open_keeps_it),
        TEST(replacing_a_link_leaves_what_it_points_to),
        TEST(a_failed_replacement_leaves_nothing_behind),
        TEST(writing_to_a_full_device_is_an_error),
        TEST(closing_keeps_errno_and_forgets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
