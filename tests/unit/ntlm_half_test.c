/* SPDX-License-Identifier: Apache-2.0 */
#include <sspi.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"

/* The half of either side, or of either side in datagram mode. */
enum { CLIENT, SERVER, CLIENT_DATAGRAM, SERVER_DATAGRAM, CLIENT_ANONYMOUS, KINDS };

static void reach(struct pair *pair, int kind)
{
    const struct pair_legs legs = {
        .isc = kind == CLIENT_DATAGRAM ? ISC_REQ_DATAGRAM : 0,
        .asc = kind == SERVER_DATAGRAM ? ASC_REQ_DATAGRAM : 0,
        .target = "HTTP/server",
    };

    pair_start(pair);
    if (kind == CLIENT_ANONYMOUS)
        pair_user(pair, "", "", "");
    assert_int_equal(pair_client_leg(pair, &legs, (struct view){ 0 }), SSP_OK);
    if (kind == SERVER || kind == SERVER_DATAGRAM)
        assert_int_equal(pair_server_leg(pair, &legs, pair_token(&pair->client)), SSP_OK);
}

static struct view packed_of(int kind, struct wr *out)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    bool is_server = kind == SERVER || kind == SERVER_DATAGRAM;

    reach(&pair, kind);
    ntlm_half_pack(is_server ? pair.server.half : pair.client.half, out);
    assert_int_equal(out->err, SSP_OK);
    return (struct view){ out->p, out->n };
}

static void comes_back_as_it_went(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_HALF_MAX);
        ssp_cleanup(wr_free) struct wr again = WR_INIT(NTLM_HALF_MAX);
        ssp_cleanup(ntlm_half_freep) struct ntlm_half *half = NULL;
        struct view packed = packed_of(kind, &out);

        assert_int_equal(ntlm_half_unpack(packed, &half), SSP_OK);
        ntlm_half_pack(half, &again);
        assert_view_equal(packed, (struct view){ again.p, again.n });
    }
}

static void assert_golden(const char *file, struct ntlm_half **ret)
{
    ssp_cleanup(wr_free) struct wr again = WR_INIT(NTLM_HALF_MAX);
    struct view golden = vector_file(file);

    assert_int_equal(ntlm_half_unpack(golden, ret), SSP_OK);
    ntlm_half_pack(*ret, &again);
    assert_view_equal(golden, (struct view){ again.p, again.n });
}

static void assert_text(const struct str16 *got, const char *want)
{
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;

    assert_int_equal(str16_to_utf8(got, &utf8), SSP_OK);
    assert_string_equal(utf8, want);
}

static void matches_the_golden_files(void **state)
{
    ssp_cleanup(ntlm_half_freep) struct ntlm_half *client = NULL;
    ssp_cleanup(ntlm_half_freep) struct ntlm_half *server = NULL;

    (void)state;
    assert_golden("packed/v1/ntlm-half-client.bin", &client);
    assert_int_equal(client->state, NTLM_ST_CHALLENGE);
    assert_true(client->has_bindings);
    assert_text(&client->target, "HTTP/server.example.com");
    assert_text(&client->cred->user, "alice");
    assert_text(&client->cred->domain, "EXAMPLE");
    assert_view_equal(key_view(&client->cred->hashes->nt), hex("a4f49c406510bdcab6824ee7c30fd852"));
    assert_view_equal(secret_view(&client->negotiate), vector("davenport.txt", "type1"));
    assert_golden("packed/v1/ntlm-half-server.bin", &server);
    assert_int_equal(server->state, NTLM_ST_AUTHENTICATE);
    assert_view_equal(secret_view(&server->challenge), vector("davenport.txt", "type2"));
    assert_text(&server->cred->principal, "HTTP/server.example.com");
}

static void refuses_every_other_length(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_HALF_MAX);
        struct view packed = packed_of(kind, &out);

        wr_u8(&out, 0);
        for (size_t n = 0; n <= out.n; n++) {
            ssp_cleanup(ntlm_half_freep) struct ntlm_half *half = NULL;
            enum ssp_err e = ntlm_half_unpack(guarded((struct view){ out.p, n }), &half);

            assert_int_equal(e, n == packed.n ? SSP_OK : SSP_ERR_BAD_PACKED);
        }
        free_guarded(NULL);
    }
}

