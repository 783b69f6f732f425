/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages are whose, and in which order: directions, keys, numbers, MICs. */
#include <sspi.h>

#include "harness/harness.h"
#include "harness/krb_packets.h"

enum {
    ORDERED = ISC_RET_SEQUENCE_DETECT,
    REPLAY = ISC_RET_REPLAY_DETECT,
    DCE = ISC_RET_USED_DCE_STYLE
};

static const char text[] = "Every good message arrives once.";
static const struct view message = { (const uint8_t *)text, sizeof(text) - 1 };

/* ---- Direction, keys, numbers ------------------------------------------- */

static void check_reflection(struct krb_engines *ends, bool seal)
{
    struct krb_packet packet;

    assert_int_equal(krb_packet_wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    krb_packet_refuse(&ends->ends[0], &packet, SSP_ERR_ALTERED);
    packet.token[2] ^= KRB_SENT_BY_ACCEPTOR; /* and it is not the flag alone */
    krb_packet_refuse(&ends->ends[0], &packet, SSP_ERR_ALTERED);
}

static void refuses_its_own_messages(void **state)
{
    (void)state;
    krb_engines_all(0, check_reflection);
}

static void refuses_messages_under_another_subkey(void **state)
{
    struct krb_engines ends;
    struct krb_packet packet;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    ends.sessions[0].has_acceptor_subkey = false;
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &packet), SSP_OK);
    krb_packet_refuse(&ends.ends[1], &packet, SSP_ERR_ALTERED);
}

static void check_replay(struct krb_engines *ends, bool seal)
{
    struct krb_packet packet;

    assert_int_equal(krb_packet_wrap(&ends->ends[0], message, seal, &packet), SSP_OK);
    struct krb_packet again = packet;
    assert_int_equal(krb_packet_open(&ends->ends[1], &packet), SSP_OK);
    krb_packet_refuse(&ends->ends[1], &again, SSP_ERR_OUT_OF_SEQUENCE);
}

static void refuses_a_message_that_comes_again(void **state)
{
    (void)state;
    krb_engines_all(REPLAY, check_replay);
    krb_engines_all(ORDERED, check_replay);
    krb_engines_all(REPLAY | ORDERED | DCE, check_replay);
}

static void takes_messages_as_they_come_if_so_agreed(void **state)
{
    struct krb_engines ends;
    struct krb_packet packets[3];

    (void)state;
    for (uint32_t attributes = 0; attributes <= REPLAY; attributes += REPLAY) {
        krb_engines_make(KRB_AES128_SHA1, attributes, &ends);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(krb_packet_wrap(&ends.ends[1], message, true, &packets[i]), SSP_OK);
        struct krb_packet again = packets[2];
        for (size_t i = 3; i-- > 0;)
            assert_int_equal(krb_packet_open(&ends.ends[0], &packets[i]), SSP_OK);
        assert_int_equal(krb_packet_open(&ends.ends[0], &again),
                         attributes == 0 ? SSP_OK : SSP_ERR_OUT_OF_SEQUENCE);
    }
}

static void a_gap_is_refused_in_order_and_filled(void **state)
{
    struct krb_engines ends;
    struct krb_packet first;
    struct krb_packet second;

    (void)state;
    krb_engines_make(KRB_AES256_SHA2, ORDERED, &ends);
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &first), SSP_OK);
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &second), SSP_OK);
    krb_packet_refuse(&ends.ends[1], &second, SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(krb_packet_open(&ends.ends[1], &first), SSP_OK);
    assert_int_equal(krb_packet_open(&ends.ends[1], &second), SSP_OK);
}

static void the_last_number_is_never_sent(void **state)
{
    struct krb_engines ends;
    struct krb_packet packet;

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    ends.sessions[0].send_seq = UINT64_MAX - 1;
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &packet), SSP_OK);
    assert_int_equal(krb_packet_open(&ends.ends[1], &packet), SSP_OK);
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &packet), SSP_ERR_EXPIRED);
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, false, &packet), SSP_ERR_EXPIRED);
}

