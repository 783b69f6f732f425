/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/seal.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "crypto/rc4_md5.h"

enum { CHECKSUM_SIZE = 8, SIGNATURE_VERSION = 1 };

/* Everything a signature can say, in the order of its fields. */
struct trailer { /* bytes only, so it has no padding */
    uint8_t version[4];
    uint8_t checksum[CHECKSUM_SIZE]; /* without extended session security: RandomPad, Checksum */
    uint8_t seq[4];
};

_Static_assert(sizeof(struct trailer) == NTLM_SIGNATURE_SIZE, "signature size");

static void put_le32(uint8_t dst[4], uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        dst[i] = (uint8_t)(value >> 8 * i);
}

static bool is_datagram(const struct ntlm_session *session)
{
    return (session->flags & NTLMSSP_NEGOTIATE_DATAGRAM) != 0;
}

static struct ntlm_dir *receiving(struct ntlm_session *session)
{
    return ntlm_is_ess(session->flags) ? &session->recv : &session->send;
}

/* The keystream for one message of this number: a copy of the running one, or one of its own. */
static void stream_for(const struct ntlm_session *session, const struct ntlm_dir *dir, uint32_t seq,
                       struct rc4 *ret)
{
    uint8_t number[4];
    uint8_t key[MD5_SIZE];
    struct view pieces[] = { { dir->seal_key, dir->seal_key_n }, VIEW_OF(number) };

    if (!is_datagram(session)) {
        *ret = dir->rc4;
        return;
    }
    put_le32(number, seq);
    md5(pieces, 2, key);
    rc4_init(ret, VIEW_OF(key));
    explicit_bzero(key, sizeof(key));
}

static void crypt_pieces(struct rc4 *stream, const struct ntlm_message *msg)
{
    for (size_t i = 0; i < msg->n; i++)
        if (msg->pieces[i].seal)
            rc4_crypt(stream, msg->pieces[i].p, msg->pieces[i].p, msg->pieces[i].n);
}

static void begin_trailer(const struct ntlm_session *session, uint32_t seq, struct trailer *ret)
{
    put_le32(ret->version, SIGNATURE_VERSION);
    put_le32(ret->seq, ntlm_is_ess(session->flags) ? seq : 0);
}

/* The checksum over the plaintext, before it is encrypted itself. */
static void digest(const struct ntlm_session *session, const struct ntlm_dir *dir,
                   const struct ntlm_message *msg, uint32_t seq, struct trailer *ret)
{
    bool ess = ntlm_is_ess(session->flags);
    struct view views[1 + LIMIT_BUFFERS];
    uint8_t mac[MD5_SIZE];
    size_t n = 1;

    begin_trailer(session, seq, ret);
    views[0] = VIEW_OF(ret->seq);
    for (size_t i = 0; i < msg->n; i++)
        if (ess || msg->pieces[i].sign)
            views[n++] = (struct view){ msg->pieces[i].p, msg->pieces[i].n };
    if (ess) {
        hmac_md5_keyed(&dir->sign, views, n, mac);
        memcpy(ret->checksum, mac, sizeof(ret->checksum));
        return;
    }
    put_le32(ret->checksum, 0); /* RandomPad: "Typically 0" */
    put_le32(ret->checksum + 4, crc32_ieee(views + 1, n - 1));
}

/* The usual message, one piece that is encrypted whole: checksum and keystream go over it side by
 * side. */
static bool is_one_piece(const struct ntlm_session *session, const struct ntlm_message *msg)
{
    return ntlm_is_ess(session->flags) && msg->n == 1 && msg->pieces[0].seal;
}

typedef void one_pass_fn(struct rc4 *rc4, const struct hmac_md5_key *key, struct view first,
                         uint8_t *data, size_t n, uint8_t ret[MD5_SIZE]);

static void one_pass(const struct ntlm_dir *dir, struct rc4 *stream, const struct pkg_piece *piece,
                     one_pass_fn *fn, struct trailer *ret)
{
    uint8_t mac[MD5_SIZE];

    fn(stream, &dir->sign, VIEW_OF(ret->seq), piece->p, piece->n, mac);
    memcpy(ret->checksum, mac, sizeof(ret->checksum));
}