static void assert_refused_or_the_same_again(struct view packed)
{
    ssp_cleanup(wr_free) struct wr again = WR_INIT(NTLM_HALF_MAX);
    ssp_cleanup(ntlm_half_freep) struct ntlm_half *half = NULL;

    if (ntlm_half_unpack(packed, &half) != SSP_OK)
        return;
    ntlm_half_pack(half, &again);
    assert_view_equal(packed, (struct view){ again.p, again.n });
}

/* What is taken after a change is exactly what would have been written so. */
static void takes_only_what_it_would_have_written(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_HALF_MAX);
        struct view packed = packed_of(kind, &out);

        for (size_t i = 0; i < packed.n * 8; i++) {
            out.p[i / 8] ^= (uint8_t)(1U << i % 8);
            assert_refused_or_the_same_again(packed);
            out.p[i / 8] ^= (uint8_t)(1U << i % 8);
        }
    }
}

enum { AT_VERSION = 0, AT_STATE = 4, AT_BITS = 5, AT_ASKED = 6, AT_FLAGS = 10, AT_BINDINGS = 14 };

static void assert_refused_with(int kind, size_t at, uint8_t value)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_HALF_MAX);
    ssp_cleanup(ntlm_half_freep) struct ntlm_half *half = NULL;
    struct view packed = packed_of(kind, &out);

    assert_true(at < packed.n && out.p[at] != value);
    out.p[at] = value;
    assert_int_equal(ntlm_half_unpack(packed, &half), SSP_ERR_BAD_PACKED);
    assert_null(half);
}

static void refuses_states_that_no_half_is_in(void **state)
{
    (void)state;
    assert_refused_with(CLIENT, AT_VERSION, 2);
    assert_refused_with(CLIENT, AT_STATE, NTLM_ST_START);
    assert_refused_with(CLIENT, AT_STATE, NTLM_ST_AUTHENTICATE);
    assert_refused_with(CLIENT, AT_STATE, NTLM_ST_DONE);
    assert_refused_with(SERVER, AT_STATE, NTLM_ST_CHALLENGE);
    assert_refused_with(CLIENT, AT_BITS, 0);
    assert_refused_with(CLIENT, AT_BITS, 0x80);
    assert_refused_with(CLIENT, AT_FLAGS, 0); /* another one than the message has */
    assert_refused_with(SERVER, AT_FLAGS, 0);
    for (int kind = CLIENT; kind <= SERVER; kind++) {
        assert_refused_with(kind, AT_ASKED + 1, 4); /* asks for datagrams, has a connection */
        assert_refused_with(kind, AT_BINDINGS, 1);  /* has bindings that nobody gave */
    }
    assert_refused_with(CLIENT_DATAGRAM, AT_ASKED + 1, 0);
    assert_refused_with(SERVER_DATAGRAM, AT_ASKED + 1, 0);
}

static void an_acceptor_takes_no_secret_along(void **state)
{
    static const uint8_t hash[] = { 0xa4, 0xf4, 0x9c, 0x40, 0x65, 0x10, 0xbd, 0xca };
    ssp_cleanup(wr_free) struct wr client = WR_INIT(NTLM_HALF_MAX);
    ssp_cleanup(wr_free) struct wr server = WR_INIT(NTLM_HALF_MAX);

    (void)state;
    (void)packed_of(CLIENT, &client);
    (void)packed_of(SERVER, &server);
    assert_non_null(memmem(client.p, client.n, hash, sizeof(hash)));
    assert_null(memmem(server.p, server.n, hash, sizeof(hash)));
}

static void every_failing_allocation_is_reported(void **state)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_HALF_MAX);
    struct view packed = packed_of(CLIENT, &out);
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(ntlm_half_freep) struct ntlm_half *half = NULL;

        fault_malloc_at(nth);
        e = ntlm_half_unpack(packed, &half);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(half != NULL, e == SSP_OK);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(comes_back_as_it_went),
        TEST(matches_the_golden_files),
        TEST(refuses_every_other_length),
        TEST(takes_only_what_it_would_have_written),
        TEST(refuses_states_that_no_half_is_in),
        TEST(an_acceptor_takes_no_secret_along),
        TEST(every_failing_allocation_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
