/* SPDX-License-Identifier: Apache-2.0 */
/* mechListMIC with packed contexts, and what it leaves of them. */
#include <sspi.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "packages/kerberos/cfx.h"
#include "packages/kerberos/pack.h"
#include "packages/kerberos/package.h"

static const int32_t types[] = { KRB_AES256_SHA2, KRB_AES128_SHA2, KRB_AES256_SHA1,
                                 KRB_AES128_SHA1 };
enum { N_TYPES = sizeof(types) / sizeof(types[0]) };

static char list_text[] = "the mechanisms, as they were offered";
static SecBuffer list = { sizeof(list_text), SECBUFFER_TOKEN, list_text };

static const OPENSSPI_LSA_SIGN_TABLE *table(void)
{
    const OPENSSPI_LSA_SIGN_TABLE *ret = NULL;
    ULONG n = 0;

    assert_int_equal(kerberos_SpLsaSignInitialize(OPENSSPI_LSA_SIGN_VERSION, &ret, &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 1);
    return ret;
}

struct packed {
    uint8_t bytes[1024];
    SecBuffer data;
};

static void make_of(struct packed *ret, int32_t enctype, enum krb_side side, uint32_t attributes)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_PACK_MAX);
    struct krb_agreed agreed = {
        .side = side,
        .enctype = enctype,
        .attributes = attributes,
        .key = { .n = krb_key_size(enctype) },
        .send_seq = side == KRB_ACCEPTOR ? 1000 : 2000,
        .recv_seq = side == KRB_ACCEPTOR ? 2000 : 1000,
    };
    struct krb_core core = { .attributes = attributes, .expiry = FILETIME_NEVER };
    const struct krb_names names = { 0 };

    memset(agreed.key.b, 0x4b, agreed.key.n);
    assert_int_equal(krb_session_init(&agreed, &core.session), SSP_OK);
    krb_pack(&core, &names, &out);
    assert_int_equal(out.err, SSP_OK);
    assert_in_range(out.n, 1, sizeof(ret->bytes));
    memcpy(ret->bytes, out.p, out.n);
    ret->data = (SecBuffer){ (ULONG)out.n, SECBUFFER_TOKEN, ret->bytes };
}

static void make(struct packed *ret, int32_t enctype, enum krb_side side)
{
    make_of(ret, enctype, side,
            side == KRB_ACCEPTOR ? ASC_RET_INTEGRITY | ASC_RET_SEQUENCE_DETECT
                                 : ISC_RET_INTEGRITY | ISC_RET_SEQUENCE_DETECT);
}

struct signature {
    uint8_t bytes[KRB_MIC_MAX + 1];
    SecBuffer buffer;
};

static NTSTATUS sign(struct packed *packed, struct signature *ret)
{
    SecBuffer block = { 0 };
    NTSTATUS status = table()->SignMechList(&packed->data, &list, &block);

    if (!NT_SUCCESS(status)) {
        assert_null(block.pvBuffer);
        return status;
    }
    assert_in_range(block.cbBuffer, 1, KRB_MIC_MAX);
    memcpy(ret->bytes, block.pvBuffer, block.cbBuffer);
    assert_int_equal(heap_free(block.pvBuffer), SSP_OK);
    ret->buffer = (SecBuffer){ block.cbBuffer, SECBUFFER_TOKEN, ret->bytes };
    return status;
}

static NTSTATUS verify(struct packed *packed, struct signature *signature)
{
    return table()->VerifyMechList(&packed->data, &list, &signature->buffer);
}

static struct krb_session session_of(const struct packed *packed)
{
    ssp_cleanup(krb_names_wipe) struct krb_names names = { 0 };
    struct krb_core core = { 0 };

    assert_int_equal(
        krb_unpack((struct view){ packed->bytes, packed->data.cbBuffer }, &core, &names), SSP_OK);
    return core.session;
}

/* ---- What fits ---------------------------------------------------------------------------------
 */

