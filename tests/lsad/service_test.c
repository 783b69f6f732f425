/* SPDX-License-Identifier: Apache-2.0 */
/* Lsad as its service manager has it: told to start, to read its configuration again and to end,
 * and telling how far it is (sd_notify(3), sd_listen_fds(3)). */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "harness/daemon.h"
#include "lsad/caller.h"

static const struct daemon_setup plain = { .log_fd = -1, .listen_fd = -1 };

static struct daemon run(const struct daemon_setup *setup)
{
    return daemon_run_with(world_path("conf"), world_path("run.sock"), setup);
}

static struct daemon run_until_ready(const struct daemon_setup *setup)
{
    struct daemon daemon = run(setup);

    assert_true(daemon_tells(&daemon, "READY=1"));
    return daemon;
}

static void tell(const struct daemon *daemon, int number)
{
    assert_int_equal(kill(daemon->pid, number), 0);
}

static void end(struct daemon *daemon)
{
    tell(daemon, SIGTERM);
    assert_true(daemon_tells(daemon, "STOPPING=1"));
    assert_int_equal(daemon_end(daemon), 0);
    if (daemon->stored >= 0)
        assert_int_equal(close(daemon->stored), 0);
}

static void read_again(struct daemon *daemon)
{
    tell(daemon, SIGHUP);
    assert_true(daemon_tells(daemon, "RELOADING=1"));
    assert_true(daemon_tells(daemon, "READY=1"));
}

static struct sockaddr_un address_of(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", world_path(name));
    return address;
}

static bool is_there(const char *name)
{
    return access(world_path(name), F_OK) == 0;
}

/* ---- Readiness and signs of life ------------------------------------------------------------- */

static void answers_once_it_says_that_it_is_ready(void **state)
{
    struct daemon daemon = run_until_ready(&plain);

    (void)state;
    assert_int_equal(close(caller_greeted()), 0);
    end(&daemon);
}

static void is_never_ready_with_a_configuration_that_does_not_hold(void **state)
{
    (void)state;
    world_configure("run", "[lsad]\ncalls = none\n");
    struct daemon daemon = run(&plain);
    assert_false(daemon_tells(&daemon, "READY=1"));
    assert_int_equal(daemon_end(&daemon), 1);
    world_configure("run", "");
}

static void gives_signs_of_life_as_often_as_they_are_wanted(void **state)
{
    static const char *const wanted[] = { "WATCHDOG_USEC=2000", NULL };
    const struct daemon_setup setup = { .more = wanted, .log_fd = -1, .listen_fd = -1 };
    struct daemon daemon = run_until_ready(&setup);

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(daemon_tells(&daemon, "WATCHDOG=1"));
    tell(&daemon, SIGTERM);
    assert_int_equal(daemon_end(&daemon), 0);
}

static void gives_none_that_are_wanted_of_another_process(void **state)
{
    static const char *const wanted[] = { "WATCHDOG_USEC=2000", "WATCHDOG_PID=1", NULL };
    const struct daemon_setup setup = { .more = wanted, .log_fd = -1, .listen_fd = -1 };
    struct daemon daemon = run_until_ready(&setup);

    (void)state;
    for (size_t i = 0; i < 16; i++)
        read_again(&daemon); /* nothing is told in between */
    end(&daemon);
}

/* ---- A socket that is passed ----------------------------------------------------------------- */

static int listening_at(const char *name, int type)
{
    struct sockaddr_un address = address_of(name);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    (void)unlink(address.sun_path);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 8), 0);
    return fd;
}

/* Who called before it ran is answered as well. */
static void answers_on_the_socket_that_is_passed(void **state)
{
    struct daemon_setup setup = plain;

    (void)state;
    setup.listen_fd = listening_at("run.sock", SOCK_SEQPACKET);
    int early = caller_reach();
    struct daemon daemon = daemon_run_with(world_path("conf"), world_path("not-used.sock"), &setup);
    assert_true(daemon_tells(&daemon, "READY=1"));
    assert_int_equal(caller_hello(early), SEC_E_OK);
    assert_int_equal(close(caller_greeted()) | close(early), 0);
    assert_false(is_there("not-used.sock"));
    end(&daemon);
    assert_true(is_there("run.sock")); /* it is its manager's */
    assert_int_equal(close(setup.listen_fd), 0);
}

static void leaves_a_socket_that_is_passed_to_another_process(void **state)
{
    static const char *const other[] = { "LISTEN_PID=1", NULL };
    struct daemon_setup setup = { .more = other, .log_fd = -1 };

    (void)state;
    setup.listen_fd = listening_at("other.sock", SOCK_SEQPACKET);
    struct daemon daemon = run_until_ready(&setup);
    assert_int_equal(close(caller_greeted()), 0); /* on its own */
    end(&daemon);
    assert_int_equal(close(setup.listen_fd), 0);
}

