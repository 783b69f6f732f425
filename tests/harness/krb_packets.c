/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/krb_packets.h"

#include "harness/harness.h"

static struct pkg_piece piece_of(struct krb_packet *packet)
{
    return (struct pkg_piece){ packet->data, packet->data_n, true, true };
}

enum ssp_err krb_packet_wrap(struct krb_engine *from, struct view data, bool seal,
                             struct krb_packet *ret)
{
    memcpy(ret->data, data.p, data.n);
    ret->data_n = data.n;
    ret->token_n = seal ? krb_seal_size(from->session) : krb_mic_size(from->session);
    const struct pkg_piece piece = piece_of(ret);
    return (seal ? krb_seal : krb_wrap)(from, &(struct krb_message){ &piece, 1 }, ret->token);
}

enum ssp_err krb_packet_open(struct krb_engine *to, struct krb_packet *packet)
{
    const struct pkg_piece piece = piece_of(packet);
    const struct krb_wrapped in = { .token = { packet->token, packet->token_n },
                                    .msg = { &piece, 1 } };
    bool sealed = false;

    return krb_unwrap(to, &in, &sealed);
}

bool krb_packet_same(const struct krb_packet *a, const struct krb_packet *b)
{
    return a->token_n == b->token_n && a->data_n == b->data_n &&
           memcmp(a->token, b->token, a->token_n) == 0 && memcmp(a->data, b->data, a->data_n) == 0;
}

void krb_packet_refuse(struct krb_engine *to, struct krb_packet *packet, enum ssp_err as)
{
    struct krb_packet before = *packet;
    struct krb_window window = to->session->recv;

    assert_int_equal(krb_packet_open(to, packet), as);
    assert_true(krb_packet_same(&before, packet));
    assert_true(window.next == to->session->recv.next && window.seen == to->session->recv.seen);
}

void krb_engines_all(uint32_t attributes, void (*check)(struct krb_engines *ends, bool seal))
{
    for (int32_t type = KRB_AES128_SHA1; type <= KRB_AES256_SHA2; type++) {
        for (int seal = 0; seal <= 1; seal++) {
            struct krb_engines ends;

            krb_engines_make(type, attributes, &ends);
            check(&ends, seal != 0);
        }
    }
}
