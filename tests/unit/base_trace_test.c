/* SPDX-License-Identifier: Apache-2.0 */
/* The environment is read once a process, so each case is a child whose standard error is read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/trace.h"
#include "harness/harness.h"

static char said[8192];

static void in_child(void (*act)(void), const char *where, int fd)
{
    (void)dup2(fd, STDERR_FILENO);
    (void)setenv("OPENSSPI_TRACE", where, 1);
    errno = EXDEV;
    act();
    _exit(errno == EXDEV ? 0 : 1);
}

static const char *what_is_said(void (*act)(void), const char *where)
{
    int fds[2];
    size_t n = 0;
    int status = -1;

    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    if (pid == 0)
        in_child(act, where, fds[1]);
    (void)close(fds[1]);
    for (ssize_t got = 1; got > 0; n += (size_t)got)
        got = read(fds[0], said + n, sizeof(said) - 1 - n);
    said[n] = '\0';
    (void)close(fds[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0); /* errno is kept */
    return said;
}

static void say_each_level(void)
{
    trace(TRACE_ERROR, "one %d", 1);
    trace(TRACE_WARNING, "two");
    trace(TRACE_NOTICE, "three");
    trace(TRACE_DEBUG, "four");
}

static void all_levels_go_to_standard_error_when_asked_for(void **state)
{
    (void)state;
    assert_string_equal(what_is_said(say_each_level, "stderr"),
                        "opensspi: error: one 1\nopensspi: warning: two\nopensspi: three\n"
                        "opensspi: debug: four\n");
}

static void only_errors_go_there_when_only_they_are_asked_for(void **state)
{
    (void)state;
    assert_string_equal(what_is_said(say_each_level, "errors"), "opensspi: error: one 1\n");
}

static void say_debug(void)
{
    trace(TRACE_DEBUG, "nobody asked");
}

static void nothing_goes_there_otherwise(void **state)
{
    (void)state;
    assert_string_equal(what_is_said(say_debug, ""), "");
    assert_string_equal(what_is_said(say_debug, "stdout"), "");
}

static void say_what_a_peer_chose(void)
{
    trace(TRACE_NOTICE, "%s", "a\nb\033[1mc\177d\233e\302\205f \303\251 \342\202\254");
}

static void control_characters_are_replaced_and_letters_kept(void **state)
{
    (void)state;
    assert_string_equal(what_is_said(say_what_a_peer_chose, "stderr"),
                        "opensspi: a?b?[1mc?d?e\302?f \303\251 \342\202\254\n");
}

static void say_too_much(void)
{
    static char much[5000];

    memset(much, 'x', sizeof(much) - 1);
    trace(TRACE_NOTICE, "%s", much);
}

static void a_long_line_is_cut_and_still_a_line(void **state)
{
    const char *line = what_is_said(say_too_much, "stderr");
    size_t n = strlen(line);

    (void)state;
    assert_in_range(n, 500, 1300);
    assert_ptr_equal(strchr(line, '\n'), line + n - 1);
}

static void fail_somewhere(void)
{
    if (ssp_fail(EXPIRED) != SSP_ERR_EXPIRED)
        _exit(1);
}

static void the_place_where_an_error_was_born_is_traced(void **state)
{
    const char *line = what_is_said(fail_somewhere, "stderr");

    (void)state;
    assert_non_null(strstr(line, "base_trace_test.c:"));
    assert_non_null(strstr(line, ssp_err_text(SSP_ERR_EXPIRED)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_levels_go_to_standard_error_when_asked_for),
        TEST(only_errors_go_there_when_only_they_are_asked_for),
        TEST(nothing_goes_there_otherwise),
        TEST(control_characters_are_replaced_and_letters_kept),
        TEST(a_long_line_is_cut_and_still_a_line),
        TEST(the_place_where_an_error_was_born_is_traced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
