/* SPDX-License-Identifier: Apache-2.0 */
/* What packages are offered, inside and outside a call. */
#include "base/cleanup.h"
#include "base/handle.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/call.h"
#include "lsa/protect.h"
#include "lsa/sid.h"
#include "lsa/support.h"
#include "lsa/token.h"

#include <unistd.h>

static const LSA_SECPKG_FUNCTION_TABLE *table(void)
{
    return support_table();
}

static const struct package *mock_package(void)
{
    return package_by_name(&fixture.lsa->packages, MOCK);
}

static void every_documented_slot_is_filled(void **state)
{
    const size_t reserved[] = {
        offsetof(LSA_SECPKG_FUNCTION_TABLE, DummyFunction6),
        offsetof(LSA_SECPKG_FUNCTION_TABLE, DummyFunction7),
        offsetof(LSA_SECPKG_FUNCTION_TABLE, GetSecpkgFailureReason),
        offsetof(LSA_SECPKG_FUNCTION_TABLE, SetSecpkgFailureReason),
    };

    (void)state;
    for (size_t at = 0; at < sizeof(LSA_SECPKG_FUNCTION_TABLE); at += sizeof(void *)) {
        void *slot = NULL;
        bool is_reserved = false;

        memcpy(&slot, (const uint8_t *)table() + at, sizeof(slot));
        for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
            is_reserved = is_reserved || reserved[i] == at;
        assert_int_equal(slot == NULL, is_reserved);
    }
    assert_memory_equal(support_dispatch_table(), table(), sizeof(LSA_DISPATCH_TABLE));
}

static void outside_a_call_only_the_heap_works(void **state)
{
    LUID id = { 0 };
    HANDLE handle = NULL;
    PVOID there = NULL;
    SECPKG_CLIENT_INFO info;
    SECPKG_CALL_INFO call;
    ULONG flags = 0;
    PVOID block = table()->AllocateLsaHeap(10);

    (void)state;
    assert_non_null(block);
    table()->FreeLsaHeap(block);
    block = table()->AllocatePrivateHeap(10);
    assert_non_null(block);
    table()->FreePrivateHeap(block);
    assert_int_equal(table()->CreateLogonSession(&id), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->DeleteLogonSession(&id), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->DuplicateHandle(handle_of_fd(1), &handle), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->AllocateClientBuffer(NULL, 1, &there), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->FreeClientBuffer(NULL, there), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->CopyToClientBuffer(NULL, 1, &id, &id), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->CopyFromClientBuffer(NULL, 1, &id, &id), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->GetClientInfo(&info), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->GetExtendedCallFlags(&flags), STATUS_INVALID_HANDLE);
    assert_int_equal(table()->ImpersonateClient(), STATUS_INVALID_HANDLE);
    assert_false(table()->GetCallInfo(&call));
}

static void inside_a_call_it_is_about_its_client(void **state)
{
    ssp_cleanup(call_end) struct call call;
    SECPKG_CLIENT_INFO info = { 0 };
    SECPKG_CLIENT_INFO_EX info_ex = { 0 };
    SECPKG_CALL_INFO call_info = { 0 };
    ULONG flags = 7;

    (void)state;
    call_begin(&call, fixture.lsa, fixture.bob, mock_package(), SECPKG_CALL_ANSI);
    assert_int_equal(table()->GetClientInfo(&info), STATUS_SUCCESS);
    assert_int_equal(info.ProcessID, 2001);
    assert_int_equal(info.ThreadID, 2002);
    assert_true(SecEqualLuid(&info.LogonId, &fixture.bob->logon->id));
    assert_int_equal(info.HasTcbPrivilege, fixture.bob->door->uid(fixture.bob) == 0);
    assert_int_equal(table()->GetClientInfoEx(&info_ex, sizeof(info_ex)), STATUS_SUCCESS);
    assert_true(SecEqualLuid(&info_ex.IdentificationLogonId, &info.LogonId));
    assert_int_equal(table()->GetClientInfoEx(&info_ex, 8), STATUS_INVALID_PARAMETER);
    assert_true(table()->GetCallInfo(&call_info));
    assert_true((call_info.Attributes & SECPKG_CALL_ANSI) != 0);
    assert_int_equal(table()->GetExtendedCallFlags(&flags), STATUS_SUCCESS);
    assert_int_equal(flags, 0);
    assert_int_equal(table()->ImpersonateClient(), STATUS_NOT_SUPPORTED);
}

static void calls_nest_and_are_counted(void **state)
{
    ssp_cleanup(call_end) struct call outer;
    SECPKG_CALL_INFO first = { 0 };
    SECPKG_CALL_INFO second = { 0 };

    (void)state;
    call_begin(&outer, fixture.lsa, fixture.alice, mock_package(), 0);
    assert_true(table()->GetCallInfo(&first));
    {
        ssp_cleanup(call_end) struct call inner;

        call_begin(&inner, fixture.lsa, fixture.alice, mock_package(), 0);
        assert_true(table()->GetCallInfo(&second));
        assert_true((second.Attributes & SECPKG_CALL_RECURSIVE) != 0);
        assert_int_equal(second.CallCount, first.CallCount + 1);
    }
    assert_ptr_equal(call_current(), &outer);
    assert_true((first.Attributes & SECPKG_CALL_RECURSIVE) == 0);
}

