/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One context, several threads.  The fake package aborts when a promise is broken,
 * so what these tests assert is what is left over; run them under ThreadSanitizer
 * too.
 */
#include <pthread.h>

#include "harness/fake_lsa.h"
#include "harness/harness.h"

enum { ROUNDS = 200, CALLS = 200 };

static char16_t package[] = u"fake";

/* What the threads share. */
struct shared {
    pthread_barrier_t start;
    CtxtHandle ctx;
    SecBuffer blob;
    CtxtHandle imported;
    atomic_int deleted;
    atomic_int protected; /* messages that the old context still protected */
    atomic_int unexpected;
};

static void expect(struct shared *shared, SECURITY_STATUS status, SECURITY_STATUS end)
{
    if (status != SEC_E_OK && status != end)
        atomic_fetch_add(&shared->unexpected, 1);
}

static void *encrypts(void *arg)
{
    struct shared *shared = arg;
    struct fake_message message;

    fake_message(&message);
    (void)pthread_barrier_wait(&shared->start);
    for (int i = 0; i < CALLS; i++)
        expect(shared, EncryptMessage(&shared->ctx, 0, &message.desc, 0), SEC_E_INVALID_HANDLE);
    return NULL;
}

static void *decrypts(void *arg)
{
    struct shared *shared = arg;
    struct fake_message message;
    ULONG qop = 0;

    fake_message(&message);
    (void)pthread_barrier_wait(&shared->start);
    for (int i = 0; i < CALLS; i++)
        expect(shared, DecryptMessage(&shared->ctx, &message.desc, 0, &qop), SEC_E_INVALID_HANDLE);
    return NULL;
}

static void *asks(void *arg)
{
    struct shared *shared = arg;
    SecPkgContext_Lifespan lifespan = { 0 };

    (void)pthread_barrier_wait(&shared->start);
    for (int i = 0; i < CALLS; i++)
        expect(shared, QueryContextAttributesW(&shared->ctx, SECPKG_ATTR_LIFESPAN, &lifespan),
               SEC_E_INVALID_HANDLE);
    return NULL;
}

static void *deletes(void *arg)
{
    struct shared *shared = arg;

    (void)pthread_barrier_wait(&shared->start);
    if (DeleteSecurityContext(&shared->ctx) == SEC_E_OK)
        atomic_fetch_add(&shared->deleted, 1);
    return NULL;
}

static void *exports_and_deletes(void *arg)
{
    struct shared *shared = arg;
    SecBuffer blob = { 0 };

    (void)pthread_barrier_wait(&shared->start);
    if (ExportSecurityContext(&shared->ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob, NULL) ==
        SEC_E_OK)
        shared->blob = blob;
    return NULL;
}

static void *imports(void *arg)
{
    struct shared *shared = arg;
    CtxtHandle ctx = { 0 };

    (void)pthread_barrier_wait(&shared->start);
    if (ImportSecurityContextW(package, &shared->blob, NULL, &ctx) == SEC_E_OK)
        shared->imported = ctx;
    return NULL;
}

/* Thaws unless the importer was faster, and then says so for ever. */
static void *thaws(void *arg)
{
    struct shared *shared = arg;
    struct fake_message message;

    fake_message(&message);
    (void)pthread_barrier_wait(&shared->start);
    for (int i = 0; i < 3; i++) {
        SECURITY_STATUS status = EncryptMessage(&shared->ctx, 0, &message.desc, 0);

        expect(shared, status, SEC_E_CONTEXT_EXPIRED);
        if (status == SEC_E_OK)
            atomic_fetch_add(&shared->protected, 1);
    }
    return NULL;
}

typedef void *body(void *arg);

static void run(struct shared *shared, body *const *bodies, size_t n)
{
    pthread_t threads[8];

    assert_int_equal(pthread_barrier_init(&shared->start, NULL, (unsigned)n), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, bodies[i], shared), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(pthread_barrier_destroy(&shared->start), 0);
    assert_int_equal(shared->unexpected, 0);
}

static void deletes_under_those_who_use_it(void **state)
{
    static body *const bodies[] = { encrypts, decrypts, asks, deletes, deletes };

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct shared shared = { .ctx = fake_live() };

        run(&shared, bodies, 5);
        assert_int_equal(shared.deleted, 1);
        assert_int_equal(seen.user_contexts, 0);
        assert_int_equal(seen.lsa_contexts, 0);
    }
}

static void exports_under_those_who_use_it(void **state)
{
    static body *const bodies[] = { encrypts, decrypts, asks, exports_and_deletes };

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct shared shared = { .ctx = fake_live() };

        run(&shared, bodies, 4);
        assert_non_null(shared.blob.pvBuffer);
        assert_int_equal(seen.user_contexts, 0);
        assert_int_equal(FreeContextBuffer(shared.blob.pvBuffer), SEC_E_OK);
    }
}

static void exports_and_is_deleted_at_once(void **state)
{
    static body *const bodies[] = { exports_and_deletes, deletes };

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct shared shared = { .ctx = fake_live() };

        run(&shared, bodies, 2);
        assert_true(shared.deleted == 1 || shared.blob.pvBuffer != NULL);
        assert_int_equal(seen.user_contexts, 0);
        assert_int_equal(seen.lsa_contexts, 0);
        assert_int_equal(FreeContextBuffer(shared.blob.pvBuffer), SEC_E_OK);
    }
}

/* Whoever claims the ticket has the context: the threads of the old one, or the importer. */
static void thaws_or_imports_and_never_both(void **state)
{
    static body *const bodies[] = { thaws, imports, thaws };

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct shared shared = { .ctx = fake_live() };

        assert_int_equal(ExportSecurityContext(&shared.ctx, 0, &shared.blob, NULL), SEC_E_OK);
        run(&shared, bodies, 3);
        assert_int_equal(shared.protected, shared.imported.dwLower != 0 ? 0 : 6);
        assert_int_equal(FreeContextBuffer(shared.blob.pvBuffer), SEC_E_OK);
        assert_int_equal(DeleteSecurityContext(&shared.ctx), SEC_E_OK);
        if (shared.imported.dwLower != 0)
            assert_int_equal(DeleteSecurityContext(&shared.imported), SEC_E_OK);
        assert_int_equal(seen.user_contexts, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(deletes_under_those_who_use_it),
        FAKE_TEST(exports_under_those_who_use_it),
        FAKE_TEST(exports_and_is_deleted_at_once),
        FAKE_TEST(thaws_or_imports_and_never_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