static void does_not_start_with_a_passed_descriptor_that_is_no_such_socket(void **state)
{
    int fds[2] = { listening_at("stream.sock", SOCK_STREAM),
                   open("/dev/null", O_RDONLY | O_CLOEXEC) };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct daemon_setup setup = plain;

        setup.listen_fd = fds[i];
        struct daemon daemon = run(&setup);
        assert_false(daemon_tells(&daemon, "READY=1"));
        assert_int_equal(daemon_end(&daemon), 1);
        assert_int_equal(close(fds[i]), 0);
    }
}

/* ---- The configuration, read again ----------------------------------------------------------- */

/* With two connections open; those of before are counted until lsad has seen that they went. */
static void assert_third_is(int32_t expected)
{
    int held[2];

    for (size_t i = 0; i < 2; i++)
        for (held[i] = caller_reach(); caller_hello(held[i]) != SEC_E_OK; held[i] = caller_reach())
            assert_int_equal(close(held[i]), 0);
    int third = caller_reach();
    assert_int_equal(caller_hello(third), expected);
    assert_int_equal(close(held[0]) | close(held[1]) | close(third), 0);
}

static void takes_on_the_limits_that_it_reads_again(void **state)
{
    (void)state;
    world_configure("run", "[lsad]\nconnections = 2\n");
    struct daemon daemon = run_until_ready(&plain);
    assert_third_is(SEC_E_INSUFFICIENT_MEMORY);
    world_configure("run", "[lsad]\nconnections = 64\n");
    read_again(&daemon);
    assert_third_is(SEC_E_OK);
    end(&daemon);
}

static bool log_says(int fd, const char *text)
{
    char log[8192];
    ssize_t n = pread(fd, log, sizeof(log) - 1, 0);

    assert_true(n >= 0);
    log[n] = '\0';
    return strstr(log, text) != NULL;
}

