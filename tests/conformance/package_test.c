/* SPDX-License-Identifier: Apache-2.0 */
/* Packages, the tables of functions, and export and import as calls. */
#include <string.h>

#include "conformance/note.h"

/* ---- Packages ---------------------------------------------------------- */

static void lists_the_same_packages_in_both_forms(void **state)
{
    ULONG n_narrow = 0;
    ULONG n_wide = 0;
    PSecPkgInfoA narrow = NULL;
    PSecPkgInfoW wide = NULL;
    bool is_there = false;

    (void)state;
    assert_int_equal(EnumerateSecurityPackagesA(&n_narrow, &narrow), SEC_E_OK);
    assert_int_equal(EnumerateSecurityPackagesW(&n_wide, &wide), SEC_E_OK);
    assert_int_equal(n_narrow, n_wide);
    for (ULONG i = 0; i < n_narrow; i++) {
        assert_true(same_text(wide[i].Name, narrow[i].Name));
        assert_true(same_text(wide[i].Comment, narrow[i].Comment));
        assert_int_equal(wide[i].fCapabilities, narrow[i].fCapabilities);
        assert_int_equal(wide[i].cbMaxToken, narrow[i].cbMaxToken);
        assert_int_equal(wide[i].wRPCID, narrow[i].wRPCID);
        is_there = is_there || strcmp(narrow[i].Name, subject->scene->package) == 0;
    }
    assert_true(is_there);
    assert_int_equal(FreeContextBuffer(narrow), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(wide), SEC_E_OK);
}

static void describes_one_package(void **state)
{
    PSecPkgInfoA narrow = NULL;
    PSecPkgInfoW wide = NULL;

    (void)state;
    assert_int_equal(QuerySecurityPackageInfoA(package_a(), &narrow), SEC_E_OK);
    assert_int_equal(QuerySecurityPackageInfoW(package_w(), &wide), SEC_E_OK);
    assert_string_equal(narrow->Name, subject->scene->package);
    assert_true(same_text(wide->Name, narrow->Name));
    assert_int_equal(FreeContextBuffer(narrow), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(wide), SEC_E_OK);
}

