/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/record.h"

#include <schannel.h>

enum {
    SEQ_SIZE = 8,
    EXPLICIT_SIZE = 8,                    /* of a nonce, RFC 5288 3 */
    SALT_SIZE = 4,                        /* the other part */
    AAD_1_2_SIZE = 13,                    /* RFC 5246 6.2.3.3 */
    INNER_MAX = TLS_TEXT_MAX + 1,         /* RFC 8446 5.4, with its type */
    CIPHER_1_3_MAX = TLS_TEXT_MAX + 256,  /* RFC 8446 5.2 */
    CIPHER_1_2_MAX = TLS_TEXT_MAX + 2048, /* RFC 5246 6.2.3 */
};

static bool is_1_3(const struct tls_conn *conn)
{
    return conn->core->suite->version == TLS_1_3;
}

static bool is_explicit(const struct tls_suite *suite)
{
    return suite->version == TLS_1_2 && suite->cipher != TLS_CHACHA20_POLY1305;
}

size_t tls_header_size(const struct tls_suite *suite)
{
    return TLS_PLAIN_HEADER_SIZE + (is_explicit(suite) ? EXPLICIT_SIZE : 0);
}

size_t tls_tail_size(const struct tls_suite *suite)
{
    return RECORD_TAG_SIZE + (suite->version == TLS_1_3 ? 1 : 0);
}

