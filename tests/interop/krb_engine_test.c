/* SPDX-License-Identifier: Apache-2.0 */
/* Our message engine with MIT's at the other end: each kind of token, each encryption type, both
 * roles, each way. */
#include <gssapi/gssapi_ext.h>
#include <stdlib.h>

#include "harness/harness.h"
#include "harness/kdc.h"
#include "interop/krb_peer.h"

enum { LONGEST = 16384, HEAD = 16 };

static const size_t sizes[] = { 0, 1, 15, 16, 17, 31, 32, 33, 100, 1024, LONGEST };

enum { N_SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static const OM_uint32 usual = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
                               GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;

static uint8_t message[KRB_TRAILER_MAX + LONGEST]; /* a token, then data */
static const uint8_t head[HEAD] = "signed, not sent";

static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * 13 + 5);
}

static struct span data_of(size_t n)
{
    struct span data = { message + KRB_TRAILER_MAX, n };

    for (size_t i = 0; i < n; i++)
        data.p[i] = byte_at(i);
    return data;
}

static void assert_is_data(struct view got, size_t n)
{
    assert_int_equal(got.n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(got.p[i], byte_at(i));
}

static struct pkg_piece sealed(struct span data)
{
    return (struct pkg_piece){ data.p, data.n, true, true };
}

/* ---- Whole tokens ------------------------------------------------------- */

static void mit_opens_ours(struct krb_meeting *with, size_t n, bool seal)
{
    size_t token_n = seal ? krb_seal_size(&with->session) : krb_mic_size(&with->session);
    uint8_t *token = message + KRB_TRAILER_MAX - token_n;
    const struct pkg_piece piece = sealed(data_of(n));
    const struct krb_message msg = { &piece, 1 };
    gss_buffer_desc in = { token_n + n, token };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    int conf = -1;

    assert_int_equal((seal ? krb_seal : krb_wrap)(&with->engine, &msg, token), SSP_OK);
    assert_int_equal(gss_unwrap(&minor, with->mit, &in, &out, &conf, NULL), GSS_S_COMPLETE);
    assert_int_equal(conf, seal);
    assert_is_data((struct view){ out.value, out.length }, n);
    if (n == 0) /* which gss_release_buffer() takes for nothing */
        free(out.value);
    else
        (void)gss_release_buffer(&minor, &out);
}

static void we_open_mits(struct krb_meeting *with, size_t n, bool seal)
{
    gss_buffer_desc in = { n, data_of(n).p };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    struct span data = { 0 };
    bool was_sealed = !seal;
    OM_uint32 minor = 0;

    assert_int_equal(gss_wrap(&minor, with->mit, seal, 0, &in, NULL, &out), GSS_S_COMPLETE);
    assert_int_equal(krb_unwrap_stream(&with->engine, (struct span){ out.value, out.length }, &data,
                                       &was_sealed),
                     SSP_OK);
    assert_int_equal(was_sealed, seal);
    assert_is_data((struct view){ data.p, data.n }, n);
    (void)gss_release_buffer(&minor, &out);
}

static void mics_both_ways(struct krb_meeting *with, size_t n)
{
    const struct pkg_piece piece = sealed(data_of(n));
    const struct krb_message msg = { &piece, 1 };
    gss_buffer_desc data = { n, piece.p };
    gss_buffer_desc mic = { krb_mic_size(&with->session), message };
    OM_uint32 minor = 0;

    assert_int_equal(krb_mic(&with->engine, &msg, message), SSP_OK);
    assert_int_equal(gss_verify_mic(&minor, with->mit, &data, &mic, NULL), GSS_S_COMPLETE);
    assert_int_equal(gss_get_mic(&minor, with->mit, 0, &data, &mic), GSS_S_COMPLETE);
    assert_int_equal(mic.length, krb_mic_size(&with->session));
    assert_int_equal(krb_mic_verify(&with->engine, &msg, (struct view){ mic.value, mic.length }),
                     SSP_OK);
    (void)gss_release_buffer(&minor, &mic);
}

/* ---- Tokens in buffers -------------------------------------------------- */

enum { IOV_HEADER, IOV_HEAD, IOV_DATA, IOV_PADDING, IOV_TRAILER, IOV_N };

/* Room for each: what MIT says it wants. */
static uint8_t room[4][2048];

static void lay_out(gss_iov_buffer_desc iov[IOV_N], struct span data)
{
    iov[IOV_HEADER] = (gss_iov_buffer_desc){ .type = GSS_IOV_BUFFER_TYPE_HEADER };
    iov[IOV_HEAD] =
        (gss_iov_buffer_desc){ .type = GSS_IOV_BUFFER_TYPE_SIGN_ONLY, .buffer = { HEAD, room[3] } };
    iov[IOV_DATA] =
        (gss_iov_buffer_desc){ .type = GSS_IOV_BUFFER_TYPE_DATA, .buffer = { data.n, data.p } };
    iov[IOV_PADDING] = (gss_iov_buffer_desc){ .type = GSS_IOV_BUFFER_TYPE_PADDING };
    iov[IOV_TRAILER] = (gss_iov_buffer_desc){ .type = GSS_IOV_BUFFER_TYPE_TRAILER };
    memcpy(room[3], head, HEAD);
}

/* Without a trailer MIT rotates, as we do. */
static void we_open_mits_buffers(struct krb_meeting *with, size_t n, bool seal, bool trailer)
{
    struct span data = data_of(n);
    gss_iov_buffer_desc iov[IOV_N];
    int count = trailer ? IOV_N : IOV_TRAILER;
    OM_uint32 minor = 0;
    bool was_sealed = !seal;
    uint8_t behind[2048];

    lay_out(iov, data);
    assert_int_equal(gss_wrap_iov_length(&minor, with->mit, seal, 0, NULL, iov, count),
                     GSS_S_COMPLETE);
    iov[IOV_HEADER].buffer.value = room[0];
    iov[IOV_PADDING].buffer.value = room[1];
    iov[IOV_TRAILER].buffer.value = room[2];
    assert_int_equal(gss_wrap_iov(&minor, with->mit, seal, 0, NULL, iov, count), GSS_S_COMPLETE);

    const struct pkg_piece pieces[] = { { room[3], HEAD, false, true }, sealed(data) };
    size_t padding_n = iov[IOV_PADDING].buffer.length;
    size_t trailer_n = trailer ? iov[IOV_TRAILER].buffer.length : 0;
    memcpy(behind, room[1], padding_n);
    memcpy(behind + padding_n, room[2], trailer_n);
    const struct krb_wrapped in = {
        .token = { room[0], iov[IOV_HEADER].buffer.length },
        .msg = { pieces, 2 },
        .padding = { behind, padding_n + trailer_n },
    };
    assert_int_equal(krb_unwrap(&with->engine, &in, &was_sealed), SSP_OK);
    assert_int_equal(was_sealed, seal);
    assert_is_data((struct view){ data.p, data.n }, n);
}

static void mit_opens_our_buffers(struct krb_meeting *with, size_t n, bool seal)
{
    struct span data = data_of(n);
    const struct pkg_piece pieces[] = { { room[3], HEAD, false, true }, sealed(data) };
    const struct krb_message msg = { pieces, 2 };
    gss_iov_buffer_desc iov[IOV_N];
    OM_uint32 minor = 0;
    int conf = -1;

    lay_out(iov, data);
    iov[IOV_HEADER].buffer =
        (gss_buffer_desc){ seal ? krb_seal_size(&with->session) : krb_mic_size(&with->session),
                           room[0] };
    assert_int_equal((seal ? krb_seal : krb_wrap)(&with->engine, &msg, room[0]), SSP_OK);
    assert_int_equal(gss_unwrap_iov(&minor, with->mit, &conf, NULL, iov, IOV_TRAILER),
                     GSS_S_COMPLETE);
    assert_int_equal(conf, seal);
    assert_is_data((struct view){ data.p, data.n }, n);
}

/* ---- All of it ---------------------------------------------------------- */

static void talk_in_tokens(struct krb_meeting *with)
{
    for (size_t i = 0; i < N_SIZES; i++) {
        for (int seal = 0; seal <= 1; seal++) {
            mit_opens_ours(with, sizes[i], seal != 0);
            we_open_mits(with, sizes[i], seal != 0);
        }
    }
}

static void talk_in_buffers(struct krb_meeting *with)
{
    for (size_t i = 0; i < N_SIZES; i++) {
        for (int seal = 0; seal <= 1; seal++) {
            mit_opens_our_buffers(with, sizes[i], seal != 0);
            we_open_mits_buffers(with, sizes[i], seal != 0, false);
            we_open_mits_buffers(with, sizes[i], seal != 0, true);
        }
    }
}

static void with_all(OM_uint32 flags, void (*talk)(struct krb_meeting *with))
{
    for (const char *const *type = kdc_types; *type != NULL; type++) {
        for (enum krb_side ours = KRB_INITIATOR; ours <= KRB_ACCEPTOR; ours++) {
            struct krb_meeting with;

            krb_meet(*type, flags, ours, &with);
            talk(&with);
            krb_part(&with);
        }
    }
}

static void tokens_are_understood_both_ways(void **state)
{
    (void)state;
    with_all(usual, talk_in_tokens);
}

static void tokens_are_understood_without_mutual_authentication(void **state)
{
    (void)state;
    with_all(usual & ~(OM_uint32)GSS_C_MUTUAL_FLAG, talk_in_tokens);
}

static void buffers_are_understood_both_ways(void **state)
{
    (void)state;
    with_all(usual, talk_in_buffers);
}

static void buffers_are_understood_in_dce_style(void **state)
{
    (void)state;
    with_all(usual | GSS_C_DCE_STYLE, talk_in_buffers);
}

static void talk_in_mics(struct krb_meeting *with)
{
    for (size_t i = 0; i < N_SIZES; i++)
        mics_both_ways(with, sizes[i]);
}

static void mics_are_understood_both_ways(void **state)
{
    (void)state;
    with_all(usual, talk_in_mics);
    with_all(usual | GSS_C_DCE_STYLE, talk_in_mics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_understood_both_ways),
        cmocka_unit_test(tokens_are_understood_without_mutual_authentication),
        cmocka_unit_test(buffers_are_understood_both_ways),
        cmocka_unit_test(buffers_are_understood_in_dce_style),
        cmocka_unit_test(mics_are_understood_both_ways),
    };

    return cmocka_run_group_tests(tests, krb_realm_begin, krb_realm_end);
}
