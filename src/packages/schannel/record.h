/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record: RFC 8446 5 and, for TLS 1.2, RFC 5246 6.2 with the AEAD ciphers of
 * RFC 5288 and RFC 7905.  In place, without allocation once the key is made.
 *
 *              header        text            tail
 *   1.3        5             n               type, tag          17
 *   1.2 GCM    5 + nonce 8   n               tag                16
 *   1.2 ChaCha 5             n               tag                16
 */
#ifndef SSP_SCHANNEL_RECORD_H
#define SSP_SCHANNEL_RECORD_H

#include "packages/schannel/conn.h"

enum {
    TLS_TYPE_CHANGE_CIPHER_SPEC = 20,
    TLS_TYPE_ALERT = 21,
    TLS_TYPE_HANDSHAKE = 22,
    TLS_TYPE_DATA = 23,
};

enum {
    TLS_TEXT_MAX = 16384,      /* of a record, in clear */
    TLS_PLAIN_HEADER_SIZE = 5, /* type, version, length */
    TLS_HEADER_MAX = 13,
    TLS_TAIL_MAX = 17,
};

size_t tls_header_size(const struct tls_suite *suite);
size_t tls_tail_size(const struct tls_suite *suite);

struct tls_place { /* where a record goes: the text is there and is changed in place */
    uint8_t *header;
    uint8_t *text;
    size_t n; /* TLS_TEXT_MAX at most */
    uint8_t *tail;
};

/* NO_MEMORY when the key has to be made first; OUT_OF_SEQUENCE when there is no number left for a
 * record.  Fastest when tail is text + n. */
enum ssp_err tls_record_seal(struct tls_conn *conn, uint8_t type, const struct tls_place *place);

struct tls_opened {
    uint8_t type;
    uint8_t *text; /* in the caller's bytes */
    size_t n;
    size_t whole_n; /* bytes of the record, its header included */
    size_t inner_n; /* bytes that were decrypted, from text on */
};

/*
 * Opens the first record in place; no plaintext is there before its tag was checked.
 *
 * INCOMPLETE      ret_missing bytes have to come, and more perhaps
 * NO_MEMORY       when the key has to be made first
 * of tls_conn_die(): the session is over, and the bytes are as they were
 */
enum ssp_err tls_record_open(struct tls_conn *conn, uint8_t *bytes, size_t n,
                             struct tls_opened *ret, size_t *ret_missing);

/* Takes back the last record opened: bytes and session are as they were.  INTERNAL. */
enum ssp_err tls_record_unopen(struct tls_conn *conn, const struct tls_opened *opened);

#endif
