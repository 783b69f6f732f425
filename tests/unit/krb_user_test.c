/* SPDX-License-Identifier: Apache-2.0 */
/* The user half of the Kerberos package through its table and nothing else: contexts come as the
 * LSA half packs them. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/handle.h"
#include "harness/harness.h"
#include "harness/host_heap.h"
#include "harness/krb_engines.h"
#include "packages/kerberos/pack.h"
#include "packages/kerberos/package.h"

enum { CLIENT = 11, SERVER = 12 };

static PSECPKG_USER_FUNCTION_TABLE user;

static int start(void **state)
{
    SECPKG_DLL_FUNCTIONS functions = { .AllocateHeap = host_alloc, .FreeHeap = host_release };
    ULONG version = 0;
    ULONG n = 0;

    (void)state;
    if (kerberos_SpUserModeInitialize(2, &version, &user, &n) != STATUS_INVALID_PARAMETER ||
        kerberos_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, &version, &user, &n) != 0 || n != 1)
        return -1;
    return user->InstanceInit(SECPKG_INTERFACE_VERSION, &functions, NULL);
}

/* ---- Contexts ----------------------------------------------------------- */

struct how {
    int64_t expiry;
    bool reset_only_unused;
    HANDLE token; /* of the acceptor */
};

static const struct how usual = { .expiry = FILETIME_NEVER };

static struct view packed_of(enum krb_side side, const struct how *how)
{
    static struct krb_engines ends;
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_PACK_MAX);
    const struct krb_names names = { 0 };
    bool accepts = side == KRB_ACCEPTOR;
    uint32_t both = ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT;

    krb_engines_make(KRB_AES256_SHA1, both, &ends);
    const struct krb_core core = {
        .session = ends.sessions[side],
        .attributes = both | (accepts ? ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY
                                      : ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY),
        .expiry = how->expiry,
        .reset_only_unused = how->reset_only_unused,
        .token = accepts ? (uintptr_t)how->token : 0,
    };
    krb_pack(&core, &names, &out);
    assert_int_equal(out.err, SSP_OK);
    return guarded((struct view){ out.p, out.n });
}

static SecBuffer buffer_of(struct view bytes)
{
    return (SecBuffer){ (ULONG)bytes.n, SECBUFFER_TOKEN, (void *)(uintptr_t)bytes.p };
}

static NTSTATUS begin(LSA_SEC_HANDLE handle, enum krb_side side, const struct how *how)
{
    SecBuffer packed = buffer_of(packed_of(side, how));

    return user->InitUserModeContext(handle, &packed);
}

static void begin_both(const struct how *how)
{
    assert_int_equal(begin(CLIENT, KRB_INITIATOR, how), STATUS_SUCCESS);
    assert_int_equal(begin(SERVER, KRB_ACCEPTOR, how), STATUS_SUCCESS);
}

static void end_both(void)
{
    (void)user->DeleteUserModeContext(CLIENT);
    (void)user->DeleteUserModeContext(SERVER);
}

struct letter {
    uint8_t token[KRB_TRAILER_MAX];
    char text[16];
    SecBuffer buffers[2];
    SecBufferDesc desc;
};

static void write_letter(struct letter *l)
{
    (void)memcpy(l->text, "hand over hand.", sizeof(l->text));
    l->buffers[0] = (SecBuffer){ sizeof(l->token), SECBUFFER_TOKEN, l->token };
    l->buffers[1] = (SecBuffer){ sizeof(l->text), SECBUFFER_DATA, l->text };
    l->desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, l->buffers };
}

static NTSTATUS seal(LSA_SEC_HANDLE from, struct letter *l)
{
    write_letter(l);
    return user->SealMessage(from, 0, &l->desc, 0);
}

/* A sealed message one way and a signature the other; the first status that is not good. */
static NTSTATUS talk(LSA_SEC_HANDLE a, LSA_SEC_HANDLE b)
{
    struct letter l;
    ULONG qop = 42;
    NTSTATUS status = seal(a, &l);

    if (status == STATUS_SUCCESS)
        status = user->UnsealMessage(b, &l.desc, 0, &qop);
    if (status != STATUS_SUCCESS)
        return status;
    assert_int_equal(qop, 0);
    assert_string_equal(l.text, "hand over hand.");
    write_letter(&l);
    status = user->MakeSignature(b, 0, &l.desc, 0);
    return status != STATUS_SUCCESS ? status : user->VerifySignature(a, &l.desc, 0, &qop);
}

