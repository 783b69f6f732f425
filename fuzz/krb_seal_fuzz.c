/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ends that talk.  The first byte chooses what they agreed on; then each
 * message is { what, length, where } and that many bytes.  An altered message is
 * refused and changes nothing; the genuine one is read after that, however it was
 * rotated on its way, and once.
 */
#include <stdlib.h>

#include <sspi.h>

#include "harness/krb_engines.h"
#include "packages/kerberos/rotate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KINDS = 16, MESSAGES_MAX = 8 };

enum { FROM_ACCEPTOR = 1, SEALED = 2, ALTERED = 4, ROTATED = 8 };

struct wire { /* token and data, as one */
    uint8_t bytes[KRB_TRAILER_MAX + UINT8_MAX];
    size_t n;
};

static enum ssp_err send(struct krb_engine *from, bool seal, struct view data, struct wire *ret)
{
    size_t token_n = seal ? krb_seal_size(from->session) : krb_mic_size(from->session);
    const struct pkg_piece pieces[] = {
        { ret->bytes + token_n, data.n / 3, true, true },
        { ret->bytes + token_n + data.n / 3, data.n - data.n / 3, true, true },
    };

    if (data.n != 0)
        memcpy(ret->bytes + token_n, data.p, data.n);
    ret->n = token_n + data.n;
    return (seal ? krb_seal : krb_wrap)(from, &(struct krb_message){ pieces, 2 }, ret->bytes);
}

/* One turn more, if nothing is rotated uncounted. */
static void rotate(const struct krb_engine *from, struct wire *wire, size_t by)
{
    const struct span body = { wire->bytes + KRB_HEADER_SIZE, wire->n - KRB_HEADER_SIZE };
    size_t rrc = wire->bytes[7];

    if ((from->session->flags & KRB_DCE) != 0 || body.n == 0)
        return;
    krb_rotate_left(&body, 1, by % body.n);
    rrc = (rrc + body.n - by % body.n) % body.n;
    wire->bytes[6] = (uint8_t)(rrc >> 8);
    wire->bytes[7] = (uint8_t)rrc;
}

static enum ssp_err receive(struct krb_engine *to, struct wire *wire, struct span *ret)
{
    bool sealed = false;

    return krb_unwrap_stream(to, (struct span){ wire->bytes, wire->n }, ret, &sealed);
}

/* RRC is not signed (RFC 4121 4.2.4), and one that comes to the same rotation changes nothing. */
static size_t signed_byte(size_t where)
{
    return where == 6 || where == 7 ? 5 : where;
}

static void refuse(struct krb_engine *to, struct wire *wire, size_t where)
{
    const struct krb_window window = to->session->recv;
    struct span data = { 0 };
    uint8_t *byte = &wire->bytes[signed_byte(where % wire->n)];

    *byte ^= 0x40;
    const struct wire before = *wire;
    if (receive(to, wire, &data) == SSP_OK || memcmp(before.bytes, wire->bytes, wire->n) != 0 ||
        window.next != to->session->recv.next || window.seen != to->session->recv.seen)
        abort();
    *byte ^= 0x40;
}

static void talk(struct krb_engines *ends, uint8_t what, struct view bytes, size_t where)
{
    enum krb_side from = (what & FROM_ACCEPTOR) != 0 ? KRB_ACCEPTOR : KRB_INITIATOR;
    struct krb_engine *to = &ends->ends[!from];
    struct span data = { 0 };
    struct wire wire = { 0 };

    if (send(&ends->ends[from], (what & SEALED) != 0, bytes, &wire) != SSP_OK)
        abort();
    if ((what & ROTATED) != 0)
        rotate(&ends->ends[from], &wire, where);
    if ((what & ALTERED) != 0)
        refuse(to, &wire, where);
    struct wire again = wire;
    if (receive(to, &wire, &data) != SSP_OK || data.n != bytes.n ||
        (bytes.n != 0 && memcmp(data.p, bytes.p, bytes.n) != 0) ||
        receive(to, &again, &data) == SSP_OK)
        abort();
}

/* Keys are derived for the first message under them, so ends that have talked are kept and copied:
 * deriving takes longer than all messages of a run. */
static void prepare(uint8_t kind, struct krb_engines *ret)
{
    static const uint8_t word[] = "ready";
    uint32_t dce = (kind & 4) != 0 ? ISC_RET_USED_DCE_STYLE : 0;

    krb_engines_make(KRB_AES128_SHA1 + (kind & 3),
                     dce | ((kind & 8) != 0 ? ISC_RET_SEQUENCE_DETECT : ISC_RET_REPLAY_DETECT),
                     ret);
    for (unsigned what = 0; what < ALTERED; what++)
        talk(ret, (uint8_t)what, VIEW_OF(word), 0);
}

static void take_ends(uint8_t kind, struct krb_engines *ret)
{
    static struct krb_engines ready[KINDS];
    static bool is_ready[KINDS];

    if (!is_ready[kind])
        prepare(kind, &ready[kind]);
    is_ready[kind] = true;
    *ret = ready[kind];
    for (size_t i = 0; i < 2; i++)
        ret->ends[i].session = &ret->sessions[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd in = rd_of((struct view){ data, size });
    struct krb_engines ends;

    take_ends(rd_u8(&in) % KINDS, &ends);
    for (size_t i = 0; i < MESSAGES_MAX && rd_ok(&in) && in.left.n != 0; i++) {
        uint8_t what = rd_u8(&in);
        uint8_t n = rd_u8(&in);
        uint8_t where = rd_u8(&in);
        struct view bytes = rd_view(&in, n);

        if (rd_ok(&in))
            talk(&ends, what, bytes, where);
    }
    return 0;
}