static void the_peer_verifies_what_was_signed(void **state)
{
    struct signature signature;
    struct packed initiator;
    struct packed acceptor;

    (void)state;
    for (size_t i = 0; i < N_TYPES; i++) {
        make(&initiator, types[i], KRB_INITIATOR);
        make(&acceptor, types[i], KRB_ACCEPTOR);
        assert_int_equal(sign(&initiator, &signature), STATUS_SUCCESS);
        assert_int_equal(verify(&acceptor, &signature), STATUS_SUCCESS);
        assert_int_equal(sign(&acceptor, &signature), STATUS_SUCCESS);
        assert_int_equal(verify(&initiator, &signature), STATUS_SUCCESS);
    }
}

/* RFC 4178 4.2.2: it is a MIC of GSS_GetMIC(), which has a number as any message has. */
static void each_takes_a_number(void **state)
{
    struct signature signature;
    struct packed initiator;
    struct packed acceptor;

    (void)state;
    make(&initiator, types[0], KRB_INITIATOR);
    make(&acceptor, types[0], KRB_ACCEPTOR);
    assert_int_equal(sign(&initiator, &signature), STATUS_SUCCESS);
    assert_int_equal(verify(&acceptor, &signature), STATUS_SUCCESS);
    struct krb_session sent = session_of(&initiator);
    struct krb_session got = session_of(&acceptor);
    assert_int_equal(sent.send_seq, 2001);
    assert_int_equal(sent.recv.next, 1000);
    assert_int_equal(got.recv.next, 2001);
    assert_int_equal(got.send_seq, 1000);
    assert_int_equal(verify(&acceptor, &signature), SEC_E_OUT_OF_SEQUENCE);
}

/* ---- What does not ------------------------------------------------------------------------------
 */

static void whatever_is_not_the_peers_signature_changes_nothing(void **state)
{
    struct signature signature = { 0 };
    struct packed initiator;
    struct packed acceptor;

    (void)state;
    make(&initiator, types[0], KRB_INITIATOR);
    make(&acceptor, types[0], KRB_ACCEPTOR);
    const struct packed before = acceptor;
    assert_int_equal(sign(&initiator, &signature), STATUS_SUCCESS);
    const ULONG n = signature.buffer.cbBuffer;
    for (ULONG i = 0; i < n; i++) {
        struct view shorter = guarded((struct view){ signature.bytes, i });
        SecBuffer buffer = { i, SECBUFFER_TOKEN, (void *)(uintptr_t)shorter.p };

        assert_int_equal(table()->VerifyMechList(&acceptor.data, &list, &buffer),
                         SEC_E_MESSAGE_ALTERED);
        signature.bytes[i] ^= 1;
        assert_int_equal(verify(&acceptor, &signature), SEC_E_MESSAGE_ALTERED);
        signature.bytes[i] ^= 1;
    }
    signature.buffer.cbBuffer = n + 1;
    assert_int_equal(verify(&acceptor, &signature), SEC_E_MESSAGE_ALTERED);
    signature.buffer.cbBuffer = n;
    list_text[3] ^= 1;
    assert_int_equal(verify(&acceptor, &signature), SEC_E_MESSAGE_ALTERED);
    list_text[3] ^= 1;
    assert_memory_equal(before.bytes, acceptor.bytes, before.data.cbBuffer);
    assert_int_equal(verify(&acceptor, &signature), STATUS_SUCCESS);
}

static void ones_own_signature_is_not_the_peers(void **state)
{
    struct signature signature;
    struct packed packed;

    (void)state;
    make(&packed, types[0], KRB_INITIATOR);
    assert_int_equal(sign(&packed, &signature), STATUS_SUCCESS);
    assert_int_equal(verify(&packed, &signature), SEC_E_MESSAGE_ALTERED);
}

