/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packed session of TLS, altered and given to the package directly, as another
 * host than ours would: much of it is a session that might have been, so it is
 * accepted.  All that is asked is that no import crashes, nor anything that is
 * done with what was imported.
 */
#include <schannel.h>

#include "handoff/altered.h"
#include "harness/host_heap.h"
#include "packages/schannel/package.h"

enum { LAST_ATTRIBUTE = 0x90 };

static PSECPKG_USER_FUNCTION_TABLE table;
static const OPENSSPI_USER_EXTENSION_TABLE *extension;

static int start_package(void **state)
{
    static SECPKG_DLL_FUNCTIONS functions = { .AllocateHeap = host_alloc,
                                              .FreeHeap = host_release };
    ULONG version = 0;
    ULONG n = 0;

    (void)state;
    if (schannel_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, &version, &table, &n) !=
            STATUS_SUCCESS ||
        schannel_SpUserExtensionInitialize(OPENSSPI_USER_EXTENSION_VERSION, &extension, &n) !=
            STATUS_SUCCESS)
        return -1;
    return table->InstanceInit(SECPKG_INTERFACE_VERSION, &functions, NULL);
}

/* ---- All that can be done with a session ------------------------------- */

static void receive(LSA_SEC_HANDLE handle)
{
    uint8_t record[64] = { 0x17, 3, 3, 0, 59 };
    SecBuffer buffers[4] = { { sizeof(record), SECBUFFER_DATA, record } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };

    (void)table->UnsealMessage(handle, &desc, 0, NULL);
}

static void send(LSA_SEC_HANDLE handle)
{
    uint8_t bytes[16 + 32 + 64] = { 0 };
    SecBuffer buffers[] = { { 16, SECBUFFER_STREAM_HEADER, bytes },
                            { 32, SECBUFFER_DATA, bytes + 16 },
                            { 64, SECBUFFER_STREAM_TRAILER, bytes + 48 },
                            { 0, SECBUFFER_EMPTY, NULL } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };

    (void)table->SealMessage(handle, 0, &desc, 0);
}

static void control(LSA_SEC_HANDLE handle, void *token, ULONG n)
{
    SecBuffer in = { n, SECBUFFER_TOKEN, token };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &in };

    (void)extension->ApplyControlToken(handle, &desc);
}

static void go_on(LSA_SEC_HANDLE handle)
{
    uint8_t said[256];
    SecBuffer out = { sizeof(said), SECBUFFER_TOKEN, said };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &out };
    ULONG attributes = 0;
    TimeStamp expiry = { 0 };

    (void)extension->ContinueContext(handle, 0, NULL, &desc, &attributes, &expiry);
}

/* What an attribute allocates is left to the child's end. */
static void ask(LSA_SEC_HANDLE handle)
{
    static char label[] = "EXPORTER-x";
    SecPkgContext_KeyingMaterialInfo info = { sizeof(label), label, 0, NULL, 32 };
    HANDLE token = NULL;

    (void)extension->SetContextAttributes(handle, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info,
                                          sizeof(info));
    for (ULONG attribute = 0; attribute < LAST_ATTRIBUTE; attribute++) {
        uint64_t answer[128] = { 0 }; /* the largest is SecPkgContext_CipherInfo */

        (void)table->QueryContextAttributes(handle, attribute, answer);
    }
    (void)table->GetContextToken(handle, &token);
}

static void close_stream(LSA_SEC_HANDLE handle)
{
    DWORD shutdown = SCHANNEL_SHUTDOWN;

    control(handle, &shutdown, sizeof(shutdown));
    go_on(handle);
}

static void update_keys(LSA_SEC_HANDLE handle)
{
    OPENSSPI_TLS_KEY_UPDATE_TOKEN update = { OPENSSPI_TLS_KEY_UPDATE,
                                             OPENSSPI_TLS_KEY_UPDATE_BOTH };

    control(handle, &update, sizeof(update));
    send(handle);
}

static void export(LSA_SEC_HANDLE handle, ULONG flags)
{
    SecBuffer out = { 0 };

    if (table->ExportContext(handle, flags, &out, NULL) == STATUS_SUCCESS)
        host_release(out.pvBuffer);
}

static bool imports(struct view packed, LSA_SEC_HANDLE *ret)
{
    SecBuffer in = { (ULONG)packed.n, SECBUFFER_TOKEN, (void *)(uintptr_t)packed.p };

    return table->ImportContext(&in, NULL, ret) == STATUS_SUCCESS;
}

/* Twice: in one life it talks and closes, in the other it goes to the kernel at once. */
static bool survives(struct view packed)
{
    LSA_SEC_HANDLE handle = 0;
    LSA_SEC_HANDLE other = 0;

    if (!imports(packed, &handle))
        return handle == 0;
    ask(handle);
    send(handle);
    update_keys(handle);
    receive(handle);
    go_on(handle);
    export(handle, 0);
    close_stream(handle);
    if (!imports(packed, &other))
        return false;
    export(other, SECPKG_CONTEXT_EXPORT_TO_KERNEL);
    return table->DeleteUserModeContext(handle) == SEC_I_NO_LSA_CONTEXT &&
           table->DeleteUserModeContext(other) == SEC_I_NO_LSA_CONTEXT;
}

static void an_altered_client_crashes_nobody(void **state)
{
    (void)state;
    is_survived(vector_file("packed/v1/schannel-client.bin"), survives);
}

static void an_altered_server_crashes_nobody(void **state)
{
    (void)state;
    is_survived(vector_file("packed/v1/schannel-server.bin"), survives);
}

/* ---- What must not be accepted ----------------------------------------- */

static bool is_refused(struct view packed)
{
    LSA_SEC_HANDLE handle = 0;

    return !imports(packed, &handle) && handle == 0;
}

/* Of all fields these are the ones of which one value alone is right. */
static void another_version_or_suite_or_length_is_refused(void **state)
{
    static const char *const files[] = { "packed/v1/schannel-client.bin",
                                         "packed/v1/schannel-server.bin" };
    static const uint8_t at[] = { 0, 1, 2, 3, 4 /* suite */ };

    (void)state;
    for (size_t f = 0; f < 2; f++) {
        struct view whole = vector_file(files[f]);

        assert_false(is_refused(whole));
        for (size_t n = 0; n < whole.n; n++)
            assert_true(is_refused(guarded((struct view){ whole.p, n })));
        for (size_t i = 0; i < sizeof(at); i++) {
            struct view copy = guarded(whole);

            ((uint8_t *)(uintptr_t)copy.p)[at[i]] ^= 0x55;
            assert_true(is_refused(copy));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_altered_client_crashes_nobody),
        TEST(an_altered_server_crashes_nobody),
        TEST(another_version_or_suite_or_length_is_refused),
    };

    return cmocka_run_group_tests(tests, start_package, NULL);
}
