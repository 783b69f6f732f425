/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is inside an envelope, altered and given to the package directly, as another host than ours
 * would: nothing seals it there, so much of it is accepted.  All that is asked is that no
 * import crashes, and nothing that is done with what was imported; in children, so that a crash is
 * seen as one.
 */
#include "handoff/altered.h"
#include "harness/host_heap.h"
#include "harness/ntlm_pair.h"
#include "packages/ntlm/package.h"

enum { LAST_ATTRIBUTE = 0x90 };

static PSECPKG_USER_FUNCTION_TABLE table;

static int start_package(void **state)
{
    static SECPKG_DLL_FUNCTIONS functions = { .AllocateHeap = host_alloc,
                                              .FreeHeap = host_release };
    ULONG version = 0;
    ULONG n = 0;
    PVOID none = NULL;

    (void)state;
    if (ntlm_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, &version, &table, &n) != STATUS_SUCCESS)
        return -1;
    return table->InstanceInit(SECPKG_INTERFACE_VERSION, &functions, &none);
}

/* ---- All that can be done with a context ------------------------------- */

static void send_and_receive(LSA_SEC_HANDLE handle)
{
    uint8_t token[16] = { 1 };
    uint8_t data[64] = "hello";
    SecBuffer buffers[] = { { sizeof(token), SECBUFFER_TOKEN, token },
                            { sizeof(data), SECBUFFER_DATA, data } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    ULONG qop = 0;

    (void)table->VerifySignature(handle, &desc, 0, &qop);
    (void)table->UnsealMessage(handle, &desc, 0, &qop);
    (void)table->MakeSignature(handle, 0, &desc, 0);
    (void)table->SealMessage(handle, 0, &desc, 0);
}

/* What an attribute allocates is left to the child's end. */
static void ask(LSA_SEC_HANDLE handle)
{
    uint64_t answer[64];
    HANDLE token = NULL;

    for (ULONG attribute = 0; attribute < LAST_ATTRIBUTE; attribute++)
        (void)table->QueryContextAttributes(handle, attribute, answer);
    (void)table->GetContextToken(handle, &token);
}

static bool survives(struct view packed)
{
    SecBuffer in = { (ULONG)packed.n, SECBUFFER_TOKEN, (void *)(uintptr_t)packed.p };
    SecBuffer out = { 0 };
    LSA_SEC_HANDLE handle = 0;

    if (table->ImportContext(&in, NULL, &handle) != STATUS_SUCCESS)
        return handle == 0;
    send_and_receive(handle);
    ask(handle);
    if (table->ExportContext(handle, 0, &out, NULL) == STATUS_SUCCESS)
        host_release(out.pvBuffer);
    return table->DeleteUserModeContext(handle) == SEC_I_NO_LSA_CONTEXT;
}

/* ---- Cases ------------------------------------------------------------- */

static void an_altered_session_crashes_nobody(void **state)
{
    (void)state;
    is_survived(vector_file("packed/v1/ntlm-server.bin"), survives);
}

/* What the peer would send next, for the leg that follows. */
static struct view answer;
static struct kept kept_answer;

static bool half_survives(struct view packed)
{
    const struct pair_legs legs = { 0 };
    struct ntlm_half *half = NULL;
    struct pair pair;

    if (ntlm_half_unpack(packed, &half) != SSP_OK)
        return half == NULL;
    bool accepts = ntlm_half_accepts(half);
    pair_start(&pair);
    if (accepts)
        pair.server.half = half;
    else
        pair.client.half = half;
    enum ssp_err e =
        accepts ? pair_server_leg(&pair, &legs, answer) : pair_client_leg(&pair, &legs, answer);
    pair_done(&pair);
    return e != SSP_ERR_INTERNAL;
}

static void half_is_survived(const struct ntlm_half *half, struct view next)
{
    struct wr out = WR_INIT(NTLM_HALF_MAX);

    answer = keep(next, &kept_answer);
    ntlm_half_pack(half, &out);
    assert_int_equal(out.err, SSP_OK);
    is_survived((struct view){ out.p, out.n }, half_survives);
    wr_free(&out);
}

static void an_altered_initiator_crashes_nobody(void **state)
{
    const struct pair_legs legs = { 0 };
    struct pair pair;

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_client_leg(&pair, &legs, (struct view){ 0 }), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &legs, pair_token(&pair.client)), SSP_OK);
    half_is_survived(pair.client.half, pair_token(&pair.server));
    pair_done(&pair);
}

static void an_altered_acceptor_crashes_nobody(void **state)
{
    const struct pair_legs legs = { 0 };
    struct pair pair;

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_client_leg(&pair, &legs, (struct view){ 0 }), SSP_OK);
    assert_int_equal(pair_server_leg(&pair, &legs, pair_token(&pair.client)), SSP_OK);
    assert_int_equal(pair_client_leg(&pair, &legs, pair_token(&pair.server)), SSP_OK);
    half_is_survived(pair.server.half, pair_token(&pair.client));
    pair_done(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_altered_session_crashes_nobody),
        TEST(an_altered_initiator_crashes_nobody),
        TEST(an_altered_acceptor_crashes_nobody),
    };

    return cmocka_run_group_tests(tests, start_package, NULL);
}
