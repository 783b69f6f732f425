/* SPDX-License-Identifier: Apache-2.0 */
/* The user half of the Schannel package through its tables and nothing else. */
#include <fcntl.h>
#include <schannel.h>
#include <unistd.h>

#include "base/cert.h"
#include "base/handle.h"
#include "harness/host_heap.h"
#include "harness/tls_talk.h"
#include "packages/schannel/package.h"

static PSECPKG_USER_FUNCTION_TABLE table;
static const OPENSSPI_USER_EXTENSION_TABLE *extension;
static LSA_SEC_HANDLE last_handle = 100;

static int start(void **state)
{
    SECPKG_DLL_FUNCTIONS functions = { .AllocateHeap = host_alloc, .FreeHeap = host_release };
    ULONG version = 0;
    ULONG n = 0;

    (void)state;
    assert_int_equal(schannel_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, &version, &table, &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 1);
    assert_int_equal(
        schannel_SpUserExtensionInitialize(OPENSSPI_USER_EXTENSION_VERSION, &extension, &n),
        STATUS_SUCCESS);
    assert_int_equal(n, 1);
    assert_int_equal(table->InstanceInit(SECPKG_INTERFACE_VERSION, &functions, NULL),
                     STATUS_SUCCESS);
    return 0;
}

/* ---- Sessions ------------------------------------------------------------------ */

struct session { /* two contexts, as both LSA halves would hand them out */
    LSA_SEC_HANDLE client;
    LSA_SEC_HANDLE server;
};

static struct secret bytes_of(const char *hex_text)
{
    struct secret secret = { 0 };

    assert_int_equal(secret_new(hex(hex_text), &secret), SSP_OK);
    return secret;
}

static LSA_SEC_HANDLE begin_with(const struct tls_core *core, const struct tls_names *names)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_PACK_MAX);
    LSA_SEC_HANDLE handle = ++last_handle;

    tls_pack(core, names, &out);
    SecBuffer packed = { (ULONG)out.n, SECBUFFER_TOKEN, out.p };
    assert_int_equal(table->InitUserModeContext(handle, &packed), STATUS_SUCCESS);
    return handle;
}

static void names_of(enum tls_role role, struct tls_names *names)
{
    assert_int_equal(
        str16_from_utf8(view_text(role == TLS_CLIENT ? "CN=www" : "alice"), &names->peer), SSP_OK);
    names->host = bytes_of("777777");
    names->alpn = bytes_of("6832");
    names->chain = bytes_of("0000050102030405 000003090a0b");
    if (role == TLS_SERVER)
        names->own_cert = bytes_of("0102030405");
}

static struct session begin(uint16_t suite)
{
    struct session s = { 0 };

    for (int role = TLS_CLIENT; role <= TLS_SERVER; role++) {
        const struct tls_core core = tls_ends_core(suite, (enum tls_role)role);
        ssp_cleanup(tls_names_wipe) struct tls_names names = { 0 };

        names_of((enum tls_role)role, &names);
        *(role == TLS_CLIENT ? &s.client : &s.server) = begin_with(&core, &names);
    }
    return s;
}

static void end(const struct session *s)
{
    (void)table->DeleteUserModeContext(s->client);
    (void)table->DeleteUserModeContext(s->server);
}

/* ---- Messages ------------------------------------------------------------------- */

