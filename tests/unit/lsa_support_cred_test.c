/* SPDX-License-Identifier: Apache-2.0 */
/* GetCredentials: what a client brought of its own, and for whose ears it is. */
#include "base/cleanup.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/call.h"
#include "lsa/logon.h"
#include "lsa/support.h"

#include <string.h>

enum { GATHERER = 7 };

static const char gathered[] = "tickets of alice's";

/* Alice acquires a credential, and brings along what that package's user half gathered. */
struct acquisition {
    struct lsa_acquire what;
    struct call call;
};

static void begin(struct acquisition *ret)
{
    *ret = (struct acquisition){ .what = { .gatherer = GATHERER, .gathered = VIEW_OF(gathered) } };
    call_begin(&ret->call, fixture.lsa, fixture.alice, NULL, 0);
    ret->call.acquire = &ret->what;
}

static NTSTATUS ask_of(LUID session, ULONG package, LSA_STRING *ret)
{
    return support_get_credentials(&session, package, NULL, FALSE, NULL, NULL, ret);
}

/* What alice's session has for the package that gathered. */
static NTSTATUS ask(LSA_STRING *ret)
{
    return ask_of(fixture.alice->logon->id, GATHERER, ret);
}

static void assert_has_it(void)
{
    LSA_STRING got = { 0 };

    assert_int_equal(ask(&got), STATUS_SUCCESS);
    assert_view_equal((struct view){ (const uint8_t *)got.Buffer, got.Length }, VIEW_OF(gathered));
    assert_int_equal(got.MaximumLength, got.Length);
    assert_ptr_not_equal(got.Buffer, gathered);
    assert_int_equal(heap_free(got.Buffer), SSP_OK);
}

static void assert_has_none(NTSTATUS want)
{
    LSA_STRING got = { 0 };

    assert_int_equal(ask(&got), want);
    assert_null(got.Buffer);
}

static void a_copy_goes_to_who_asks_in_that_call(void **state)
{
    struct acquisition acquisition;

    (void)state;
    begin(&acquisition);
    assert_has_it();
    assert_has_it();
    call_end(&acquisition.call);
    assert_has_none(STATUS_INVALID_HANDLE);
}

static void nothing_is_known_where_nothing_is_acquired(void **state)
{
    ssp_cleanup(call_end) struct call call;

    (void)state;
    call_begin(&call, fixture.lsa, fixture.alice, NULL, 0);
    assert_has_none(SEC_E_NO_CREDENTIALS);
}

static void the_lsas_own_business_has_no_credentials(void **state)
{
    ssp_cleanup(call_end) struct call call;

    (void)state;
    call_begin(&call, fixture.lsa, NULL, NULL, 0);
    assert_has_none(STATUS_INVALID_HANDLE);
}

static void another_session_has_none(void **state)
{
    struct acquisition acquisition;
    LSA_STRING got = { 0 };
    LUID other = fixture.alice->logon->id;

    (void)state;
    begin(&acquisition);
    assert_int_equal(ask_of(fixture.bob->logon->id, GATHERER, &got), STATUS_NO_SUCH_LOGON_SESSION);
    other.HighPart ^= 1;
    assert_int_equal(ask_of(other, GATHERER, &got), STATUS_NO_SUCH_LOGON_SESSION);
    assert_null(got.Buffer);
    call_end(&acquisition.call);
}

static void another_package_gets_none(void **state)
{
    struct acquisition acquisition;
    LSA_STRING got = { 0 };

    (void)state;
    begin(&acquisition);
    assert_int_equal(ask_of(fixture.alice->logon->id, GATHERER + 1, &got), SEC_E_NO_CREDENTIALS);
    assert_null(got.Buffer);
    call_end(&acquisition.call);
}

/* Lengths of an LSA_STRING have 16 bits. */
static void nothing_and_too_much_are_none(void **state)
{
    static uint8_t much[UINT16_MAX + 1];
    struct acquisition acquisition;
    LSA_STRING got = { 0 };

    (void)state;
    begin(&acquisition);
    acquisition.what.gathered = (struct view){ 0 };
    assert_has_none(SEC_E_NO_CREDENTIALS);
    acquisition.what.gathered = VIEW_OF(much);
    assert_has_none(SEC_E_NO_CREDENTIALS);
    acquisition.what.gathered.n--;
    assert_int_equal(ask(&got), STATUS_SUCCESS);
    assert_int_equal(got.Length, UINT16_MAX);
    assert_int_equal(heap_free(got.Buffer), SSP_OK);
    call_end(&acquisition.call);
}

/* Negotiate acquires of the packages inside it. */
static void a_package_inside_another_hears_what_came_for_it(void **state)
{
    struct acquisition acquisition;
    struct call inner;
    struct call innermost;

    (void)state;
    begin(&acquisition);
    call_begin(&inner, fixture.lsa, fixture.alice, NULL, 0);
    call_begin(&innermost, fixture.lsa, fixture.alice, NULL, 0);
    assert_has_it();
    call_end(&innermost);
    call_end(&inner);
    call_end(&acquisition.call);
}

static void what_is_nearest_counts(void **state)
{
    static const struct lsa_acquire nearer = { .gatherer = GATHERER };
    struct acquisition acquisition;
    struct call inner;

    (void)state;
    begin(&acquisition);
    call_begin(&inner, fixture.lsa, fixture.alice, NULL, 0);
    inner.acquire = &nearer;
    assert_has_none(SEC_E_NO_CREDENTIALS);
    call_end(&inner);
    call_end(&acquisition.call);
}

static void a_call_for_somebody_else_hears_nothing(void **state)
{
    struct acquisition acquisition;
    struct call inner;
    LSA_STRING got = { 0 };

    (void)state;
    begin(&acquisition);
    call_begin(&inner, fixture.lsa, fixture.bob, NULL, 0);
    assert_int_equal(ask_of(fixture.bob->logon->id, GATHERER, &got), SEC_E_NO_CREDENTIALS);
    assert_int_equal(ask(&got), STATUS_NO_SUCH_LOGON_SESSION);
    assert_null(got.Buffer);
    call_end(&inner);
    call_end(&acquisition.call);
}

static void refuses_questions_without_a_session_or_a_place(void **state)
{
    struct acquisition acquisition;
    LSA_STRING got = { 0 };
    LUID id = fixture.alice->logon->id;

    (void)state;
    begin(&acquisition);
    assert_int_equal(support_get_credentials(NULL, GATHERER, NULL, FALSE, NULL, NULL, &got),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(support_get_credentials(&id, GATHERER, NULL, FALSE, NULL, NULL, NULL),
                     STATUS_INVALID_PARAMETER);
    call_end(&acquisition.call);
}

static void without_memory_there_is_no_copy(void **state)
{
    struct acquisition acquisition;

    (void)state;
    begin(&acquisition);
    fault_malloc_at(0);
    assert_has_none(STATUS_NO_MEMORY);
    assert_true(fault_came());
    assert_has_it();
    call_end(&acquisition.call);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_copy_goes_to_who_asks_in_that_call),
        CASE(nothing_is_known_where_nothing_is_acquired),
        CASE(the_lsas_own_business_has_no_credentials),
        CASE(another_session_has_none),
        CASE(another_package_gets_none),
        CASE(nothing_and_too_much_are_none),
        CASE(a_package_inside_another_hears_what_came_for_it),
        CASE(what_is_nearest_counts),
        CASE(a_call_for_somebody_else_hears_nothing),
        CASE(refuses_questions_without_a_session_or_a_place),
        CASE(without_memory_there_is_no_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