static void a_package_calls_another_by_name(void **state)
{
    static char16_t other[] = u"mocktoo";
    static char16_t none[] = u"none";
    UNICODE_STRING name = { sizeof(other) - 2, sizeof(other) - 2, other };
    char get[] = "get creds";
    PVOID reply = NULL;
    ULONG n = 0;
    NTSTATUS protocol = STATUS_UNSUCCESSFUL;
    ssp_cleanup(call_end) struct call call;

    (void)state;
    call_begin(&call, fixture.lsa, fixture.alice, mock_package(), 0);
    assert_int_equal(table()->CallPackage(&name, get, sizeof(get), &reply, &n, &protocol),
                     STATUS_SUCCESS);
    assert_int_equal(n, sizeof(long));
    assert_int_equal(protocol, STATUS_SUCCESS);
    table()->FreeReturnBuffer(reply);
    assert_int_equal(
        table()->CallPackagePassthrough(&name, get, get, sizeof(get), &reply, &n, &protocol),
        STATUS_NOT_SUPPORTED);
    name = (UNICODE_STRING){ sizeof(none) - 2, sizeof(none) - 2, none };
    assert_int_equal(table()->CallPackageEx(&name, get, get, sizeof(get), &reply, &n, &protocol),
                     STATUS_NO_SUCH_PACKAGE);
}

static void memory_goes_to_the_client_and_back(void **state)
{
    ssp_cleanup(call_end) struct call call;
    PVOID there = NULL;
    char back[6] = "";
    SecBuffer unmapped = { 6, SECBUFFER_TOKEN | SECBUFFER_UNMAPPED, NULL };
    SecBuffer mapped = { 0 };

    (void)state;
    call_begin(&call, fixture.lsa, fixture.alice, mock_package(), 0);
    assert_int_equal(table()->AllocateClientBuffer(NULL, 6, &there), STATUS_SUCCESS);
    assert_int_equal(table()->CopyToClientBuffer(NULL, 6, there, (PVOID)(uintptr_t) "hello"),
                     STATUS_SUCCESS);
    assert_int_equal(table()->CopyFromClientBuffer(NULL, 6, back, there), STATUS_SUCCESS);
    assert_string_equal(back, "hello");
    unmapped.pvBuffer = there;
    assert_int_equal(table()->MapBuffer(&unmapped, &mapped), STATUS_SUCCESS);
    assert_ptr_not_equal(mapped.pvBuffer, there);
    assert_int_equal(mapped.BufferType, SECBUFFER_TOKEN);
    assert_string_equal(mapped.pvBuffer, "hello");
    table()->FreeLsaHeap(mapped.pvBuffer);
    unmapped.BufferType = SECBUFFER_TOKEN;
    assert_int_equal(table()->MapBuffer(&unmapped, &mapped), STATUS_SUCCESS);
    assert_ptr_equal(mapped.pvBuffer, there);
    assert_int_equal(table()->FreeClientBuffer(NULL, there), STATUS_SUCCESS);
}

/* ---- Sessions and tokens ----------------------------------------------- */

static void a_session_nobody_takes_over_ends_with_the_call(void **state)
{
    LUID id = { 0 };
    long told = mock_asked("terminated");

    (void)state;
    {
        ssp_cleanup(call_end) struct call call;
        ssp_cleanup(logon_unref) struct logon *found = NULL;

        call_begin(&call, fixture.lsa, fixture.alice, mock_package(), 0);
        assert_int_equal(table()->CreateLogonSession(&id), STATUS_SUCCESS);
        assert_false(SecIsZeroLuid(&id));
        found = logon_find(fixture.lsa, id);
        assert_non_null(found);
        assert_int_equal(table()->CreateLogonSession(&id), STATUS_OBJECT_NAME_COLLISION);
    }
    assert_null(logon_find(fixture.lsa, id));
    assert_int_equal(mock_asked("terminated"), told + 2);
}

static NTSTATUS make_token(LUID id, LSA_TOKEN_INFORMATION_TYPE type, PVOID information, HANDLE *ret)
{
    static char16_t user[] = u"Ren\u00e9e";
    UNICODE_STRING account = { sizeof(user) - 2, sizeof(user) - 2, user };
    NTSTATUS sub_status = STATUS_UNSUCCESSFUL;
    NTSTATUS status =
        table()->CreateToken(&id, NULL, Network, SecurityIdentification, type, information, NULL,
                             &account, NULL, NULL, NULL, ret, &sub_status);

    assert_int_equal(NT_SUCCESS(status), sub_status == STATUS_SUCCESS);
    return status;
}