static NTSTATUS encrypt(LSA_SEC_HANDLE from, struct tls_wire *wire)
{
    SecPkgContext_StreamSizes sizes;
    uint8_t *at = wire->p + wire->n;
    ULONG n = sizeof(text) - 1;

    assert_int_equal(table->QueryContextAttributes(from, SECPKG_ATTR_STREAM_SIZES, &sizes),
                     STATUS_SUCCESS);
    memcpy(at + sizes.cbHeader, text, n);
    SecBuffer buffers[] = {
        { sizes.cbHeader, SECBUFFER_STREAM_HEADER, at },
        { n, SECBUFFER_DATA, at + sizes.cbHeader },
        { sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, at + sizes.cbHeader + n },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    NTSTATUS status = table->SealMessage(from, 0, &desc, 0);
    if (NT_SUCCESS(status))
        wire->n += buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer;
    return status;
}

static NTSTATUS decrypt(LSA_SEC_HANDLE to, struct tls_wire *wire)
{
    SecBuffer buffers[4] = { { (ULONG)wire->n, SECBUFFER_DATA, wire->p } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    ULONG qop = 7;
    NTSTATUS status = table->UnsealMessage(to, &desc, 0, &qop);

    if (status == STATUS_SUCCESS) {
        assert_int_equal(qop, 0);
        assert_view_equal((struct view){ buffers[1].pvBuffer, buffers[1].cbBuffer },
                          view_text(text));
    }
    return status;
}

static NTSTATUS pass(LSA_SEC_HANDLE from, LSA_SEC_HANDLE to)
{
    struct tls_wire wire = { .n = 0 };
    NTSTATUS status = encrypt(from, &wire);

    return status == STATUS_SUCCESS ? decrypt(to, &wire) : status;
}

static void messages_go_both_ways(void **state)
{
    (void)state;
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        const struct session s = begin(*suite);

        assert_int_equal(pass(s.client, s.server), STATUS_SUCCESS);
        assert_int_equal(pass(s.server, s.client), STATUS_SUCCESS);
        end(&s);
    }
}

static void a_context_that_is_not_there_is_refused(void **state)
{
    struct tls_wire wire = { .n = 0 };
    SecBuffer buffer = { 0, SECBUFFER_EMPTY, NULL };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &buffer };
    ULONG attributes = 0;
    TimeStamp expiry;
    HANDLE token = NULL;

    (void)state;
    assert_int_equal(decrypt(1, &wire), SEC_E_INVALID_HANDLE);
    assert_int_equal(table->SealMessage(1, 0, &desc, 0), SEC_E_INVALID_HANDLE);
    assert_int_equal(table->QueryContextAttributes(1, SECPKG_ATTR_SIZES, &wire),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(table->ExportContext(1, 0, &buffer, NULL), SEC_E_INVALID_HANDLE);
    assert_int_equal(table->GetContextToken(1, &token), SEC_E_INVALID_HANDLE);
    assert_int_equal(table->DeleteUserModeContext(1), SEC_E_INVALID_HANDLE);
    assert_int_equal(extension->ApplyControlToken(1, &desc), SEC_E_INVALID_HANDLE);
    assert_int_equal(extension->ContinueContext(1, 0, NULL, NULL, &attributes, &expiry),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(extension->SetContextAttributes(1, SECPKG_ATTR_KEYING_MATERIAL_INFO, &wire, 8),
                     SEC_E_INVALID_HANDLE);
}

static void signatures_are_not_for_streams(void **state)
{
    const struct session s = begin(AES_128);
    SecBufferDesc desc = { SECBUFFER_VERSION, 0, NULL };

    (void)state;
    assert_int_equal(table->MakeSignature(s.client, 0, &desc, 0), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(table->VerifySignature(s.client, &desc, 0, NULL), SEC_E_UNSUPPORTED_FUNCTION);
    end(&s);
}

static void a_context_past_its_end_protects_nothing(void **state)
{
    struct tls_core core = tls_ends_core(AES_128, TLS_CLIENT);
    const struct tls_names names = { 0 };
    struct tls_wire wire = { .n = 0 };

    (void)state;
    core.expiry = 2;
    LSA_SEC_HANDLE handle = begin_with(&core, &names);
    assert_int_equal(encrypt(handle, &wire), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(decrypt(handle, &wire), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(table->DeleteUserModeContext(handle), STATUS_SUCCESS);
}

/* ---- After the handshake ------------------------------------------------------------ */

static NTSTATUS go_on(LSA_SEC_HANDLE handle, struct tls_wire *in, SecBuffer *out)
{
    SecBuffer buffers[2] = { { (ULONG)in->n, SECBUFFER_TOKEN, in->p },
                             { 0, SECBUFFER_EMPTY, NULL } };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 2, buffers };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, out };
    ULONG attributes = 0;
    TimeStamp expiry = { .QuadPart = 0 };

    *out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    NTSTATUS status = extension->ContinueContext(handle, ISC_REQ_ALLOCATE_MEMORY, &in_desc,
                                                 &out_desc, &attributes, &expiry);
    assert_int_equal(attributes, 0x0001811c);
    assert_true(expiry.QuadPart > 0);
    return status;
}

static void a_session_is_closed_from_either_side(void **state)
{
    static const uint16_t suites[] = { AES_256, OLD_GCM, OLD_CHACHA };
    DWORD shutdown = SCHANNEL_SHUTDOWN;
    SecBuffer token = { sizeof(shutdown), SECBUFFER_TOKEN, &shutdown };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &token };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct session s = begin(suites[i]);
        struct tls_wire wire = { .n = 0 };
        SecBuffer out;

        assert_int_equal(extension->ApplyControlToken(s.client, &desc), STATUS_SUCCESS);
        assert_int_equal(go_on(s.client, &wire, &out), STATUS_SUCCESS);
        wire.n = out.cbBuffer;
        memcpy(wire.p, out.pvBuffer, wire.n);
        host_release(out.pvBuffer);
        struct tls_wire copy = wire;
        assert_int_equal(decrypt(s.server, &wire), SEC_I_CONTEXT_EXPIRED);
        assert_int_equal(go_on(s.server, &copy, &out), SEC_I_CONTEXT_EXPIRED);
        assert_int_equal(encrypt(s.client, &wire), SEC_E_CONTEXT_EXPIRED);
        end(&s);
    }
}

static void a_new_handshake_is_told_as_windows_does(void **state)
{
    const struct session s = begin(OLD_GCM);
    BEGIN(OLD_GCM);
    SecBuffer out;

    send_record(&ends.server, TLS_TYPE_HANDSHAKE, hex("00000000"), &wire);
    assert_int_equal(decrypt(s.client, &wire), SEC_I_RENEGOTIATE);
    wire.n = 0;
    assert_int_equal(go_on(s.client, &wire, &out), STATUS_SUCCESS);
    assert_int_equal(out.cbBuffer, 31); /* no_renegotiation */
    host_release(out.pvBuffer);
    assert_int_equal(pass(s.client, s.client), SEC_E_MESSAGE_ALTERED); /* nobody hears himself */
    end(&s);
}

/* ---- The passage of a context --------------------------------------------------------- */

static LSA_SEC_HANDLE moved(LSA_SEC_HANDLE handle)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    LSA_SEC_HANDLE ret = 0;

    assert_int_equal(table->ExportContext(handle, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(packed.BufferType, SECBUFFER_TOKEN);
    assert_int_equal(table->DeleteUserModeContext(handle), SEC_E_INVALID_HANDLE);
    assert_int_equal(table->ImportContext(&packed, NULL, &ret), STATUS_SUCCESS);
    host_release(packed.pvBuffer);
    assert_true(ret >> 63 != 0);
    return ret;
}

static void a_chain_of_a_hundred_hops_is_one_session(void **state)
{
    (void)state;
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        struct session s = begin(*suite);

        for (int hop = 0; hop < 100; hop++) {
            struct tls_wire wire = { .n = 0 };

            assert_int_equal(encrypt(s.client, &wire), STATUS_SUCCESS);
            s.client = moved(s.client);
            s.server = moved(s.server);
            assert_int_equal(decrypt(s.server, &wire), STATUS_SUCCESS);
            assert_int_equal(pass(s.server, s.client), STATUS_SUCCESS);
        }
        assert_int_equal(table->DeleteUserModeContext(s.client), SEC_I_NO_LSA_CONTEXT);
        assert_int_equal(table->DeleteUserModeContext(s.server), SEC_I_NO_LSA_CONTEXT);
    }
}

static void a_reset_is_granted_only_before_the_first_record(void **state)
{
    const struct session s = begin(OLD_GCM);
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };

    (void)state;
    assert_int_equal(table->ExportContext(s.client, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL),
                     STATUS_SUCCESS);
    host_release(packed.pvBuffer);
    packed = (SecBuffer){ .BufferType = SECBUFFER_EMPTY };
    assert_int_equal(pass(s.client, s.server), STATUS_SUCCESS);
    assert_int_equal(table->ExportContext(s.client, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(table->ExportContext(s.server, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_null(packed.pvBuffer);
    end(&s);
}

static void unknown_flags_are_refused(void **state)
{
    const struct session s = begin(AES_128);
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };

    (void)state;
    assert_int_equal(table->ExportContext(s.client, 8, &packed, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(table->ExportContext(s.client, 0, NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(
        table->ExportContext(s.client, SECPKG_CONTEXT_EXPORT_TO_KERNEL | 8, &packed, NULL),
        SEC_E_INVALID_PARAMETER);
    assert_int_equal(pass(s.client, s.server), STATUS_SUCCESS);
    end(&s);
}

static void a_token_goes_beside_the_context(void **state)
{
    struct tls_core core = tls_ends_core(AES_128, TLS_SERVER);
    const struct tls_names names = { 0 };
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    HANDLE token = NULL;
    HANDLE again = NULL;
    LSA_SEC_HANDLE imported = 0;

    (void)state;
    core.token = (uint64_t)(uintptr_t)handle_of_fd(fd);
    LSA_SEC_HANDLE handle = begin_with(&core, &names);
    assert_int_equal(table->ExportContext(handle, 0, &packed, &token), STATUS_SUCCESS);
    assert_non_null(token);
    assert_int_equal(table->ImportContext(&packed, token, &imported), STATUS_SUCCESS);
    host_release(packed.pvBuffer);
    handle_close(&token);
    assert_int_equal(table->GetContextToken(imported, &again), STATUS_SUCCESS);
    assert_true(fcntl(handle_to_fd(again), F_GETFD) >= 0);
    assert_int_equal(table->DeleteUserModeContext(imported), SEC_I_NO_LSA_CONTEXT);
    assert_int_equal(table->DeleteUserModeContext(handle), STATUS_SUCCESS);
    assert_int_equal(fcntl(fd, F_GETFD), -1); /* it was the context's */
}

static void no_allocation_of_a_passage_fails_unnoticed(void **state)
{
    const struct session s = begin(AES_256);
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    NTSTATUS status = SEC_E_INSUFFICIENT_MEMORY;
    LSA_SEC_HANDLE imported = 0;

    (void)state;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY; nth++) {
        assert_true(nth < 50 && packed.pvBuffer == NULL);
        fault_malloc_at(nth);
        status = table->ExportContext(s.client, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, NULL);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, STATUS_SUCCESS);
    status = SEC_E_INSUFFICIENT_MEMORY;
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY; nth++) {
        assert_true(nth < 50 && imported == 0);
        fault_malloc_at(nth);
        status = table->ImportContext(&packed, NULL, &imported);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(status, STATUS_SUCCESS);
    host_release(packed.pvBuffer);
    assert_int_equal(pass(imported, s.server), STATUS_SUCCESS);
    (void)table->DeleteUserModeContext(imported);
    end(&s);
}

static bool refuses_a_child(void *arg)
{
    const struct session *s = arg;
    struct tls_wire wire = { .n = 0 };
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };

    return decrypt(s->server, &wire) == SEC_E_INVALID_HANDLE &&
           table->ExportContext(s->client, 0, &packed, NULL) == SEC_E_INVALID_HANDLE &&
           table->DeleteUserModeContext(s->client) == STATUS_SUCCESS;
}

static void a_child_has_no_part_in_it(void **state)
{
    struct session s = begin(AES_128);

    (void)state;
    assert_int_equal(pass(s.client, s.server), STATUS_SUCCESS);
    assert_true(child_says(refuses_a_child, &s));
    assert_int_equal(pass(s.client, s.server), STATUS_SUCCESS);
    end(&s);
}

static void start_refuses_what_it_does_not_know(void **state)
{
    ULONG version = 0;
    ULONG n = 0;
    PSECPKG_USER_FUNCTION_TABLE tables = NULL;
    const OPENSSPI_USER_EXTENSION_TABLE *extensions = NULL;
    SecBuffer empty = { 0, SECBUFFER_TOKEN, NULL };

    (void)state;
    assert_int_equal(schannel_SpUserModeInitialize(1, &version, &tables, &n),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(schannel_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, NULL, &tables, &n),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(schannel_SpUserExtensionInitialize(99, &extensions, &n),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(table->InstanceInit(1, NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(table->InitUserModeContext(1, &empty), SEC_E_INVALID_TOKEN);
    assert_int_equal(table->InitUserModeContext(1, NULL), SEC_E_INVALID_PARAMETER);
}

#define USER_TEST(fn) cmocka_unit_test_setup_teardown(fn, start, free_guarded)

int main(void)
{
    const struct CMUnitTest tests[] = {
        USER_TEST(messages_go_both_ways),
        USER_TEST(a_context_that_is_not_there_is_refused),
        USER_TEST(signatures_are_not_for_streams),
        USER_TEST(a_context_past_its_end_protects_nothing),
        USER_TEST(a_session_is_closed_from_either_side),
        USER_TEST(a_new_handshake_is_told_as_windows_does),
        USER_TEST(a_chain_of_a_hundred_hops_is_one_session),
        USER_TEST(a_reset_is_granted_only_before_the_first_record),
        USER_TEST(unknown_flags_are_refused),
        USER_TEST(a_token_goes_beside_the_context),
        USER_TEST(no_allocation_of_a_passage_fails_unnoticed),
        USER_TEST(a_child_has_no_part_in_it),
        USER_TEST(start_refuses_what_it_does_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
