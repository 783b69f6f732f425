/* SPDX-License-Identifier: Apache-2.0 */
/* Handshakes between their legs, as bytes. */
#include "harness/krb_pair.h"

#include <sspi.h>

#include "base/cleanup.h"

static const char channel[] = "00000000 00000000 00000000 00000000 00000000 00000000"
                              "0f000000 20000000 746c732d756e697175653a30313233";

/* ---- Halves ------------------------------------------------------------ */

static void carry(struct side *side)
{
    ssp_cleanup(wr_free) struct wr packed = WR_INIT(KRB_HALF_MAX);

    if (side->turn.base.half == NULL)
        return;
    krb_half_pack(side->turn.base.half, &packed);
    assert_int_equal(packed.err, SSP_OK);
    krb_half_free(side->turn.base.half);
    side->turn.base.half = NULL;
    struct krb_half *half = NULL;
    assert_int_equal(krb_half_unpack(guarded((struct view){ packed.p, packed.n }), &half), SSP_OK);
    side->turn.base.half = half;
}

static void goes_on_from_its_packed_form_after_every_leg(void **state)
{
    (void)state;
    for (uint32_t dce = 0; dce < 2; dce++) {
        struct side a = initiator(dce != 0 ? ISC_REQ_USE_DCE_STYLE : ISC_REQ_MUTUAL_AUTH);
        struct side b = acceptor(0);

        a.bindings = b.bindings = hex(channel);
        leg(&a, (struct view){ 0 });
        carry(&a);
        leg(&b, token_of(&a));
        carry(&b);
        leg(&a, token_of(&b));
        if (dce != 0)
            leg(&b, token_of(&a));
        assert_sessions_fit(&a, &b);
        assert_int_equal(b.turn.core.bindings, KRB_BINDINGS_MATCHED);
        end_side(&a);
        end_side(&b);
    }
}

static void assert_golden(const char *file, struct krb_half **ret)
{
    ssp_cleanup(wr_free) struct wr again = WR_INIT(KRB_HALF_MAX);
    struct view golden = vector_file(file);

    assert_int_equal(krb_half_unpack(golden, ret), SSP_OK);
    krb_half_pack(*ret, &again);
    assert_view_equal((struct view){ again.p, again.n }, golden);
    assert_int_equal((*ret)->asked, 0x0001081c);
    assert_int_equal((*ret)->flags, KRB_GSS_DCE_STYLE | 0x3e);
    assert_int_equal((*ret)->stamp.seconds, 1764201600);
    assert_int_equal((*ret)->stamp.micros, 123456);
    assert_int_equal((*ret)->send_seq, 1000);
    assert_int_equal((*ret)->recv_seq, 2000);
    assert_int_equal((*ret)->start, 0x01db000000000000);
    assert_int_equal((*ret)->expiry, 0x01db005000000000);
}

/* tests/vectors/packed/make-kerberos */
static void matches_the_golden_files(void **state)
{
    ssp_cleanup(krb_half_freep) struct krb_half *initiator = NULL;
    ssp_cleanup(krb_half_freep) struct krb_half *acceptor = NULL;
    static const uint8_t sid[] = { 1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0x50, 4, 0, 0 };

    (void)state;
    assert_golden("packed/v1/kerberos-half-initiator.bin", &initiator);
    assert_int_equal(initiator->state, KRB_ST_REPLY);
    assert_int_equal(initiator->bindings, KRB_BINDINGS_SENT);
    assert_int_equal(initiator->keys->initiator.type, KRB_AES256_SHA2);
    assert_int_equal(initiator->keys->initiator.key.b[0], 32);
    assert_int_equal(initiator->names.target.n, strlen("HTTP/server"));
    assert_golden("packed/v1/kerberos-half-acceptor.bin", &acceptor);
    assert_int_equal(acceptor->state, KRB_ST_THIRD);
    assert_int_equal(acceptor->bindings, KRB_BINDINGS_MATCHED);
    assert_int_equal(acceptor->keys->acceptor.type, KRB_AES128_SHA1);
    assert_int_equal(acceptor->keys->acceptor.key.b[0], 32);
    assert_view_equal((struct view){ acceptor->sid.b, acceptor->sid.n }, VIEW_OF(sid));
}

static struct wr half_of(bool accepts)
{
    struct wr packed = WR_INIT(KRB_HALF_MAX);
    struct side a = initiator(ISC_REQ_USE_DCE_STYLE);
    struct side b = acceptor(0);

    krb_fake.pac = vector("ms-pac-3.txt", "logon_info");
    leg(&a, (struct view){ 0 });
    leg(&b, token_of(&a));
    krb_half_pack(accepts ? b.turn.base.half : a.turn.base.half, &packed);
    assert_int_equal(packed.err, SSP_OK);
    end_side(&a);
    end_side(&b);
    return packed;
}

static void refused(struct view bytes)
{
    struct krb_half *half = NULL;

    assert_int_equal(krb_half_unpack(bytes, &half), SSP_ERR_BAD_PACKED);
    assert_null(half);
}

static void refuses_halves_that_it_would_not_have_written(void **state)
{
    static const struct patch patches[] = {
        { 0, 0x41 }, /* version */
        { 4, 0x42 }, /* state */
        { 5, 0x40 }, /* bindings */
    };

    (void)state;
    for (int accepts = 0; accepts < 2; accepts++) {
        ssp_cleanup(wr_free) struct wr packed = half_of(accepts != 0);
        const struct view whole = { packed.p, packed.n };

        each_cut(whole, refused);
        each_patch(whole, patches, sizeof(patches) / sizeof(patches[0]), refused);
    }
}

static void fails_cleanly_without_memory(void **state)
{
    (void)state;
    bool is_done = false;

    for (size_t n = 0; !is_done; n++) {
        struct side a = initiator(ISC_REQ_USE_DCE_STYLE | ISC_REQ_DELEGATE);
        struct side b = acceptor(0);
        struct view nothing = { 0 };

        leg(&a, nothing);
        struct view request = guarded(token_of(&a));
        const struct pkg_leg what = { .accept = true, .token = request, .cred = b.cred };
        fault_malloc_at(n);
        enum ssp_err e = krb_accept_leg(&fake.env, &what, NULL, &b.turn);
        fault_malloc_at(SIZE_MAX);
        is_done = e == SSP_OK;
        if (!is_done)
            assert_int_equal(e, SSP_ERR_NO_MEMORY);
        krb_fake_reset();
        end_side(&a);
        end_side(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(goes_on_from_its_packed_form_after_every_leg),
        CASE(matches_the_golden_files),
        CASE(refuses_halves_that_it_would_not_have_written),
        CASE(fails_cleanly_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