/* Checksum and encryption of a message that goes out. */
static void protect_pieces(const struct ntlm_session *session, const struct ntlm_dir *dir,
                           struct rc4 *stream, const struct ntlm_message *msg, uint32_t seq,
                           struct trailer *ret)
{
    if (is_one_piece(session, msg)) {
        begin_trailer(session, seq, ret);
        one_pass(dir, stream, msg->pieces, rc4_hmac_md5_seal, ret);
        return;
    }
    digest(session, dir, msg, seq, ret);
    crypt_pieces(stream, msg);
}

/* The same of one that came in. */
static void unprotect_pieces(const struct ntlm_session *session, const struct ntlm_dir *dir,
                             struct rc4 *stream, const struct ntlm_message *msg, uint32_t seq,
                             struct trailer *ret)
{
    if (is_one_piece(session, msg)) {
        begin_trailer(session, seq, ret);
        one_pass(dir, stream, msg->pieces, rc4_hmac_md5_open, ret);
        return;
    }
    crypt_pieces(stream, msg);
    digest(session, dir, msg, seq, ret);
}

/* Encrypts what of the signature is encrypted; the message came first ([MS-NLMP] 3.4.3). */
static void crypt_trailer(const struct ntlm_session *session, struct rc4 *stream, uint32_t seq,
                          struct trailer *trailer)
{
    if (ntlm_is_ess(session->flags)) {
        if ((session->flags & NTLMSSP_NEGOTIATE_KEY_EXCH) != 0)
            rc4_crypt(stream, trailer->checksum, trailer->checksum, sizeof(trailer->checksum));
        return;
    }
    rc4_crypt(stream, trailer->checksum, trailer->checksum, sizeof(trailer->checksum));
    rc4_crypt(stream, trailer->seq, trailer->seq, sizeof(trailer->seq));
    for (size_t i = 0; i < sizeof(trailer->seq); i++)
        trailer->seq[i] ^= (uint8_t)(seq >> 8 * i);
}

/* What all four calls refuse alike. */
static enum ssp_err check(const struct ntlm_session *session, const struct ntlm_message *msg,
                          bool seal)
{
    bool can_seal = (session->flags & NTLMSSP_NEGOTIATE_SEAL) != 0;

    if (msg->n > LIMIT_BUFFERS)
        return ssp_fail(BAD_ARGUMENT);
    if (!ntlm_is_protected(session->flags) &&
        (seal || (session->flags & NTLMSSP_NEGOTIATE_ALWAYS_SIGN) == 0))
        return ssp_fail(UNSUPPORTED);
    /* 3.4.3: without a connection, sealing needs extended session security. */
    if (seal && (!can_seal || (is_datagram(session) && !ntlm_is_ess(session->flags))))
        return ssp_fail(UNSUPPORTED);
    return SSP_OK;
}

/* The number of the message; the last one is never used, so that counting on cannot wrap. */
static enum ssp_err number_of(const struct ntlm_session *session, const struct ntlm_dir *dir,
                              const struct ntlm_message *msg, uint32_t *ret)
{
    uint32_t seq = is_datagram(session) ? msg->seq : dir->seq;

    if (seq == UINT32_MAX)
        return ssp_fail(EXPIRED);
    *ret = seq;
    return SSP_OK;
}

static const struct trailer constant = { .version = { SIGNATURE_VERSION } };

static enum ssp_err protect(struct ntlm_session *session, const struct ntlm_message *msg, bool seal,
                            uint8_t ret_signature[NTLM_SIGNATURE_SIZE])
{
    ssp_cleanup(rc4_wipe) struct rc4 own;
    struct ntlm_dir *dir = &session->send;
    struct rc4 *stream = &dir->rc4;
    struct trailer trailer;
    uint32_t seq = 0;

    SSP_TRY(check(session, msg, seal));
    if (!ntlm_is_protected(session->flags)) {
        memcpy(ret_signature, &constant, sizeof(constant));
        return SSP_OK;
    }
    SSP_TRY(number_of(session, dir, msg, &seq));
    if (seq < dir->seq)
        return ssp_fail(OUT_OF_SEQUENCE);
    ntlm_session_need_sign(session, dir);
    if (is_datagram(session)) {
        stream = &own;
        stream_for(session, dir, seq, stream);
    }
    if (seal)
        protect_pieces(session, dir, stream, msg, seq, &trailer);
    else
        digest(session, dir, msg, seq, &trailer);
    crypt_trailer(session, stream, seq, &trailer);
    dir->seq = seq + 1;
    memcpy(ret_signature, &trailer, sizeof(trailer));
    return SSP_OK;
}