static void does_not_protect_what_was_not_agreed(void **state)
{
    struct krb_engines ends;
    struct krb_packet packet;
    uint8_t mic[KRB_MIC_MAX];

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, 0, &ends);
    ends.sessions[0].flags = KRB_INTEG;
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &packet), SSP_ERR_UNSUPPORTED);
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, false, &packet), SSP_OK);
    ends.sessions[0].flags = 0;
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, false, &packet), SSP_ERR_UNSUPPORTED);
    assert_int_equal(krb_mic(&ends.ends[0], &(struct krb_message){ 0 }, mic), SSP_ERR_UNSUPPORTED);
}

/* ---- MICs --------------------------------------------------------------- */

static void assert_mic_holds(struct krb_engines *ends, enum krb_side from)
{
    struct krb_engine *to = &ends->ends[!from];
    uint8_t data[] = "to be signed";
    const struct pkg_piece piece = { data, sizeof(data), true, true };
    const struct krb_message msg = { &piece, 1 };
    size_t n = krb_mic_size(&ends->sessions[0]);
    uint8_t mic[KRB_MIC_MAX];

    assert_int_equal(krb_mic(&ends->ends[from], &msg, mic), SSP_OK);
    for (size_t i = 0; i < n; i++) {
        mic[i] ^= 4;
        enum ssp_err e = krb_mic_verify(to, &msg, guarded((struct view){ mic, n }));
        assert_true(e == SSP_ERR_ALTERED || e == SSP_ERR_BAD_TOKEN);
        mic[i] ^= 4;
        assert_int_equal(krb_mic_verify(to, &msg, guarded((struct view){ mic, i })),
                         SSP_ERR_BAD_TOKEN);
    }
    data[2] ^= 1;
    assert_int_equal(krb_mic_verify(to, &msg, (struct view){ mic, n }), SSP_ERR_ALTERED);
    data[2] ^= 1;
    assert_int_equal(krb_mic_verify(&ends->ends[from], &msg, (struct view){ mic, n }),
                     SSP_ERR_ALTERED);
    assert_int_equal(krb_mic_verify(to, &msg, (struct view){ mic, n }), SSP_OK);
    assert_int_equal(krb_mic_verify(to, &msg, (struct view){ mic, n }), SSP_ERR_OUT_OF_SEQUENCE);
}

static void mics_hold_for_their_data_only_and_once(void **state)
{
    (void)state;
    for (int32_t type = KRB_AES128_SHA1; type <= KRB_AES256_SHA2; type++) {
        struct krb_engines ends;

        krb_engines_make(type, ORDERED, &ends);
        assert_mic_holds(&ends, KRB_INITIATOR);
        assert_mic_holds(&ends, KRB_ACCEPTOR);
    }
}

static void mics_and_messages_are_one_sequence(void **state)
{
    const struct krb_message nothing = { 0 };
    struct krb_engines ends;
    struct krb_packet packet;
    uint8_t mic[KRB_MIC_MAX];

    (void)state;
    krb_engines_make(KRB_AES256_SHA1, ORDERED, &ends);
    assert_int_equal(krb_packet_wrap(&ends.ends[0], message, true, &packet), SSP_OK);
    assert_int_equal(krb_mic(&ends.ends[0], &nothing, mic), SSP_OK);
    const struct view token = { mic, krb_mic_size(&ends.sessions[0]) };
    assert_int_equal(krb_mic_verify(&ends.ends[1], &nothing, token), SSP_ERR_OUT_OF_SEQUENCE);
    assert_int_equal(krb_packet_open(&ends.ends[1], &packet), SSP_OK);
    assert_int_equal(krb_mic_verify(&ends.ends[1], &nothing, token), SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refuses_its_own_messages),
        TEST(refuses_messages_under_another_subkey),
        TEST(refuses_a_message_that_comes_again),
        TEST(takes_messages_as_they_come_if_so_agreed),
        TEST(a_gap_is_refused_in_order_and_filled),
        TEST(the_last_number_is_never_sent),
        TEST(does_not_protect_what_was_not_agreed),
        TEST(mics_hold_for_their_data_only_and_once),
        TEST(mics_and_messages_are_one_sequence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
