/* SPDX-License-Identifier: Apache-2.0 */
/* mechListMIC with packed contexts, and what it leaves of them. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "harness/harness.h"
#include "packages/ntlm/pack.h"
#include "packages/ntlm/reqs.h"
#include "packages/ntlm/sign.h"

enum {
    CONNECTION = 0xe2888235, /* extended session security, 128 bits, key exchange */
    PLAIN = 0xe2008235,      /* without: one stream */
    UNPROTECTED = 0x00808205,
};

static const char list_text[] = "the mechanisms, as they were offered";

struct packed {
    uint8_t bytes[1024];
    SecBuffer data;
};

static void make(struct packed *ret, uint32_t flags, enum ntlm_side side)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_PACK_MAX);
    struct key key = key_of(hex("000102030405060708090a0b0c0d0e0f"));
    const struct ntlm_reqs reqs = { .accept = side == NTLM_SERVER };
    const struct ntlm_names names = { 0 };
    struct ntlm_core core = { .attributes = ntlm_reqs_attributes(&reqs, flags),
                              .expiry = FILETIME_NEVER };

    memcpy(core.session_key, key.b, sizeof(core.session_key));
    ntlm_session_init(&core.session, flags, side, &key);
    core.is_identify = ntlm_reqs_identify(&reqs, flags);
    ntlm_pack(&core, &names, &out);
    assert_int_equal(out.err, SSP_OK);
    assert_in_range(out.n, 1, sizeof(ret->bytes));
    memcpy(ret->bytes, out.p, out.n);
    ret->data = (SecBuffer){ (ULONG)out.n, SECBUFFER_TOKEN, ret->bytes };
}

static struct view list(void)
{
    return VIEW_OF(list_text);
}

static struct ntlm_core open_packed(const struct packed *packed)
{
    struct ntlm_core core = { 0 };
    struct ntlm_names names = { 0 };

    assert_int_equal(
        ntlm_unpack((struct view){ packed->bytes, packed->data.cbBuffer }, &core, &names), SSP_OK);
    ntlm_names_wipe(&names);
    return core;
}

static void the_peer_verifies_what_was_signed(void **state)
{
    const uint32_t modes[] = { CONNECTION, PLAIN };
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct packed client;
    struct packed server;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        make(&client, modes[i], NTLM_CLIENT);
        make(&server, modes[i], NTLM_SERVER);
        assert_int_equal(ntlm_sign_list(&client.data, list(), signature), SSP_OK);
        assert_int_equal(ntlm_verify_list(&server.data, list(), VIEW_OF(signature)), SSP_OK);
        assert_int_equal(ntlm_sign_list(&server.data, list(), signature), SSP_OK);
        assert_int_equal(ntlm_verify_list(&client.data, list(), VIEW_OF(signature)), SSP_OK);
    }
}

static void the_keystream_stays_and_the_number_goes_on(void **state)
{
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct packed client;
    struct packed server;

    (void)state;
    make(&client, CONNECTION, NTLM_CLIENT);
    make(&server, CONNECTION, NTLM_SERVER);
    struct ntlm_core before = open_packed(&client);
    assert_int_equal(ntlm_sign_list(&client.data, list(), signature), SSP_OK);
    assert_int_equal(ntlm_verify_list(&server.data, list(), VIEW_OF(signature)), SSP_OK);
    struct ntlm_core after = open_packed(&client);
    struct ntlm_core peer = open_packed(&server);
    assert_memory_equal(&after.session.send.rc4, &before.session.send.rc4, sizeof(struct rc4));
    assert_memory_equal(&peer.session.recv.rc4, &before.session.send.rc4, sizeof(struct rc4));
    assert_int_equal(after.session.send.seq, 1);
    assert_int_equal(after.session.recv.seq, 0);
    assert_int_equal(peer.session.recv.seq, 1);
    assert_int_equal(peer.session.send.seq, 0);
}

static void whatever_is_not_the_peers_signature_changes_nothing(void **state)
{
    uint8_t signature[NTLM_SIGNATURE_SIZE + 1] = { 0 };
    struct packed client;
    struct packed server;
    struct packed before;

    (void)state;
    make(&client, CONNECTION, NTLM_CLIENT);
    make(&server, CONNECTION, NTLM_SERVER);
    before = server;
    assert_int_equal(ntlm_sign_list(&client.data, list(), signature), SSP_OK);
    for (size_t n = 0; n < NTLM_SIGNATURE_SIZE; n++) {
        assert_int_equal(
            ntlm_verify_list(&server.data, list(), guarded((struct view){ signature, n })),
            SSP_ERR_ALTERED);
    }
    assert_int_equal(ntlm_verify_list(&server.data, list(), VIEW_OF(signature)), SSP_ERR_ALTERED);
    for (size_t i = 0; i < NTLM_SIGNATURE_SIZE; i++) {
        signature[i] ^= 1;
        assert_int_not_equal(
            ntlm_verify_list(&server.data, list(), (struct view){ signature, NTLM_SIGNATURE_SIZE }),
            SSP_OK);
        signature[i] ^= 1;
    }
    assert_int_equal(ntlm_verify_list(&server.data, view_text("another list"),
                                      (struct view){ signature, NTLM_SIGNATURE_SIZE }),
                     SSP_ERR_ALTERED);
    assert_memory_equal(&before.bytes, &server.bytes, server.data.cbBuffer);
}

static void a_context_that_does_not_protect_messages_does_not_sign(void **state)
{
    uint8_t signature[NTLM_SIGNATURE_SIZE] = { 1 };
    struct packed packed;

    (void)state;
    make(&packed, UNPROTECTED, NTLM_CLIENT);
    assert_int_equal(ntlm_sign_list(&packed.data, list(), signature), SSP_ERR_UNSUPPORTED);
    assert_int_equal(ntlm_verify_list(&packed.data, list(), VIEW_OF(signature)),
                     SSP_ERR_UNSUPPORTED);
}

static void refuses_what_is_no_packed_context(void **state)
{
    uint8_t signature[NTLM_SIGNATURE_SIZE] = { 0 };
    struct packed packed;

    (void)state;
    make(&packed, CONNECTION, NTLM_CLIENT);
    packed.data.cbBuffer--;
    assert_int_equal(ntlm_sign_list(&packed.data, list(), signature), SSP_ERR_BAD_PACKED);
    assert_int_equal(ntlm_verify_list(&packed.data, list(), VIEW_OF(signature)),
                     SSP_ERR_BAD_PACKED);
}

static void nothing_changes_without_memory(void **state)
{
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct packed packed;
    struct packed before;

    (void)state;
    make(&packed, CONNECTION, NTLM_CLIENT);
    before = packed;
    for (size_t n = 0;; n++) {
        fault_malloc_at(n);
        enum ssp_err e = ntlm_sign_list(&packed.data, list(), signature);
        fault_malloc_at(SIZE_MAX);
        if (e == SSP_OK)
            break;
        assert_int_equal(e, SSP_ERR_NO_MEMORY);
        assert_memory_equal(&before.bytes, &packed.bytes, packed.data.cbBuffer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_peer_verifies_what_was_signed),
        TEST(the_keystream_stays_and_the_number_goes_on),
        TEST(whatever_is_not_the_peers_signature_changes_nothing),
        TEST(a_context_that_does_not_protect_messages_does_not_sign),
        TEST(refuses_what_is_no_packed_context),
        TEST(nothing_changes_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
