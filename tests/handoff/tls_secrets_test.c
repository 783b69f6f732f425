/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The secrets of a TLS session that no program is ever told: where they are, and
 * that they are nowhere when the handshake is over in the LSA half, and when the
 * user half has given the session away.  Keys follow from traffic secrets, and
 * channel bindings from the exporter's, so a copy is as good as the session.
 */
#include <string.h>

#include "handoff/scan.h"
#include "harness/harness.h"
#include "harness/host_heap.h"
#include "harness/tls_stage.h"
#include "packages/schannel/package.h"

/* ---- The user half ----------------------------------------------------- */

static PSECPKG_USER_FUNCTION_TABLE table;

static int start_package(void **state)
{
    static SECPKG_DLL_FUNCTIONS functions = { .AllocateHeap = host_alloc,
                                              .FreeHeap = host_release };
    ULONG version = 0;
    ULONG n = 0;

    (void)state;
    return schannel_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, &version, &table, &n) !=
               STATUS_SUCCESS ||
           table->InstanceInit(SECPKG_INTERFACE_VERSION, &functions, NULL) != STATUS_SUCCESS;
}

static LSA_SEC_HANDLE import(struct view packed)
{
    SecBuffer in = { (ULONG)packed.n, SECBUFFER_TOKEN, (void *)(uintptr_t)packed.p };
    LSA_SEC_HANDLE handle = 0;

    assert_int_equal(table->ImportContext(&in, NULL, &handle), STATUS_SUCCESS);
    return handle;
}

static void say_something(LSA_SEC_HANDLE handle)
{
    uint8_t header[16];
    uint8_t text[] = "hello";
    uint8_t trailer[64];
    SecBuffer buffers[] = { { sizeof(header), SECBUFFER_STREAM_HEADER, header },
                            { sizeof(text), SECBUFFER_DATA, text },
                            { sizeof(trailer), SECBUFFER_STREAM_TRAILER, trailer },
                            { 0, SECBUFFER_EMPTY, NULL } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };

    assert_int_equal(table->SealMessage(handle, 0, &desc, 0), STATUS_SUCCESS);
}

/* ---- Secrets ----------------------------------------------------------- */

enum { SENDING, RECEIVING, EXPORTER, SECRETS };

struct known { /* not in the form that is looked for */
    struct scan_key secrets[SECRETS];
    bool is_1_3; /* else there is the exporter's alone: the master secret */
};

static struct known known_of(const struct tls_core *core)
{
    return (struct known){
        .secrets = { [SENDING] = scan_mask(core->send.secret),
                     [RECEIVING] = scan_mask(core->recv.secret),
                     [EXPORTER] = scan_mask(core->exporter) },
        .is_1_3 = core->suite->version == TLS_1_3,
    };
}

static size_t count(const struct known *known, int secret)
{
    struct scan_found found = { 0 };

    assert_true(scan_memory(&known->secrets[secret], &found));
    return found.keys;
}

static void are_found(const struct known *known)
{
    for (int i = known->is_1_3 ? SENDING : EXPORTER; i < SECRETS; i++)
        assert_true(count(known, i) != 0);
}

/* left: how many there were before. */
static void are_gone(const struct known *known, size_t left)
{
    for (int i = known->is_1_3 ? SENDING : EXPORTER; i < SECRETS; i++)
        assert_int_equal(count(known, i), left);
}

/* ---- A session --------------------------------------------------------- */

static void shake_hands(bool is_1_3)
{
    TLS_PARAMETERS parameters = { .grbitDisabledProtocols =
                                      is_1_3 ? SP_PROT_TLS1_2 : SP_PROT_TLS1_3 };
    SCH_CREDENTIALS data = { .dwVersion = SCH_CREDENTIALS_VERSION,
                             .cTlsParameters = 1,
                             .pTlsParameters = &parameters };

    issue("www.pem", &(struct ca_wish){ 0 });
    configure("[schannel]\nca = @ca.pem\ntickets = no\n"
              "[schannel \"www\"]\ncertificate = @www.pem\ntickets = no\n");
    stage_by("", "www");
    tls_cred_unref(client.cred);
    client.cred = acquire("", SECPKG_CRED_OUTBOUND, &data);
    tls_pair_run(&client, &server, PAIR_ROOM);
    assert_true(client.answer.is_done && server.answer.is_done);
}