/* With extended session security the number stands in clear, and a stale one is no alteration;
 * without it, only a good checksum makes the number worth a word. */
static enum ssp_err compare(const struct ntlm_session *session, const struct trailer *expected,
                            const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    bool ess = ntlm_is_ess(session->flags);
    size_t skip = ess ? 0 : 4; /* the pad of an old peer may be anything */
    struct trailer got;

    memcpy(&got, signature, sizeof(got));
    bool same_version = ct_eq(VIEW_OF(got.version), VIEW_OF(expected->version));
    bool same_seq = ct_eq(VIEW_OF(got.seq), VIEW_OF(expected->seq));
    bool same_sum = ct_eq((struct view){ got.checksum + skip, CHECKSUM_SIZE - skip },
                          (struct view){ expected->checksum + skip, CHECKSUM_SIZE - skip });

    if (same_version && !same_seq && (ess || same_sum))
        return ssp_fail(OUT_OF_SEQUENCE);
    return same_version && same_sum ? SSP_OK : ssp_fail(ALTERED);
}

/* Works on a copy of the keystream, which replaces the running one only when all was good. */
static enum ssp_err receive(struct ntlm_session *session, struct ntlm_dir *dir,
                            const struct ntlm_message *msg, bool seal,
                            const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    ssp_cleanup(rc4_wipe) struct rc4 stream;
    struct trailer expected;
    uint32_t seq = 0;

    SSP_TRY(number_of(session, dir, msg, &seq));
    ntlm_session_need_sign(session, dir);
    stream_for(session, dir, seq, &stream);
    if (seal)
        unprotect_pieces(session, dir, &stream, msg, seq, &expected);
    else
        digest(session, dir, msg, seq, &expected);
    crypt_trailer(session, &stream, seq, &expected);

    enum ssp_err e = compare(session, &expected, signature);
    if (e != SSP_OK && seal) { /* give nothing away: back to the ciphertext */
        stream_for(session, dir, seq, &stream);
        crypt_pieces(&stream, msg);
    }
    if (e == SSP_OK && !is_datagram(session)) {
        dir->rc4 = stream;
        dir->seq = seq + 1;
    }
    return e;
}

static enum ssp_err unprotect(struct ntlm_session *session, const struct ntlm_message *msg,
                              bool seal, const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    SSP_TRY(check(session, msg, seal));
    if (ntlm_is_protected(session->flags))
        return receive(session, receiving(session), msg, seal, signature);
    if (!ct_eq((struct view){ (const uint8_t *)&constant, sizeof(constant) },
               (struct view){ signature, NTLM_SIGNATURE_SIZE }))
        return ssp_fail(ALTERED);
    return SSP_OK;
}

enum ssp_err ntlm_sign(struct ntlm_session *session, const struct ntlm_message *msg,
                       uint8_t ret_signature[NTLM_SIGNATURE_SIZE])
{
    return protect(session, msg, false, ret_signature);
}

enum ssp_err ntlm_seal(struct ntlm_session *session, const struct ntlm_message *msg,
                       uint8_t ret_signature[NTLM_SIGNATURE_SIZE])
{
    return protect(session, msg, true, ret_signature);
}

enum ssp_err ntlm_verify(struct ntlm_session *session, const struct ntlm_message *msg,
                         const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    return unprotect(session, msg, false, signature);
}

enum ssp_err ntlm_unseal(struct ntlm_session *session, const struct ntlm_message *msg,
                         const uint8_t signature[NTLM_SIGNATURE_SIZE])
{
    return unprotect(session, msg, true, signature);
}
