/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/harness.h"
#include "lsa/status.h"

static SECURITY_STATUS call(NTSTATUS status)
{
    return status_from_nt(status, STATUS_OF_CALL);
}

static SECURITY_STATUS token(NTSTATUS status)
{
    return status_from_nt(status, STATUS_OF_TOKEN);
}

static void lets_sspi_codes_through_unchanged(void **state)
{
    (void)state;
    assert_int_equal(call(SEC_E_OK), SEC_E_OK);
    assert_int_equal(call(SEC_I_CONTINUE_NEEDED), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(token(SEC_I_ASYNC_CALL_PENDING), SEC_I_ASYNC_CALL_PENDING);
    assert_int_equal(call(SEC_E_LOGON_DENIED), SEC_E_LOGON_DENIED);
    assert_int_equal(call((NTSTATUS)0x8009ffff), (SECURITY_STATUS)0x8009ffff);
}

static void refuses_every_success_that_sspi_does_not_know(void **state)
{
    (void)state;
    assert_int_equal(call(1), SEC_E_INTERNAL_ERROR);
    assert_int_equal(call(STATUS_PENDING), SEC_E_INTERNAL_ERROR);
    assert_int_equal(call(0x7fffffff), SEC_E_INTERNAL_ERROR);
    assert_int_equal(call(0x00090311), SEC_E_INTERNAL_ERROR);
    assert_int_equal(call(0x0009ffff), SEC_E_INTERNAL_ERROR);
}

static void turns_what_it_does_not_know_into_an_internal_error(void **state)
{
    (void)state;
    assert_int_equal(call(STATUS_UNSUCCESSFUL), SEC_E_INTERNAL_ERROR);
    assert_int_equal(call(STATUS_MORE_PROCESSING_REQUIRED), SEC_E_INTERNAL_ERROR);
    assert_int_equal(call((NTSTATUS)0x80000001), SEC_E_INTERNAL_ERROR);
    assert_int_equal(call((NTSTATUS)0x800a0308), SEC_E_INTERNAL_ERROR);
}

static void maps_what_has_an_sspi_name(void **state)
{
    static const struct {
        NTSTATUS from;
        SECURITY_STATUS to;
    } rows[] = {
        { STATUS_NO_MEMORY, SEC_E_INSUFFICIENT_MEMORY },
        { STATUS_INSUFFICIENT_RESOURCES, SEC_E_INSUFFICIENT_MEMORY },
        { STATUS_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
        { STATUS_NOT_SUPPORTED, SEC_E_UNSUPPORTED_FUNCTION },
        { STATUS_NOT_IMPLEMENTED, SEC_E_UNSUPPORTED_FUNCTION },
        { STATUS_LOGON_FAILURE, SEC_E_LOGON_DENIED },
        { STATUS_ACCOUNT_LOCKED_OUT, SEC_E_LOGON_DENIED },
        { STATUS_PASSWORD_MUST_CHANGE, SEC_E_LOGON_DENIED },
        { STATUS_NO_LOGON_SERVERS, SEC_E_NO_AUTHENTICATING_AUTHORITY },
        { STATUS_NO_SUCH_LOGON_SESSION, SEC_E_NO_CREDENTIALS },
        { STATUS_ACCESS_DENIED, SEC_E_NOT_OWNER },
        { STATUS_NO_TOKEN, SEC_E_NO_IMPERSONATION },
        { STATUS_BUFFER_OVERFLOW, SEC_E_BUFFER_TOO_SMALL },
        { STATUS_NO_SUCH_PACKAGE, SEC_E_SECPKG_NOT_FOUND },
        { STATUS_TIME_DIFFERENCE_AT_DC, SEC_E_TIME_SKEW },
        { STATUS_INVALID_SIGNATURE, SEC_E_MESSAGE_ALTERED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(call(rows[i].from), rows[i].to);
        assert_int_equal(token(rows[i].from), rows[i].to);
    }
}

static void blames_the_token_in_a_handshake_and_the_argument_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(call(STATUS_INVALID_PARAMETER), SEC_E_INVALID_PARAMETER);
    assert_int_equal(token(STATUS_INVALID_PARAMETER), SEC_E_INVALID_TOKEN);
    assert_int_equal(token(STATUS_REVISION_MISMATCH), SEC_E_INVALID_TOKEN);
    assert_int_equal(token(STATUS_CONTEXT_MISMATCH), SEC_E_INVALID_TOKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lets_sspi_codes_through_unchanged),
        TEST(refuses_every_success_that_sspi_does_not_know),
        TEST(turns_what_it_does_not_know_into_an_internal_error),
        TEST(maps_what_has_an_sspi_name),
        TEST(blames_the_token_in_a_handshake_and_the_argument_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