/* The packed form of the client's end; all else of the handshake is gone then.
 *
 * But for one thing: a server of TLS 1.2 has GnuTLS 3.7 pack the session for a store that there is
 * none of, and frees what it packed as it is. */
static struct wr leave_packed(struct known *ret)
{
    struct wr packed = WR_INIT(TLS_PACK_MAX);

    *ret = known_of(&client.core);
    are_found(ret); /* or finding nothing would prove nothing */
    tls_pack(&client.core, &client.names, &packed);
    assert_int_equal(packed.err, SSP_OK);
    unstage();
    return packed;
}

static void are_gone_when_the_handshake_is_over(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct known known;

        shake_hands(i == 0);
        struct wr packed = leave_packed(&known);
        wr_free(&packed);
        if (known.is_1_3)
            are_gone(&known, 0);
        else
            assert_true(count(&known, EXPORTER) <= 1);
    }
}

/* ---- How a session of the user half ends ---- */

/* What was exported holds the secrets once more until it is freed. */
static void give_away(LSA_SEC_HANDLE handle, const struct known *known, size_t left)
{
    SecBuffer out = { .BufferType = SECBUFFER_EMPTY };

    assert_int_equal(table->ExportContext(handle, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &out, NULL),
                     STATUS_SUCCESS);
    are_gone(known, left + 1);
    host_release(out.pvBuffer);
}

static void end_session(LSA_SEC_HANDLE handle, const struct known *known, size_t left)
{
    (void)known;
    (void)left;
    (void)table->DeleteUserModeContext(handle);
}

static void give_to_kernel(LSA_SEC_HANDLE handle, const struct known *known, size_t left)
{
    SecBuffer out = { .BufferType = SECBUFFER_EMPTY };

    assert_int_equal(table->ExportContext(handle, SECPKG_CONTEXT_EXPORT_TO_KERNEL, &out, NULL),
                     STATUS_SUCCESS);
    host_release(out.pvBuffer);
    end_session(handle, known, left);
}

/* A session which has said something; ret_left: what there is of it elsewhere. */
static LSA_SEC_HANDLE take_over(bool is_1_3, struct known *ret_known, size_t *ret_left)
{
    shake_hands(is_1_3);
    struct wr packed = leave_packed(ret_known);
    LSA_SEC_HANDLE handle = import((struct view){ packed.p, packed.n });
    wr_free(&packed);
    *ret_left = count(ret_known, EXPORTER) - 1;
    assert_true(*ret_left <= (is_1_3 ? 0 : 1));
    say_something(handle);
    are_found(ret_known);
    return handle;
}

static void are_gone_after(void (*end)(LSA_SEC_HANDLE handle, const struct known *known,
                                       size_t left))
{
    for (int i = 0; i < 2; i++) {
        struct known known;
        size_t left = 0;
        LSA_SEC_HANDLE handle = take_over(i == 0, &known, &left);

        end(handle, &known, left);
        are_gone(&known, left);
    }
}

static void are_gone_when_the_session_was_given_away(void **state)
{
    (void)state;
    are_gone_after(give_away);
}

static void are_gone_when_the_session_is_deleted(void **state)
{
    (void)state;
    are_gone_after(end_session);
}

static void are_gone_when_the_session_went_to_the_kernel(void **state)
{
    (void)state;
    are_gone_after(give_to_kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_IF(scan_can(), CASE(are_gone_when_the_handshake_is_over)),
        CASE_IF(scan_can(), CASE(are_gone_when_the_session_was_given_away)),
        CASE_IF(scan_can(), CASE(are_gone_when_the_session_is_deleted)),
        CASE_IF(scan_can(), CASE(are_gone_when_the_session_went_to_the_kernel)),
    };

    return cmocka_run_group_tests(tests, start_package, NULL);
}