static void describes_no_package_that_is_not_there(void **state)
{
    SEC_CHAR unknown[] = "No such package";
    PSecPkgInfoA info = NULL;

    (void)state;
    assert_int_equal(QuerySecurityPackageInfoA(unknown, &info), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(QuerySecurityPackageInfoA(NULL, &info), SEC_E_INVALID_PARAMETER);
    assert_int_equal(QuerySecurityPackageInfoW(package_w(), NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(EnumerateSecurityPackagesW(NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_null(info);
}

/* ---- The tables -------------------------------------------------------- */

/* Where Windows has no function either. */
static bool is_reserved(size_t i)
{
    return i == 4 || i == 17 || i == 18 || i == 22;
}

static void fills_its_tables(void **state)
{
    const void *tables[] = { InitSecurityInterfaceA(), InitSecurityInterfaceW() };

    (void)state;
    for (size_t t = 0; t < 2; t++) {
        void *members[sizeof(SecurityFunctionTableW) / sizeof(void *)];

        memcpy(members, tables[t], sizeof(members));
        for (size_t i = 1; i < sizeof(members) / sizeof(members[0]); i++)
            assert_int_equal(members[i] == NULL, is_reserved(i - 1));
    }
}

static void works_through_its_table(void **state)
{
    PSecurityFunctionTableW table = InitSecurityInterfaceW();
    struct loopback *loop = loop_of(state);
    static const char text[] = "through the table";
    struct note note;
    SecBuffer blob = { 0 };
    CtxtHandle moved = { 0 };

    note_write(&note, text, sizeof(text) - 1);
    assert_int_equal(table->EncryptMessage(&loop->client.ctx, 0, &note.desc, 0), SEC_E_OK);
    note_fold(&note);
    assert_int_equal(table->ExportSecurityContext(&loop->server.ctx,
                                                  SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob, NULL),
                     SEC_E_OK);
    loop->server.has_ctx = false;
    assert_int_equal(table->ImportSecurityContextW(package_w(), &blob, NULL, &moved), SEC_E_OK);
    note_unfold(&note);
    assert_int_equal(table->DecryptMessage(&moved, &note.desc, 0, NULL), SEC_E_OK);
    assert_view_equal(note_text(&note), view_text(text));
    assert_int_equal(table->FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
    assert_int_equal(table->DeleteSecurityContext(&moved), SEC_E_OK);
}

/* ---- Export and import ------------------------------------------------- */

static void gives_a_token_buffer_that_is_the_callers(void **state)
{
    PCtxtHandle ctx = &loop_of(state)->server.ctx;
    SecBuffer blob = { 7, SECBUFFER_EMPTY, NULL };
    HANDLE token = NULL;

    assert_int_equal(ExportSecurityContext(ctx, 0, &blob, &token), SEC_E_OK);
    assert_int_equal(blob.BufferType, SECBUFFER_TOKEN);
    assert_non_null(blob.pvBuffer);
    assert_true(opensspi_handle_to_fd(token) >= 0);
    assert_true(CloseHandle(token));
    assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
    assert_true(loopback_talks(loop_of(state)));
}

static void exports_nothing_for_wrong_arguments(void **state)
{
    PCtxtHandle ctx = &loop_of(state)->server.ctx;
    SecBuffer blob = { 7, SECBUFFER_EMPTY, &blob };
    HANDLE token = &blob;

    assert_int_equal(ExportSecurityContext(ctx, 0, NULL, &token), SEC_E_INVALID_PARAMETER);
    for (ULONG bit = 3; bit < 32; bit++)
        assert_int_equal(ExportSecurityContext(ctx, 1U << bit, &blob, &token),
                         SEC_E_INVALID_PARAMETER);
    if (!subject->scene->is_stream)
        assert_int_equal(ExportSecurityContext(ctx, SECPKG_CONTEXT_EXPORT_TO_KERNEL, &blob, &token),
                         SEC_E_UNSUPPORTED_FUNCTION);
    assert_ptr_equal(blob.pvBuffer, &blob);
    assert_ptr_equal(token, &blob);
    assert_true(loopback_talks(loop_of(state)));
}

static void imports_nothing_for_wrong_arguments(void **state)
{
    uint8_t rubbish[200] = "SSPICTX";
    SecBuffer blob = { sizeof(rubbish), SECBUFFER_TOKEN, rubbish };
    SecBuffer hollow = { 5, SECBUFFER_TOKEN, NULL };
    SecBuffer empty = { 0, SECBUFFER_TOKEN, NULL };
    CtxtHandle ctx = { 0 };

    (void)state;
    assert_int_equal(ImportSecurityContextW(NULL, &blob, NULL, &ctx), SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextA(NULL, &blob, NULL, &ctx), SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextW(package_w(), NULL, NULL, &ctx),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextW(package_w(), &blob, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextW(package_w(), &hollow, NULL, &ctx),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(ImportSecurityContextW(package_w(), &empty, NULL, &ctx), SEC_E_INVALID_TOKEN);
    assert_int_equal(ImportSecurityContextA(package_a(), &blob, NULL, &ctx), SEC_E_INVALID_TOKEN);
    assert_true(ctx.dwLower == 0 && ctx.dwUpper == 0);
}

static void imports_by_either_name(void **state)
{
    struct loopback *loop = loop_of(state);

    for (size_t i = 0; i < 2; i++) {
        SecBuffer blob = { 0 };
        CtxtHandle moved = { 0 };

        assert_int_equal(
            ExportSecurityContext(&loop->server.ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &blob, NULL),
            SEC_E_OK);
        assert_int_equal(i == 0 ? ImportSecurityContextA(package_a(), &blob, NULL, &moved)
                                : ImportSecurityContextW(package_w(), &blob, NULL, &moved),
                         SEC_E_OK);
        loop->server.ctx = moved;
        assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
        assert_true(loopback_talks(loop));
    }
}

static void leaves_the_blob_as_it_was(void **state)
{
    struct loopback *loop = loop_of(state);
    SecBuffer blob = { 0 };
    CtxtHandle moved = { 0 };

    assert_int_equal(ExportSecurityContext(&loop->server.ctx, 0, &blob, NULL), SEC_E_OK);
    struct view before = guarded((struct view){ blob.pvBuffer, blob.cbBuffer });
    assert_int_equal(ImportSecurityContextW(package_w(), &blob, NULL, &moved), SEC_E_OK);
    assert_view_equal((struct view){ blob.pvBuffer, blob.cbBuffer }, before);
    assert_int_equal(DeleteSecurityContext(&moved), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
}

static void reset(struct party *party)
{
    static struct job job; /* too large for a frame */

    job = (struct job)JOB_INIT;
    job.arg = SECPKG_CONTEXT_EXPORT_RESET_NEW;
    assert_int_equal(party_export(party, &job), SEC_E_OK);
    assert_int_equal(party_import(party, &job), SEC_E_OK);
}

static void resets_what_its_cipher_allows(void **state)
{
    struct loopback *loop = loop_of(state);
    static struct job job;

    reset(&loop->server);
    assert_true(loopback_talks(loop));
    if (subject->resets) { /* both, or their numbers do not fit any more */
        reset(&loop->server);
        reset(&loop->client);
    } else {
        job = (struct job)JOB_INIT;
        job.arg = SECPKG_CONTEXT_EXPORT_RESET_NEW;
        assert_int_equal(party_export(&loop->server, &job), SEC_E_UNSUPPORTED_FUNCTION);
    }
    assert_true(loopback_talks(loop));
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        MET_TEST(lists_the_same_packages_in_both_forms),
        MET_TEST(describes_one_package),
        MET_TEST(describes_no_package_that_is_not_there),
        MET_TEST(fills_its_tables),
        MET_TEST(works_through_its_table),
        MET_TEST(gives_a_token_buffer_that_is_the_callers),
        MET_TEST(exports_nothing_for_wrong_arguments),
        MET_TEST(imports_nothing_for_wrong_arguments),
        MET_TEST(imports_by_either_name),
        MET_TEST(leaves_the_blob_as_it_was),
        MET_TEST(resets_what_its_cipher_allows),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
