/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of functions, and acting for a client. */
#include <string.h>
#include <unistd.h>

#include "base/handle.h"
#include "harness/fake_lsa.h"
#include "harness/harness.h"

static void *member(const void *table, size_t i)
{
    void *p = NULL;

    memcpy(&p, (const uint8_t *)table + sizeof(p) * (1 + i), sizeof(p));
    return p;
}

enum { MEMBERS = sizeof(SecurityFunctionTableA) / sizeof(void *) - 1 };

static bool is_reserved(size_t i)
{
    return i == 4 || i == 17 || i == 18 || i == 22;
}

static void fills_every_member_that_windows_does(void **state)
{
    PSecurityFunctionTableA a = InitSecurityInterfaceA();
    PSecurityFunctionTableW w = InitSecurityInterfaceW();

    (void)state;
    assert_int_equal(a->dwVersion, SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5);
    assert_int_equal(w->dwVersion, SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5);
    for (size_t i = 0; i < MEMBERS; i++) {
        assert_int_equal(member(a, i) == NULL, is_reserved(i));
        assert_int_equal(member(w, i) == NULL, is_reserved(i));
    }
}

static void has_the_functions_that_their_names_say(void **state)
{
    PSecurityFunctionTableA a = InitSecurityInterfaceA();
    PSecurityFunctionTableW w = InitSecurityInterfaceW();

    (void)state;
    assert_ptr_equal(a->InitializeSecurityContextA, InitializeSecurityContextA);
    assert_ptr_equal(w->InitializeSecurityContextW, InitializeSecurityContextW);
    assert_ptr_equal(a->ImportSecurityContextA, ImportSecurityContextA);
    assert_ptr_equal(w->ImportSecurityContextW, ImportSecurityContextW);
    assert_ptr_equal(a->ExportSecurityContext, w->ExportSecurityContext);
    assert_ptr_equal(a->EncryptMessage, EncryptMessage);
    assert_ptr_equal(w->DecryptMessage, DecryptMessage);
    assert_ptr_equal(w->MakeSignature, MakeSignature);
    assert_ptr_equal(w->VerifySignature, VerifySignature);
}

static void impersonates_nobody_without_a_token(void **state)
{
    CtxtHandle ctx = fake_live();
    CtxtHandle gone = ctx;

    (void)state;
    assert_int_equal(ImpersonateSecurityContext(&ctx), SEC_E_NO_IMPERSONATION);
    assert_int_equal(RevertSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(ImpersonateSecurityContext(&gone), SEC_E_INVALID_HANDLE);
    assert_int_equal(RevertSecurityContext(&gone), SEC_E_INVALID_HANDLE);
}

/* What the context hands out is a duplicate, which the fake LSA does not know. */
static void impersonates_nobody_for_a_token_that_the_lsa_did_not_make(void **state)
{
    int fds[2];
    CtxtHandle ctx = { 0 };

    (void)state;
    assert_int_equal(pipe(fds), 0);
    fake.token = handle_of_fd(fds[0]);
    ctx = fake_live();
    assert_int_equal(ImpersonateSecurityContext(&ctx), SEC_E_INVALID_TOKEN);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    handle_close(&fake.token);
    assert_int_equal(close(fds[1]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(fills_every_member_that_windows_does),
        FAKE_TEST(has_the_functions_that_their_names_say),
        FAKE_TEST(impersonates_nobody_without_a_token),
        FAKE_TEST(impersonates_nobody_for_a_token_that_the_lsa_did_not_make),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