static void put_be(uint8_t *dst, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dst[i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

static void put_header(uint8_t *dst, uint8_t type, size_t n)
{
    dst[0] = type;
    put_be(dst + 1, TLS_1_2, 2); /* legacy_record_version of 1.3 too */
    put_be(dst + 3, n, 2);
}

/* What a record is sealed with besides its text. */
struct wrapping {
    uint8_t nonce[RECORD_NONCE_SIZE];
    uint8_t aad[AAD_1_2_SIZE];
    size_t aad_n;
};

/* RFC 8446 5.3 and RFC 7905 2: the sequence number XORed into the IV. */
static void xor_nonce(const struct tls_dir *dir, uint8_t nonce[RECORD_NONCE_SIZE])
{
    uint8_t seq[SEQ_SIZE];

    put_be(seq, dir->seq, sizeof(seq));
    memcpy(nonce, dir->iv, RECORD_NONCE_SIZE);
    for (size_t i = 0; i < sizeof(seq); i++)
        nonce[RECORD_NONCE_SIZE - sizeof(seq) + i] ^= seq[i];
}

/* RFC 8446 5.2: "The additional data input ... is the TLSCiphertext header". */
static void wrap_1_3(const struct tls_dir *dir, const uint8_t *header, struct wrapping *ret)
{
    xor_nonce(dir, ret->nonce);
    memcpy(ret->aad, header, TLS_PLAIN_HEADER_SIZE);
    ret->aad_n = TLS_PLAIN_HEADER_SIZE;
}

/* additional_data = seq_num + type + version + length of the plaintext */
static void wrap_1_2(const struct tls_suite *suite, const struct tls_dir *dir,
                     const uint8_t *header, size_t n, struct wrapping *ret)
{
    if (is_explicit(suite)) {
        memcpy(ret->nonce, dir->iv, SALT_SIZE);
        memcpy(ret->nonce + SALT_SIZE, header + TLS_PLAIN_HEADER_SIZE, EXPLICIT_SIZE);
    } else {
        xor_nonce(dir, ret->nonce);
    }
    put_be(ret->aad, dir->seq, SEQ_SIZE);
    put_header(ret->aad + SEQ_SIZE, header[0], n);
    ret->aad_n = AAD_1_2_SIZE;
}

/* Looks first: a store to what both directions look at is dear. */
static void mark_used(struct tls_conn *conn)
{
    if (!conn->core->live.is_used)
        conn->core->live.is_used = true;
}

/* ---- Sealing ----------------------------------------------------------- */

static enum ssp_err seal_text(const struct record_aead *aead, const struct wrapping *wrapping,
                              uint8_t type, const struct tls_place *place)
{
    bool has_type = wrapping->aad_n == TLS_PLAIN_HEADER_SIZE;
    struct record_message msg = {
        wrapping->nonce, { wrapping->aad, wrapping->aad_n }, place->text, place->n
    };

    if (has_type)
        place->tail[0] = type;
    if (place->tail != place->text + place->n)
        return record_seal_apart(aead, &msg, place->tail, has_type ? 1 : 0);
    msg.n += has_type ? 1 : 0;
    return record_seal(aead, &msg);
}

enum ssp_err tls_record_seal(struct tls_conn *conn, uint8_t type, const struct tls_place *place)
{
    const struct tls_suite *suite = conn->core->suite;
    struct tls_dir *dir = &conn->core->send;
    const struct record_aead *aead = NULL;
    struct wrapping wrapping;
    size_t n = place->n + tls_tail_size(suite) + (is_explicit(suite) ? EXPLICIT_SIZE : 0);

    if (dir->seq == UINT64_MAX)
        return ssp_fail(OUT_OF_SEQUENCE);
    SSP_TRY(tls_conn_key(conn, TLS_SEND, &aead));
    put_header(place->header, is_1_3(conn) ? TLS_TYPE_DATA : type, n);
    if (is_explicit(
            suite)) /* RFC 5288 3: "The nonce_explicit MAY be the 64-bit sequence number." */
        put_be(place->header + TLS_PLAIN_HEADER_SIZE, dir->seq, EXPLICIT_SIZE);
    if (is_1_3(conn))
        wrap_1_3(dir, place->header, &wrapping);
    else
        wrap_1_2(suite, dir, place->header, place->n, &wrapping);
    SSP_TRY(seal_text(aead, &wrapping, type, place));
    dir->seq++;
    mark_used(conn);
    return SSP_OK;
}

/* ---- Opening ----------------------------------------------------------- */

struct outer { /* a record as it arrived, whole */
    uint8_t *bytes;
    size_t header_n;
    size_t cipher_n; /* what was encrypted, without the tag */
};

/* After the handshake everything is encrypted: in 1.3 under one type, and in 1.2 nothing changes
 * ciphers any more. */
static bool type_holds(const struct tls_conn *conn, uint8_t type)
{
    return is_1_3(conn) ? type == TLS_TYPE_DATA : type >= TLS_TYPE_ALERT && type <= TLS_TYPE_DATA;
}

/* The header alone: what is wrong with it is wrong whatever follows. */
static enum ssp_err check_header(struct tls_conn *conn, uint8_t type, uint16_t version, size_t n)
{
    if (!type_holds(conn, type))
        return tls_conn_die(conn, TLS1_ALERT_UNEXPECTED_MESSAGE);
    /* In 1.3 it "MUST be ignored for all purposes"; the tag covers it. */
    if (!is_1_3(conn) && version != TLS_1_2)
        return tls_conn_die(conn, TLS1_ALERT_PROTOCOL_VERSION);
    if (n > (is_1_3(conn) ? CIPHER_1_3_MAX : CIPHER_1_2_MAX))
        return tls_conn_die(conn, TLS1_ALERT_RECORD_OVERFLOW);
    return SSP_OK;
}

static enum ssp_err find(struct tls_conn *conn, uint8_t *bytes, size_t n, struct outer *ret,
                         size_t *ret_missing)
{
    const struct tls_suite *suite = conn->core->suite;
    size_t header_n = tls_header_size(suite);
    struct rd in = rd_of((struct view){ bytes, n });
    uint8_t type = rd_u8(&in);
    uint16_t version = rd_be16(&in);
    size_t length = rd_be16(&in);

    if (bytes == NULL || !rd_ok(&in)) {
        *ret_missing = TLS_PLAIN_HEADER_SIZE - n;
        return ssp_fail(INCOMPLETE);
    }
    SSP_TRY(check_header(conn, type, version, length));
    if (length > in.left.n) {
        *ret_missing = length - in.left.n;
        return ssp_fail(INCOMPLETE);
    }
    if (length < header_n - TLS_PLAIN_HEADER_SIZE + tls_tail_size(suite))
        return tls_conn_die(conn, TLS1_ALERT_BAD_RECORD_MAC);
    *ret = (struct outer){ bytes, header_n,
                           TLS_PLAIN_HEADER_SIZE + length - header_n - RECORD_TAG_SIZE };
    return SSP_OK;
}

static void wrap_outer(const struct tls_conn *conn, const struct outer *outer, struct wrapping *ret)
{
    const struct tls_dir *dir = &conn->core->recv;

    if (is_1_3(conn))
        wrap_1_3(dir, outer->bytes, ret);
    else
        wrap_1_2(conn->core->suite, dir, outer->bytes, outer->cipher_n, ret);
}

/* RFC 8446 5.4: the type is the last byte that is not zero. */
static enum ssp_err take_padding(struct tls_conn *conn, struct tls_opened *opened)
{
    size_t n = opened->n;

    while (n != 0 && opened->text[n - 1] == 0)
        n--;
    if (n == 0)
        return tls_conn_die(conn, TLS1_ALERT_UNEXPECTED_MESSAGE);
    opened->type = opened->text[n - 1];
    opened->n = n - 1;
    return SSP_OK;
}

/* What cannot be said of the ciphertext.  Its tag was right, so a peer that breaks this is broken;
 * the caller's bytes are put back nevertheless. */
static enum ssp_err take_text(struct tls_conn *conn, struct tls_opened *opened)
{
    if (opened->inner_n > (is_1_3(conn) ? (size_t)INNER_MAX : (size_t)TLS_TEXT_MAX))
        return tls_conn_die(conn, TLS1_ALERT_RECORD_OVERFLOW);
    return is_1_3(conn) ? take_padding(conn, opened) : SSP_OK;
}

static enum ssp_err open_found(struct tls_conn *conn, const struct outer *outer,
                               struct tls_opened *ret)
{
    const struct record_aead *aead = NULL;
    struct wrapping wrapping;

    SSP_TRY(tls_conn_key(conn, TLS_RECV, &aead));
    wrap_outer(conn, outer, &wrapping);
    const struct record_message msg = { wrapping.nonce,
                                        { wrapping.aad, wrapping.aad_n },
                                        outer->bytes + outer->header_n,
                                        outer->cipher_n };
    if (record_open(aead, &msg) != SSP_OK)
        return tls_conn_die(conn, TLS1_ALERT_BAD_RECORD_MAC);
    struct tls_opened opened = {
        .type = outer->bytes[0],
        .text = msg.text,
        .n = msg.n,
        .whole_n = outer->header_n + msg.n + RECORD_TAG_SIZE,
        .inner_n = msg.n,
    };
    conn->core->recv.seq++;
    enum ssp_err e = take_text(conn, &opened);
    if (e != SSP_OK) {
        SSP_TRY(tls_record_unopen(conn, &opened));
        return e;
    }
    *ret = opened;
    return SSP_OK;
}

enum ssp_err tls_record_open(struct tls_conn *conn, uint8_t *bytes, size_t n,
                             struct tls_opened *ret, size_t *ret_missing)
{
    struct outer outer = { 0 };

    SSP_TRY(find(conn, bytes, n, &outer, ret_missing));
    if (conn->core->recv.seq == UINT64_MAX)
        return tls_conn_die(conn, TLS1_ALERT_INTERNAL_ERROR);
    SSP_TRY(open_found(conn, &outer, ret));
    mark_used(conn);
    return SSP_OK;
}

/* The same nonce and the same text under the same key: nothing that was not on the wire before. */
enum ssp_err tls_record_unopen(struct tls_conn *conn, const struct tls_opened *opened)
{
    size_t header_n = opened->whole_n - opened->inner_n - RECORD_TAG_SIZE;
    const struct outer outer = { opened->text - header_n, header_n, opened->inner_n };
    const struct record_aead *aead = NULL;
    struct wrapping wrapping;

    conn->core->recv.seq--;
    SSP_TRY(tls_conn_key(conn, TLS_RECV, &aead));
    wrap_outer(conn, &outer, &wrapping);
    const struct record_message msg = {
        wrapping.nonce, { wrapping.aad, wrapping.aad_n }, opened->text, opened->inner_n
    };
    return record_seal(aead, &msg);
}