static NTSTATUS move(LSA_SEC_HANDLE from, ULONG flags, LSA_SEC_HANDLE *ret)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    NTSTATUS status = user->ExportContext(from, flags, &packed, NULL);

    if (status != STATUS_SUCCESS)
        return status;
    assert_int_equal(packed.BufferType, SECBUFFER_TOKEN);
    status = user->ImportContext(&packed, NULL, ret);
    host_release(packed.pvBuffer);
    return status;
}

/* ---- The passage of a context ------------------------------------------- */

static void goes_on_where_it_was_hop_after_hop(void **state)
{
    LSA_SEC_HANDLE at = SERVER;

    (void)state;
    begin_both(&usual);
    for (int hop = 0; hop < 100; hop++) {
        LSA_SEC_HANDLE old = at;

        assert_int_equal(talk(CLIENT, at), STATUS_SUCCESS);
        assert_int_equal(move(old, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &at), STATUS_SUCCESS);
        assert_true(at >> 63 != 0);
        assert_int_equal(user->DeleteUserModeContext(old), SEC_E_INVALID_HANDLE);
    }
    assert_int_equal(talk(at, CLIENT), STATUS_SUCCESS);
    assert_int_equal(user->DeleteUserModeContext(at), SEC_I_NO_LSA_CONTEXT);
    assert_int_equal(user->DeleteUserModeContext(at), SEC_E_INVALID_HANDLE);
    end_both();
}

static void both_ends_move_mid_stream(void **state)
{
    LSA_SEC_HANDLE client = CLIENT;
    LSA_SEC_HANDLE server = SERVER;

    (void)state;
    begin_both(&usual);
    for (int hop = 0; hop < 100; hop++) {
        assert_int_equal(talk(client, server), STATUS_SUCCESS);
        assert_int_equal(talk(server, client), STATUS_SUCCESS);
        assert_int_equal(move(client, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &client), STATUS_SUCCESS);
        assert_int_equal(move(server, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &server), STATUS_SUCCESS);
    }
    assert_int_equal(user->DeleteUserModeContext(client), SEC_I_NO_LSA_CONTEXT);
    assert_int_equal(user->DeleteUserModeContext(server), SEC_I_NO_LSA_CONTEXT);
}

