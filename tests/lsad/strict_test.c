/* SPDX-License-Identifier: Apache-2.0 */
/* What strict_filter.c makes of lsad's filter: else tests with it would prove nothing. */
#include "lsad/sandbox.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"

static bool go_in(void)
{
    static const struct sandbox_policy nothing;

    (void)signal(SIGSYS, SIG_DFL); /* cmocka catches it */
    return sandbox_prepare() == SSP_OK && sandbox_enter(&nothing) == SSP_OK;
}

static int status_of(long call)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(go_in() && syscall(call, 0, 0, 0, 0, 0) >= 0 ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void ends_at_a_call_that_the_filter_does_not_know(void **state)
{
    static const long unknown[] = { SYS_keyctl, SYS_setuid, SYS_sync };

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        int status = status_of(unknown[i]);

        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

static void goes_on_at_one_that_it_knows(void **state)
{
    (void)state;
    assert_int_equal(status_of(SYS_getuid), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ends_at_a_call_that_the_filter_does_not_know),
        TEST(goes_on_at_one_that_it_knows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
