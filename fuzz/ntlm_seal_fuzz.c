/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ends that talk.  The first byte chooses what they agreed on; then each
 * message is { what, length, where } and that many bytes.  An altered message is
 * refused and changes nothing; the genuine one is read after that.
 */
#include <stdlib.h>

#include "packages/ntlm/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t kinds[] = {
    0xe2088235, 0x22088235, 0x82088235, 0x42088235, 0xe2008235, 0xc20082b5, 0xe2088275, 0xe2088215,
};

enum { FROM_SERVER = 1, SEALED = 2, ALTERED = 4, IN_THREE = 8 };

struct ends {
    struct ntlm_session client;
    struct ntlm_session server;
    uint32_t number; /* of the next datagram */
};

struct wire {
    uint8_t bytes[UINT8_MAX];
    uint8_t signature[NTLM_SIGNATURE_SIZE];
};

static struct ntlm_message message(struct wire *wire, size_t n, uint8_t what,
                                   struct pkg_piece pieces[3])
{
    size_t a = (what & IN_THREE) != 0 ? n / 3 : 0;
    size_t b = (what & IN_THREE) != 0 ? n / 2 : 0;

    pieces[0] = (struct pkg_piece){ wire->bytes, a, true, true };
    pieces[1] = (struct pkg_piece){ wire->bytes + a, b - a, false, true };
    pieces[2] = (struct pkg_piece){ wire->bytes + b, n - b, true, true };
    return (struct ntlm_message){ .pieces = pieces, .n = 3 };
}

static enum ssp_err receive(struct ntlm_session *to, const struct ntlm_message *msg, bool sealed,
                            const struct wire *wire)
{
    return sealed ? ntlm_unseal(to, msg, wire->signature) : ntlm_verify(to, msg, wire->signature);
}

static bool same_dir(const struct ntlm_dir *a, const struct ntlm_dir *b)
{
    return a->seq == b->seq && memcmp(&a->rc4, &b->rc4, sizeof(a->rc4)) == 0;
}

/* Alters one byte that counts, and expects that nothing comes of it. */
static void refuse(struct ntlm_session *to, const struct ntlm_message *msg, bool sealed,
                   struct wire *wire, size_t n, size_t where)
{
    size_t at = where % (n + NTLM_SIGNATURE_SIZE);
    bool pad = at >= n + 4 && at < n + 8 && !ntlm_is_ess(to->flags);
    uint8_t *byte = at < n ? &wire->bytes[at] : &wire->signature[at - n + (pad ? 4 : 0)];

    *byte ^= 0x20;
    const struct wire before = *wire;
    const struct ntlm_session session = *to;
    if (receive(to, msg, sealed, wire) == SSP_OK || memcmp(&before, wire, sizeof(before)) != 0 ||
        !same_dir(&session.send, &to->send) || !same_dir(&session.recv, &to->recv))
        abort();
    *byte ^= 0x20;
}

static void talk(struct ends *ends, uint8_t what, struct view bytes, size_t where)
{
    struct ntlm_session *from = (what & FROM_SERVER) != 0 ? &ends->server : &ends->client;
    struct ntlm_session *to = (what & FROM_SERVER) != 0 ? &ends->client : &ends->server;
    bool sealed = (what & SEALED) != 0 && (from->flags & NTLMSSP_NEGOTIATE_SEAL) != 0;
    struct wire wire = { 0 };
    struct pkg_piece pieces[3];
    struct ntlm_message msg = message(&wire, bytes.n, what, pieces);

    msg.seq = ends->number++;
    if (bytes.n != 0)
        memcpy(wire.bytes, bytes.p, bytes.n);
    if ((sealed ? ntlm_seal(from, &msg, wire.signature) : ntlm_sign(from, &msg, wire.signature)) !=
        SSP_OK)
        abort();
    if ((what & ALTERED) != 0)
        refuse(to, &msg, sealed, &wire, bytes.n, where);
    if (receive(to, &msg, sealed, &wire) != SSP_OK ||
        (bytes.n != 0 && memcmp(wire.bytes, bytes.p, bytes.n) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct key key = { .n = NTLM_KEY_SIZE };
    struct rd in = rd_of((struct view){ data, size });
    uint32_t flags = kinds[rd_u8(&in) % (sizeof(kinds) / sizeof(kinds[0]))];
    struct ends ends = { .number = 0 };

    ntlm_session_init(&ends.client, flags, NTLM_CLIENT, &key);
    ntlm_session_init(&ends.server, flags, NTLM_SERVER, &key);
    /* Ends: every turn takes three bytes or more. */
    while (rd_ok(&in) && in.left.n != 0) {
        uint8_t what = rd_u8(&in);
        uint8_t n = rd_u8(&in);
        uint8_t where = rd_u8(&in);
        struct view bytes = rd_view(&in, n);

        if (rd_ok(&in))
            talk(&ends, what, bytes, where);
    }
    return 0;
}