static void a_replay_is_refused_across_a_hand_over(void **state)
{
    LSA_SEC_HANDLE moved = 0;
    struct letter first;
    struct letter again;

    (void)state;
    begin_both(&usual);
    assert_int_equal(seal(CLIENT, &first), STATUS_SUCCESS);
    memcpy(&again, &first, sizeof(again));
    again.buffers[0].pvBuffer = again.token;
    again.buffers[1].pvBuffer = again.text;
    again.desc.pBuffers = again.buffers;
    assert_int_equal(user->UnsealMessage(SERVER, &first.desc, 0, NULL), STATUS_SUCCESS);
    assert_int_equal(move(SERVER, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &moved), STATUS_SUCCESS);
    assert_int_equal(user->UnsealMessage(moved, &again.desc, 0, NULL), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(talk(CLIENT, moved), STATUS_SUCCESS);
    (void)user->DeleteUserModeContext(moved);
    end_both();
}

static void a_reset_goes_back_to_the_first_message(void **state)
{
    LSA_SEC_HANDLE client = 0;
    LSA_SEC_HANDLE server = 0;

    (void)state;
    begin_both(&usual);
    assert_int_equal(talk(CLIENT, SERVER), STATUS_SUCCESS);
    assert_int_equal(move(CLIENT, SECPKG_CONTEXT_EXPORT_RESET_NEW, &client), STATUS_SUCCESS);
    assert_int_equal(talk(client, SERVER), SEC_E_OUT_OF_SEQUENCE);
    assert_int_equal(move(SERVER, SECPKG_CONTEXT_EXPORT_RESET_NEW, &server), STATUS_SUCCESS);
    (void)user->DeleteUserModeContext(client);
    assert_int_equal(move(CLIENT, SECPKG_CONTEXT_EXPORT_RESET_NEW, &client), STATUS_SUCCESS);
    assert_int_equal(talk(client, server), STATUS_SUCCESS);
    assert_int_equal(talk(CLIENT, SERVER), STATUS_SUCCESS); /* the old ones are as they were */
    (void)user->DeleteUserModeContext(client);
    (void)user->DeleteUserModeContext(server);
    end_both();
}

static void a_reset_can_be_limited_to_unused_contexts(void **state)
{
    static const struct how limited = { .expiry = FILETIME_NEVER, .reset_only_unused = true };
    LSA_SEC_HANDLE moved = 0;

    (void)state;
    begin_both(&limited);
    assert_int_equal(move(SERVER, SECPKG_CONTEXT_EXPORT_RESET_NEW, &moved), STATUS_SUCCESS);
    (void)user->DeleteUserModeContext(moved);
    assert_int_equal(talk(CLIENT, SERVER), STATUS_SUCCESS);
    assert_int_equal(move(SERVER, SECPKG_CONTEXT_EXPORT_RESET_NEW, &moved),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(move(SERVER, 0, &moved), STATUS_SUCCESS);
    assert_int_equal(move(moved, SECPKG_CONTEXT_EXPORT_RESET_NEW, &moved),
                     SEC_E_UNSUPPORTED_FUNCTION);
    (void)user->DeleteUserModeContext(moved);
    end_both();
}

static void refuses_flags_that_it_does_not_have(void **state)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };

    (void)state;
    begin_both(&usual);
    assert_int_equal(user->ExportContext(SERVER, 8, &packed, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(user->ExportContext(SERVER, SECPKG_CONTEXT_EXPORT_TO_KERNEL, &packed, NULL),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(user->ExportContext(SERVER, 0, NULL, NULL), SEC_E_INVALID_PARAMETER);
    assert_null(packed.pvBuffer);
    assert_int_equal(talk(CLIENT, SERVER), STATUS_SUCCESS);
    end_both();
}

/* ---- Tokens ------------------------------------------------------------- */

static void the_token_travels_beside_the_context(void **state)
{
    struct how how = usual;
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };
    LSA_SEC_HANDLE moved = 0;
    HANDLE token = NULL;
    HANDLE kept = NULL;

    (void)state;
    how.token = handle_of_fd(memfd_create("token", MFD_CLOEXEC));
    begin_both(&how);
    assert_int_equal(user->GetContextToken(SERVER, &token), STATUS_SUCCESS);
    assert_ptr_equal(token, how.token);
    assert_int_equal(user->GetContextToken(CLIENT, &token), SEC_E_NO_IMPERSONATION);
    assert_int_equal(user->ExportContext(SERVER, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, &kept),
                     STATUS_SUCCESS);
    assert_ptr_not_equal(kept, how.token);
    assert_int_equal(fcntl(handle_to_fd(how.token), F_GETFD), -1); /* went with the old one */
    assert_int_equal(user->ImportContext(&packed, kept, &moved), STATUS_SUCCESS);
    handle_close(&kept);
    assert_int_equal(user->GetContextToken(moved, &token), STATUS_SUCCESS);
    assert_int_not_equal(fcntl(handle_to_fd(token), F_GETFD), -1);
    host_release(packed.pvBuffer);
    (void)user->DeleteUserModeContext(moved);
    end_both();
}

static void an_import_takes_no_token_from_inside(void **state)
{
    struct how how = usual;
    SecBuffer packed;
    LSA_SEC_HANDLE moved = 0;

    (void)state;
    how.token = handle_of_fd(memfd_create("token", MFD_CLOEXEC));
    packed = buffer_of(packed_of(KRB_ACCEPTOR, &how));
    assert_int_equal(user->ImportContext(&packed, NULL, &moved), SEC_E_INVALID_TOKEN);
    assert_int_not_equal(fcntl(handle_to_fd(how.token), F_GETFD), -1); /* and it is not closed */
    handle_close(&how.token);
}

/* ---- Life and death ----------------------------------------------------- */

static void an_expired_context_answers_and_protects_nothing(void **state)
{
    static const struct how expired = { .expiry = 1 };
    SecPkgContext_Flags flags = { 0 };
    struct letter l;

    (void)state;
    begin_both(&expired);
    assert_int_equal(seal(CLIENT, &l), SEC_E_CONTEXT_EXPIRED);
    assert_string_equal(l.text, "hand over hand.");
    assert_int_equal(user->QueryContextAttributes(CLIENT, SECPKG_ATTR_FLAGS, &flags),
                     STATUS_SUCCESS);
    end_both();
}

static bool is_not_found(void *arg)
{
    struct letter l;

    (void)arg;
    return seal(CLIENT, &l) == SEC_E_INVALID_HANDLE &&
           user->DeleteUserModeContext(CLIENT) == STATUS_SUCCESS;
}

static void a_child_has_none_of_its_parents_contexts(void **state)
{
    (void)state;
    begin_both(&usual);
    assert_true(child_says(is_not_found, NULL));
    assert_int_equal(talk(CLIENT, SERVER), STATUS_SUCCESS);
    end_both();
}

static void refuses_bytes_and_handles_that_are_none(void **state)
{
    SecBuffer nothing = { 0, SECBUFFER_TOKEN, NULL };
    SecBuffer lost = { 10, SECBUFFER_TOKEN, NULL };
    LSA_SEC_HANDLE moved = 0;

    (void)state;
    assert_int_equal(user->InitUserModeContext(CLIENT, &nothing), SEC_E_INVALID_TOKEN);
    assert_int_equal(user->InitUserModeContext(CLIENT, &lost), SEC_E_INVALID_PARAMETER);
    assert_int_equal(user->InitUserModeContext(CLIENT, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(user->ImportContext(&nothing, NULL, &moved), SEC_E_INVALID_TOKEN);
    assert_int_equal(user->ImportContext(&nothing, NULL, NULL), SEC_E_INVALID_PARAMETER);
    begin_both(&usual);
    assert_int_equal(begin(CLIENT, KRB_INITIATOR, &usual), SEC_E_INVALID_PARAMETER);
    assert_int_equal(talk(CLIENT, SERVER), STATUS_SUCCESS);
    assert_int_equal(user->QueryContextAttributes(99, SECPKG_ATTR_FLAGS, &moved),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(user->QueryContextAttributes(CLIENT, SECPKG_ATTR_FLAGS, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(user->CompleteAuthToken(CLIENT, NULL), SEC_E_UNSUPPORTED_FUNCTION);
    end_both();
}

static void survives_every_failing_allocation(void **state)
{
    SecBuffer packed = buffer_of(packed_of(KRB_INITIATOR, &usual));
    NTSTATUS status = SEC_E_INSUFFICIENT_MEMORY;
    size_t nth = 0;

    (void)state;
    for (; status == SEC_E_INSUFFICIENT_MEMORY && nth < 20; nth++) {
        LSA_SEC_HANDLE moved = 0;

        fault_malloc_at(nth);
        status = user->InitUserModeContext(CLIENT, &packed);
        if (status == STATUS_SUCCESS)
            status = move(CLIENT, 0, &moved);
        fault_malloc_at(SIZE_MAX);
        (void)user->DeleteUserModeContext(CLIENT);
        (void)user->DeleteUserModeContext(moved);
    }
    assert_int_equal(status, STATUS_SUCCESS);
    assert_in_range(nth, 3, 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(goes_on_where_it_was_hop_after_hop),
        TEST(both_ends_move_mid_stream),
        TEST(a_replay_is_refused_across_a_hand_over),
        TEST(a_reset_goes_back_to_the_first_message),
        TEST(a_reset_can_be_limited_to_unused_contexts),
        TEST(refuses_flags_that_it_does_not_have),
        TEST(the_token_travels_beside_the_context),
        TEST(an_import_takes_no_token_from_inside),
        TEST(an_expired_context_answers_and_protects_nothing),
        TEST(a_child_has_none_of_its_parents_contexts),
        TEST(refuses_bytes_and_handles_that_are_none),
        TEST(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
