/* SPDX-License-Identifier: Apache-2.0 */
/* The record of an inner context that is on its way, as others write it. */
#include "base/cleanup.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/call.h"
#include "lsa/home.h"
#include "lsa/nested.h"
#include "lsa/nested_ctx.h"
#include "lsa/token.h"

#include <string.h>

enum { AT_VERSION, AT_BITS, AT_BYTES = 6 };

static struct call call; /* of the case that runs */
static ULONG mock;       /* the id of that package */

static int begin(void **state)
{
    int failed = fixture_setup(state);

    call_begin(&call, fixture.lsa, fixture.alice, NULL, 0);
    mock = package_by_name(&fixture.lsa->packages, MOCK)->id;
    return failed;
}

static int end(void **state)
{
    call_end(&call);
    return fixture_teardown(state);
}

static NTSTATUS import(struct view bytes, POPENSSPI_INNER_CONTEXT *ret)
{
    SecBuffer packed = { (ULONG)bytes.n, SECBUFFER_TOKEN, (void *)(uintptr_t)bytes.p };

    return nested_import(mock, &packed, ret);
}

static void forget(POPENSSPI_INNER_CONTEXT *ctx)
{
    nested_delete_ctx(*ctx);
    *ctx = NULL;
}

/* ---- Golden files (tests/vectors/packed/make-nested) --------------------------------------------
 */

static POPENSSPI_INNER_CONTEXT golden(const char *file)
{
    POPENSSPI_INNER_CONTEXT ctx = NULL;
    struct view record = vector_file(file);
    SecBuffer again = { 0 };

    assert_int_equal(import(record, &ctx), STATUS_SUCCESS);
    assert_int_equal(nested_export(ctx, &again), STATUS_SUCCESS);
    assert_view_equal((struct view){ again.pvBuffer, again.cbBuffer }, record);
    assert_int_equal(heap_free(again.pvBuffer), SSP_OK);
    return ctx;
}

static void a_half_done_context_matches_the_golden_file(void **state)
{
    ssp_cleanup(forget) POPENSSPI_INNER_CONTEXT ctx = golden("packed/v1/nested-half.bin");

    (void)state;
    assert_true(ctx->accept && !ctx->is_finished);
    assert_true(ctx->handle != 0);
    assert_null(ctx->data.pvBuffer);
    assert_null(ctx->token);
}

static void a_finished_context_matches_the_golden_file(void **state)
{
    ssp_cleanup(forget) POPENSSPI_INNER_CONTEXT ctx = golden("packed/v1/nested-finished.bin");

    (void)state;
    assert_true(!ctx->accept && ctx->is_finished);
    assert_true(ctx->handle == 0);
    assert_view_equal((struct view){ ctx->data.pvBuffer, ctx->data.cbBuffer },
                      vector_file("packed/v1/ntlm-server.bin"));
    assert_null(ctx->token);
}

static void a_context_with_a_token_matches_the_golden_file(void **state)
{
    ssp_cleanup(forget) POPENSSPI_INNER_CONTEXT ctx = golden("packed/v1/nested-token.bin");
    ssp_cleanup(home_unref) struct home *home = NULL;
    OPENSSPI_TOKEN_INFO info = { 0 };

    (void)state;
    assert_true(ctx->accept && ctx->is_finished);
    assert_int_equal(home_get(fixture.lsa, &home), SSP_OK);
    assert_int_equal(token_read(&home->key, ctx->token, &info), SSP_OK);
    assert_int_equal(info.logon_id.LowPart, 0x3e7);
    assert_int_equal(info.logon_id.HighPart, 0x12);
    assert_true(info.auth_time.QuadPart == 0x01db000000000000);
    assert_true(info.expiry.QuadPart == FILETIME_NEVER);
    assert_int_equal(info.level, SecurityImpersonation);
    assert_int_equal(info.has_mapping, 1);
    assert_int_equal(info.uid, 1000);
    assert_int_equal(info.gid, 1001);
    assert_int_equal(info.n_groups, 3);
    assert_int_equal(info.groups[2], 0x80000001);
    assert_string_equal(info.package, "NTLM");
    assert_string_equal(info.user, "J\xc3\xbcrgen");
    assert_string_equal(info.domain, "K\xc3\xb6nigreich");
    assert_string_equal(info.sid, "S-1-5-21-1-2-3-1104");
}

/* ---- Rules
 * --------------------------------------------------------------------------------------- */

static void refused(struct view bytes)
{
    POPENSSPI_INNER_CONTEXT ctx = NULL;

    assert_int_equal(import(bytes, &ctx), SEC_E_INVALID_TOKEN);
    assert_null(ctx);
}

static void refuses_every_truncation_and_a_trailing_byte_of_each(void **state)
{
    (void)state;
    each_cut(vector_file("packed/v1/nested-half.bin"), refused);
    each_cut(vector_file("packed/v1/nested-finished.bin"), refused);
    each_cut(vector_file("packed/v1/nested-token.bin"), refused);
}

static void refuses_each_broken_rule(void **state)
{
    static const uint8_t empty[] = { 1, 2, 0, 0, 0, 0, 0, 0 };
    static const struct patch of_half[] = {
        { AT_VERSION, 0 },  { AT_VERSION, 2 }, { AT_BITS, 1 | 4 }, /* a token of nobody */
        { AT_BITS, 1 | 8 },                                        /* unknown */
        { AT_BYTES, 'x' }, /* what the inner package refuses */
    };
    static const struct patch of_token[] = {
        { AT_BITS, 1 | 2 },
        { AT_BITS, 2 | 4 }, /* an initiator's */
        { AT_BITS, 1 | 4 }, /* before the end */
    };
    struct view half = vector_file("packed/v1/nested-half.bin");
    struct view token = vector_file("packed/v1/nested-token.bin");
    const size_t at_record = AT_BYTES + vector_file("packed/v1/ntlm-server.bin").n + 2;

    (void)state;
    each_patch(half, of_half, sizeof(of_half) / sizeof(of_half[0]), refused);
    each_patch(token, of_token, sizeof(of_token) / sizeof(of_token[0]), refused);
    refused(patched(token, (struct patch){ at_record + 24, 4 })); /* a level that is none */
    refused(VIEW_OF(empty));
    assert_int_equal(mock_asked("contexts"), 0);
}

static void without_memory_there_is_no_context(void **state)
{
    static const char *const files[] = { "packed/v1/nested-half.bin",
                                         "packed/v1/nested-token.bin" };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct view record = vector_file(files[i]);
        bool has_failed = true;

        for (size_t nth = 0; has_failed; nth++) {
            ssp_cleanup(forget) POPENSSPI_INNER_CONTEXT ctx = NULL;

            fault_malloc_at(nth);
            NTSTATUS status = import(record, &ctx);
            has_failed = fault_came();
            fault_malloc_at(SIZE_MAX);
            assert_int_equal(NT_SUCCESS(status), !has_failed);
            assert_int_equal(ctx != NULL, !has_failed);
        }
        assert_int_equal(mock_asked("contexts"), 0);
    }
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_half_done_context_matches_the_golden_file),
        CASE(a_finished_context_matches_the_golden_file),
        CASE(a_context_with_a_token_matches_the_golden_file),
        CASE(refuses_every_truncation_and_a_trailing_byte_of_each),
        CASE(refuses_each_broken_rule),
        CASE(without_memory_there_is_no_context),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
