/* SPDX-License-Identifier: Apache-2.0 */
/* fork() copies a process, and must not copy a context. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/fake_lsa.h"
#include "harness/harness.h"

static char16_t package[] = u"fake";

/* The number of the first claim that does not hold in the child; 0 when all do. */
static int in_child(int (*claims)(void *arg), void *arg)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(claims(arg));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* ---- fork() while another thread starts the library -------------------- */

static atomic_bool is_starting;
static atomic_bool may_end;

/* Long enough for a fork() that does not wait. */
static void start_slowly(void)
{
    atomic_store(&is_starting, true);
    for (int i = 0; i < 10000; i++)
        (void)sched_yield();
}

static bool acquires(void *arg)
{
    CredHandle cred = { 0 };

    (void)arg;
    (void)alarm(60); /* ends who waits for ever */
    return AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_BOTH, NULL, NULL, NULL, NULL, &cred,
                                     NULL) == SEC_E_OK;
}

/* Ends after the fork(): one that had ended before would be nobody's to join in the child. */
static void *start(void *arg)
{
    *(bool *)arg = acquires(NULL);
    while (!atomic_load(&may_end))
        (void)sched_yield();
    return NULL;
}

static bool forks_while_it_starts(void *arg)
{
    pthread_t thread;
    bool started = false;

    (void)arg;
    fake_at_open = start_slowly;
    if (pthread_create(&thread, NULL, start, &started) != 0)
        return false;
    while (!atomic_load(&is_starting))
        (void)sched_yield();
    bool child_is_well = child_says(acquires, NULL);
    atomic_store(&may_end, true);
    return pthread_join(thread, NULL) == 0 && started && child_is_well;
}

/* In a child, so that the library has not been started. */
static void gives_the_child_a_library_that_is_not_half_started(void **state)
{
    (void)state;
    assert_true(child_says(forks_while_it_starts, NULL));
}

/* ---- fork() while lsad does not answer ----------------------------------- */

/* A socket that a configuration leads to, where nobody says anything. */
static int silent_lsad(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *conf_path = scratch("conf");
    FILE *conf = fopen(conf_path, "we");
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch("lsad.sock"));
    assert_true(fprintf(conf, "[lsa]\nmode = lsad\nsocket = %s\n", address.sun_path) > 0);
    assert_int_equal(fclose(conf), 0);
    assert_int_equal(chmod(conf_path, 0600), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 1), 0);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet */
    assert_int_equal(setenv("OPENSSPI_CONFIG", conf_path, 1), 0);
    return fd;
}

static atomic_bool has_given_up;

static void *start_in_vain(void *arg)
{
    *(bool *)arg = !acquires(NULL);
    atomic_store(&has_given_up, true);
    return NULL;
}

static bool is_alive(void *arg)
{
    (void)arg;
    return true;
}

/* The start has reached lsad when lsad was told something. */
static bool forks_while_lsad_is_silent(void *arg)
{
    pthread_t thread;
    bool failed = false;
    char hello = 0;

    (void)alarm(30); /* ends who waits for ever */
    if (pthread_create(&thread, NULL, start_in_vain, &failed) != 0)
        return false;
    int its = accept4(*(const int *)arg, NULL, NULL, SOCK_CLOEXEC);
    if (recv(its, &hello, sizeof(hello), 0) != sizeof(hello))
        return false;
    bool child_is_well = child_says(is_alive, NULL);
    bool waited = atomic_load(&has_given_up);
    (void)close(its);
    return pthread_join(thread, NULL) == 0 && failed && child_is_well && !waited;
}

/* In a child, so that the library has not been started. */
static void is_not_held_up_by_an_lsad_that_says_nothing(void **state)
{
    int lsad = silent_lsad();

    (void)state;
    assert_true(child_says(forks_while_lsad_is_silent, &lsad));
    assert_int_equal(close(lsad), 0);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): the only thread */
    assert_int_equal(unsetenv("OPENSSPI_CONFIG"), 0);
}

/* ---- What there is before ------------------------------------------------ */

static int has_nothing(void *arg)
{
    CtxtHandle *ctx = arg;
    SecPkgContext_Lifespan lifespan = { 0 };
    SecBuffer blob = { 0 };
    int calls = seen.package_calls;
    int lsa_contexts = seen.lsa_contexts;

    if (fake_encrypt(ctx) != SEC_E_INVALID_HANDLE)
        return 1;
    if (QueryContextAttributesW(ctx, SECPKG_ATTR_LIFESPAN, &lifespan) != SEC_E_INVALID_HANDLE)
        return 2;
    if (ExportSecurityContext(ctx, 0, &blob, NULL) != SEC_E_INVALID_HANDLE)
        return 3;
    if (InitializeSecurityContextW(NULL, ctx, NULL, 0, 0, 0, NULL, 0, NULL, NULL, NULL, NULL) !=
        SEC_E_INVALID_HANDLE)
        return 4;
    if (DeleteSecurityContext(ctx) != SEC_E_OK || DeleteSecurityContext(ctx) == SEC_E_OK)
        return 5;
    return seen.package_calls == calls && seen.lsa_contexts == lsa_contexts ? 0 : 6;
}

static void gives_the_child_no_live_context(void **state)
{
    CtxtHandle ctx = fake_live();

    (void)state;
    assert_int_equal(in_child(has_nothing, &ctx), 0);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_OK); /* the parent's is as it was */
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void gives_the_child_no_half_done_handshake(void **state)
{
    CtxtHandle ctx = fake_negotiating();

    (void)state;
    assert_int_equal(in_child(has_nothing, &ctx), 0);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static void gives_the_child_no_frozen_context(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = { 0 };

    (void)state;
    assert_int_equal(ExportSecurityContext(&ctx, 0, &blob, NULL), SEC_E_OK);
    assert_int_equal(in_child(has_nothing, &ctx), 0);
    assert_int_equal(fake_encrypt(&ctx), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
}

static int imports_and_makes_its_own(void *arg)
{
    SecBuffer *blob = arg;
    CtxtHandle ctx = { 0 };
    CtxtHandle own = fake_live();

    if (ImportSecurityContextW(package, blob, NULL, &ctx) != SEC_E_OK ||
        fake_encrypt(&ctx) != SEC_E_OK)
        return 1;
    if (fake_encrypt(&own) != SEC_E_OK || DeleteSecurityContext(&own) != SEC_E_OK)
        return 2;
    return DeleteSecurityContext(&ctx) == SEC_E_OK ? 0 : 3;
}

static void lets_the_child_work_with_what_it_is_given(void **state)
{
    CtxtHandle ctx = fake_live();
    SecBuffer blob = { 0 };

    (void)state;
    assert_int_equal(ExportSecurityContext(&ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob, NULL),
                     SEC_E_OK);
    assert_int_equal(in_child(imports_and_makes_its_own, &blob), 0);
    assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(gives_the_child_a_library_that_is_not_half_started),
        FAKE_TEST(is_not_held_up_by_an_lsad_that_says_nothing),
        FAKE_TEST(gives_the_child_no_live_context),
        FAKE_TEST(gives_the_child_no_half_done_handshake),
        FAKE_TEST(gives_the_child_no_frozen_context),
        FAKE_TEST(lets_the_child_work_with_what_it_is_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