static void a_token_needs_a_session_and_takes_sid_and_expiry(void **state)
{
    uint8_t sid[] = { 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0 };
    LSA_TOKEN_INFORMATION_V1 v1 = { .ExpirationTime.QuadPart = 77, .User.User.Sid = sid };
    ssp_cleanup(home_unref) struct home *home = NULL;
    ssp_cleanup(handle_close) HANDLE token = NULL;
    ssp_cleanup(call_end) struct call call;
    OPENSSPI_TOKEN_INFO info = { 0 };
    LUID id = { 9, 9 };

    (void)state;
    call_begin(&call, fixture.lsa, fixture.alice, mock_package(), 0);
    assert_int_equal(make_token(id, LsaTokenInformationV2, &v1, &token),
                     STATUS_NO_SUCH_LOGON_SESSION);
    assert_int_equal(table()->CreateLogonSession(&id), STATUS_SUCCESS);
    assert_int_equal(make_token(id, LsaTokenInformationV3, &v1, &token),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(make_token(id, LsaTokenInformationV2, &v1, &token), STATUS_SUCCESS);
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_int_equal(token_read(&home->key, token, &info), SSP_OK);
    assert_string_equal(info.user, "Ren\u00e9e");
    assert_string_equal(info.domain, "");
    assert_string_equal(info.sid, "S-1-5-32-544");
    assert_int_equal(info.expiry.QuadPart, 77);
    assert_int_equal(info.level, SecurityIdentification);
    assert_int_equal(info.has_mapping, 0);
    sid[1] = 16;
    handle_close(&token);
    assert_int_equal(make_token(id, LsaTokenInformationV1, &v1, &token), SEC_E_INVALID_PARAMETER);
}

static void writes_a_sid_as_text(void **state)
{
    static const uint8_t plain[] = { 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0 };
    static const uint8_t wide[] = { 1, 0, 1, 0, 0, 0, 0, 0 };
    uint8_t most[8 + 4 * 15];
    char text[192];
    char small[7];

    (void)state;
    assert_int_equal(sid_format(NULL, text, sizeof(text)), SSP_OK);
    assert_string_equal(text, "");
    assert_int_equal(sid_format(plain, text, sizeof(text)), SSP_OK);
    assert_string_equal(text, "S-1-1-0");
    assert_int_equal(sid_format(plain, small, sizeof(small)), SSP_ERR_BAD_ARGUMENT);
    assert_int_equal(sid_format(wide, text, sizeof(text)), SSP_OK);
    assert_string_equal(text, "S-1-0x10000000000");
    memset(most, 0xff, sizeof(most));
    most[0] = 1;
    most[1] = 15;
    assert_int_equal(sid_format(most, text, sizeof(text)), SSP_OK);
    assert_int_equal(strlen(text), strlen("S-1-0xffffffffffff") + 15 * strlen("-4294967295"));
    most[0] = 2;
    assert_int_equal(sid_format(most, text, sizeof(text)), SSP_ERR_BAD_ARGUMENT);
}

/* ---- Memory at rest ---------------------------------------------------- */

static void protected_memory_is_unlike_what_it_was_and_comes_back(void **state)
{
    uint8_t clear[100];
    uint8_t bytes[100];

    (void)state;
    for (size_t i = 0; i < sizeof(clear); i++)
        clear[i] = (uint8_t)i;
    for (size_t n = 0; n <= sizeof(clear); n++) {
        struct view whole = guarded((struct view){ clear, n });

        memcpy(bytes, clear, sizeof(clear));
        table()->LsaProtectMemory((PVOID)(uintptr_t)whole.p, (ULONG)n);
        if (n >= 16) /* shorter ones may look the same by chance */
            assert_memory_not_equal(whole.p, clear, n);
        table()->LsaUnprotectMemory((PVOID)(uintptr_t)whole.p, (ULONG)n);
        assert_view_equal(whole, (struct view){ clear, n });
    }
}

static void every_byte_of_protected_memory_depends_on_every_other(void **state)
{
    uint8_t a[40] = { 0 };
    uint8_t b[40] = { [39] = 1 };
    size_t n_same = 0;

    (void)state;
    protect_memory(a, sizeof(a));
    protect_memory(b, sizeof(b));
    for (size_t i = 0; i < sizeof(a); i++)
        n_same += a[i] == b[i];
    assert_true(n_same < 10); /* one in 256 by chance */
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_documented_slot_is_filled),
        TEST(outside_a_call_only_the_heap_works),
        CASE(inside_a_call_it_is_about_its_client),
        CASE(calls_nest_and_are_counted),
        CASE(a_package_calls_another_by_name),
        CASE(memory_goes_to_the_client_and_back),
        CASE(a_session_nobody_takes_over_ends_with_the_call),
        CASE(a_token_needs_a_session_and_takes_sid_and_expiry),
        TEST(writes_a_sid_as_text),
        TEST(protected_memory_is_unlike_what_it_was_and_comes_back),
        TEST(every_byte_of_protected_memory_depends_on_every_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
