/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/handle.h"
#include "harness/harness.h"

static void descriptors_and_handles_go_both_ways(void **state)
{
    static const int fds[] = { 0, 1, 2, 3, 1000, INT_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
        HANDLE handle = handle_of_fd(fds[i]);

        assert_non_null(handle);
        assert_int_equal((uintptr_t)handle % 4, 0);
        assert_int_equal(handle_to_fd(handle), fds[i]);
    }
}

static void what_is_no_handle_is_no_descriptor(void **state)
{
    static const uintptr_t bad[] = {
        0, 1, 2, 3, 5, UINTPTR_MAX, UINTPTR_MAX - 3, ((uintptr_t)INT_MAX + 2) * 4
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(handle_to_fd((HANDLE)bad[i]), -1);
    assert_null(handle_of_fd(-1));
}

static void a_duplicate_is_the_same_object(void **state)
{
    ssp_cleanup(fd_close) int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    ssp_cleanup(handle_close) HANDLE copy = NULL;
    struct stat a;
    struct stat b;

    (void)state;
    assert_int_equal(handle_dup(handle_of_fd(fd), &copy), SSP_OK);
    assert_int_not_equal(handle_to_fd(copy), fd);
    assert_int_equal(fcntl(handle_to_fd(copy), F_GETFD), FD_CLOEXEC);
    assert_int_equal(fstat(fd, &a), 0);
    assert_int_equal(fstat(handle_to_fd(copy), &b), 0);
    assert_int_equal(a.st_rdev, b.st_rdev);
}

static void closing_closes_and_forgets(void **state)
{
    HANDLE handle = handle_of_fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    HANDLE stale = handle;
    HANDLE copy = NULL;

    (void)state;
    handle_close(&handle);
    assert_null(handle);
    handle_close(&handle);
    assert_int_equal(handle_dup(stale, &copy), SSP_ERR_BAD_HANDLE);
    assert_int_equal(handle_dup(NULL, &copy), SSP_ERR_BAD_HANDLE);
    assert_null(copy);
}

static void a_process_without_room_is_out_of_memory(void **state)
{
    ssp_cleanup(fd_close) int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct rlimit old;
    HANDLE copy = NULL;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    struct rlimit none = { .rlim_cur = 0, .rlim_max = old.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum ssp_err e = handle_dup(handle_of_fd(fd), &copy);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(e, SSP_ERR_NO_MEMORY);
    assert_null(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(descriptors_and_handles_go_both_ways),    TEST(what_is_no_handle_is_no_descriptor),
        TEST(a_duplicate_is_the_same_object),          TEST(closing_closes_and_forgets),
        TEST(a_process_without_room_is_out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