static void a_context_that_does_not_protect_messages_does_not_sign(void **state)
{
    struct signature signature;
    struct packed initiator;
    struct packed acceptor;

    (void)state;
    make_of(&initiator, types[0], KRB_INITIATOR, ISC_RET_MUTUAL_AUTH);
    make(&acceptor, types[0], KRB_ACCEPTOR);
    assert_int_equal(sign(&initiator, &signature), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(sign(&acceptor, &signature), STATUS_SUCCESS);
    assert_int_equal(verify(&initiator, &signature), STATUS_SUCCESS);
}

static void refuses_what_is_no_packed_context(void **state)
{
    struct signature signature = { .buffer = { KRB_MIC_MAX, SECBUFFER_TOKEN, signature.bytes } };
    struct packed packed;

    (void)state;
    make(&packed, types[0], KRB_INITIATOR);
    packed.data.cbBuffer--;
    assert_int_equal(sign(&packed, &signature), SEC_E_INVALID_TOKEN);
    assert_int_equal(verify(&packed, &signature), SEC_E_INVALID_TOKEN);
}

static void refuses_buffers_that_are_none(void **state)
{
    SecBuffer nowhere = { 1, SECBUFFER_TOKEN, NULL };
    struct signature signature = { .buffer = { KRB_MIC_MAX, SECBUFFER_TOKEN, signature.bytes } };
    SecBuffer ret = { 0 };
    struct packed packed;

    (void)state;
    make(&packed, types[0], KRB_INITIATOR);
    PSecBuffer good[] = { &packed.data, &list, &signature.buffer };
    for (size_t i = 0; i < 3; i++) {
        for (int is_null = 0; is_null < 2; is_null++) {
            PSecBuffer a[] = { good[0], good[1], good[2] };

            a[i] = is_null != 0 ? NULL : &nowhere;
            assert_int_equal(table()->VerifyMechList(a[0], a[1], a[2]), SEC_E_INVALID_PARAMETER);
            if (i < 2)
                assert_int_equal(table()->SignMechList(a[0], a[1], &ret), SEC_E_INVALID_PARAMETER);
        }
    }
    assert_int_equal(table()->SignMechList(&packed.data, &list, NULL), SEC_E_INVALID_PARAMETER);
    assert_null(ret.pvBuffer);
}

static void knows_one_version_only(void **state)
{
    const OPENSSPI_LSA_SIGN_TABLE *ret = NULL;
    ULONG n = 0;

    (void)state;
    assert_int_equal(kerberos_SpLsaSignInitialize(OPENSSPI_LSA_SIGN_VERSION + 1, &ret, &n),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(kerberos_SpLsaSignInitialize(OPENSSPI_LSA_SIGN_VERSION, NULL, &n),
                     STATUS_INVALID_PARAMETER);
    assert_null(ret);
}

/* ---- Out of memory ------------------------------------------------------------------------------
 */

static NTSTATUS with_fault_at(size_t nth, NTSTATUS (*act)(struct packed *, struct signature *),
                              struct packed *packed, struct signature *signature)
{
    const struct packed before = *packed;

    fault_malloc_at(nth);
    NTSTATUS status = act(packed, signature);
    fault_malloc_at(SIZE_MAX);
    if (!NT_SUCCESS(status)) {
        assert_int_equal(status, SEC_E_INSUFFICIENT_MEMORY);
        assert_memory_equal(before.bytes, packed->bytes, before.data.cbBuffer);
    }
    return status;
}

static void nothing_changes_without_memory(void **state)
{
    struct signature signature = { 0 };
    struct packed initiator;
    struct packed acceptor;
    size_t n = 0;

    (void)state;
    make(&initiator, types[0], KRB_INITIATOR);
    make(&acceptor, types[0], KRB_ACCEPTOR);
    while (!NT_SUCCESS(with_fault_at(n, sign, &initiator, &signature)))
        n++;
    assert_in_range(n, 1, 99);
    n = 0;
    while (!NT_SUCCESS(with_fault_at(n, verify, &acceptor, &signature)))
        n++;
    assert_in_range(n, 1, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_peer_verifies_what_was_signed),
        TEST(each_takes_a_number),
        TEST(whatever_is_not_the_peers_signature_changes_nothing),
        TEST(ones_own_signature_is_not_the_peers),
        TEST(a_context_that_does_not_protect_messages_does_not_sign),
        TEST(refuses_what_is_no_packed_context),
        TEST(refuses_buffers_that_are_none),
        TEST(knows_one_version_only),
        TEST(nothing_changes_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