/* Nothing of it is taken on, not even what holds. */
static void logs_a_configuration_that_does_not_hold_and_keeps_the_old_one(void **state)
{
    static const char *const bad[] = {
        "[lsad]\nconnections = none\n",
        "[lsad]\nconnections = 64\n[export]\nlifetime = 0\n",
        "[lsad]\nconnections = 64\n[map]\nnonsense = *\n",
        "[lsad]\nconnections = 64\nno key\n",
    };
    struct daemon_setup setup = plain;

    (void)state;
    world_configure("run", "[lsad]\nconnections = 2\n");
    setup.log_fd = open(world_path("log"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct daemon daemon = run_until_ready(&setup);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(ftruncate(setup.log_fd, 0), 0);
        world_configure("run", bad[i]);
        read_again(&daemon);
        assert_true(log_says(setup.log_fd, "the configuration stays as it was"));
        assert_third_is(SEC_E_INSUFFICIENT_MEMORY);
    }
    end(&daemon);
    assert_int_equal(close(setup.log_fd), 0);
}

/* Has the client an account here? */
static SECURITY_STATUS look_for_account(struct party *party, struct job *job)
{
    OPENSSPI_TOKEN_INFO info = { 0 };
    HANDLE token = NULL;

    SECURITY_STATUS status = QuerySecurityContextToken(&party->ctx, &token);
    if (status == SEC_E_OK)
        status = opensspi_token_query(token, &info);
    if (token != NULL)
        (void)CloseHandle(token);
    job->arg = info.has_mapping;
    return status;
}

static bool client_has_account(void)
{
    struct cast cast = cast_meet();
    struct job job = JOB_INIT;

    assert_int_equal(actor_do(&cast.server, look_for_account, &job), SEC_E_OK);
    return job.arg != 0;
}

static void takes_on_the_rules_for_accounts_that_it_reads_again(void **state)
{
    (void)state;
    world_configure("run", "");
    struct daemon daemon = run_until_ready(&plain);
    assert_false(client_has_account());
    world_configure("run", "[map]\n" WORLD_DOMAIN "\\" WORLD_USER " = root\n");
    read_again(&daemon);
    assert_true(client_has_account());
    world_configure("run", "");
    read_again(&daemon);
    assert_false(client_has_account());
    assert_int_equal(actors_end(NULL), 0);
    end(&daemon);
}

/* ---- No descriptors -------------------------------------------------------------------------- */

/* Nobody is there who could go and so make lsad look again. */
static void answers_who_waited_when_there_are_descriptors_again(void **state)
{
    const struct timeval long_enough = { .tv_sec = 20 };
    struct daemon_setup setup = plain;
    struct rlimit limit = { 0 };

    (void)state;
    setup.log_fd = open(world_path("full"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct daemon daemon = run_until_ready(&setup);
    assert_int_equal(prlimit(daemon.pid, RLIMIT_NOFILE, NULL, &limit), 0);
    struct rlimit none = { 0, limit.rlim_max };
    assert_int_equal(prlimit(daemon.pid, RLIMIT_NOFILE, &none, NULL), 0);
    int fd = caller_reach();
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &long_enough, sizeof(long_enough)), 0);
    while (!log_says(setup.log_fd, "no descriptors are left"))
        (void)sched_yield();
    assert_int_equal(prlimit(daemon.pid, RLIMIT_NOFILE, &limit, NULL), 0);
    assert_int_equal(caller_hello(fd), SEC_E_OK);
    assert_int_equal(close(fd), 0);
    end(&daemon);
    assert_int_equal(close(setup.log_fd), 0);
}

/* ---- The end --------------------------------------------------------------------------------- */

static int unsent_bytes(int fd)
{
    int n = 0;

    assert_int_equal(ioctl(fd, SIOCOUTQ, &n), 0);
    return n;
}

/* A call that goes on until the other end is closed: lsad is the last to have this descriptor. */
static int begin_long_call(const struct daemon *daemon, int *ret_other_end)
{
    struct frame_fds fds = { .fd = { caller_lingering(ret_other_end) }, .n = 1 };
    struct nothing nothing = { 0 };
    int fd = caller_greeted();

    tell(daemon, SIGSTOP);
    assert_int_equal(waitpid(daemon->pid, NULL, WUNTRACED), daemon->pid);
    assert_int_equal(caller_ask(fd, RPC_QUERY_TOKEN, &nothing, &fds), SSP_OK);
    assert_int_equal(close(fds.fd[0]), 0); /* before lsad does, or this would wait instead */
    tell(daemon, SIGCONT);
    while (unsent_bytes(fd) != 0)
        assert_int_equal(close(caller_greeted()), 0);
    return fd;
}

static void answers_a_call_under_way_before_it_ends_and_refuses_new_ones(void **state)
{
    struct sockaddr_un address = address_of("run.sock");
    int other_end;

    (void)state;
    struct daemon daemon = run_until_ready(&plain);
    int fd = begin_long_call(&daemon, &other_end);
    int idle = caller_greeted();
    int late = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    tell(&daemon, SIGTERM);
    assert_true(daemon_tells(&daemon, "STOPPING=1"));
    assert_int_equal(connect(late, (const struct sockaddr *)&address, sizeof(address)), -1);
    assert_int_equal(errno, ECONNREFUSED);
    assert_int_equal(caller_answer(idle), 1); /* closed: nothing was to be done for it */
    assert_int_equal(close(other_end), 0);
    assert_int_equal(caller_answer(fd), SEC_E_INVALID_TOKEN);
    assert_int_equal(caller_answer(fd), 1);
    assert_int_equal(daemon_end(&daemon), 0);
    assert_int_equal(close(fd) | close(idle) | close(late), 0);
}

static void waits_for_no_call_longer_than_it_is_told_to(void **state)
{
    int other_end;

    (void)state;
    world_configure("run", "[lsad]\ndrain = 1\n");
    struct daemon daemon = run_until_ready(&plain);
    int fd = begin_long_call(&daemon, &other_end); /* which nobody ends */
    tell(&daemon, SIGTERM);
    assert_true(daemon_tells(&daemon, "STOPPING=1"));
    assert_int_equal(daemon_end(&daemon), 0);
    assert_int_equal(caller_answer(fd), 1);
    assert_int_equal(close(fd) | close(other_end), 0);
    world_configure("run", "");
}

static void ends_at_an_interrupt_as_well(void **state)
{
    struct daemon daemon = run_until_ready(&plain);

    (void)state;
    tell(&daemon, SIGINT);
    assert_true(daemon_tells(&daemon, "STOPPING=1"));
    assert_int_equal(daemon_end(&daemon), 0);
}

/* The world's own lsad makes room for those of the cases. */
static int begin(void **state)
{
    int status = world_begin(state);

    return world_stop_lsad() ? status : -1;
}

static int finish(void **state)
{
    world_configure("run", "");
    world_start_lsad();
    return world_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_once_it_says_that_it_is_ready),
        cmocka_unit_test(is_never_ready_with_a_configuration_that_does_not_hold),
        cmocka_unit_test(gives_signs_of_life_as_often_as_they_are_wanted),
        cmocka_unit_test(gives_none_that_are_wanted_of_another_process),
        cmocka_unit_test(answers_on_the_socket_that_is_passed),
        cmocka_unit_test(leaves_a_socket_that_is_passed_to_another_process),
        cmocka_unit_test(does_not_start_with_a_passed_descriptor_that_is_no_such_socket),
        cmocka_unit_test(takes_on_the_limits_that_it_reads_again),
        cmocka_unit_test(logs_a_configuration_that_does_not_hold_and_keeps_the_old_one),
        ACTOR_TEST(takes_on_the_rules_for_accounts_that_it_reads_again),
        cmocka_unit_test(answers_who_waited_when_there_are_descriptors_again),
        cmocka_unit_test(answers_a_call_under_way_before_it_ends_and_refuses_new_ones),
        cmocka_unit_test(waits_for_no_call_longer_than_it_is_told_to),
        cmocka_unit_test(ends_at_an_interrupt_as_well),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
