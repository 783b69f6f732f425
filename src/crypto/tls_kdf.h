/* SPDX-License-Identifier: Apache-2.0 */
/* How TLS makes keys: HKDF-Expand-Label (RFC 8446 7.1) and TLS 1.2's PRF (RFC 5246 5), each with
 * SHA-256 or SHA-384. */
#ifndef SSP_CRYPTO_TLS_KDF_H
#define SSP_CRYPTO_TLS_KDF_H

#include "base/rd.h"

enum tls_hash { TLS_SHA256, TLS_SHA384 };
enum {
    TLS_HASH_MAX = 48,
    TLS_LABEL_MAX = 249, /* of HkdfLabel, without its "tls13 " */
    TLS_PIECES_MAX = 5,
};

size_t tls_hash_size(enum tls_hash hash);

void tls_digest(enum tls_hash hash, struct view bytes, uint8_t ret[TLS_HASH_MAX]);

struct tls_label { /* what a key is for */
    struct view label;
    struct view context; /* a hash, or empty */
};

/* Fills all of ret.  BAD_ARGUMENT when the label is longer than HkdfLabel can say, the context than
 * a hash, or the key than HKDF goes. */
enum ssp_err tls_expand_label(enum tls_hash hash, struct view secret, const struct tls_label *label,
                              uint8_t *ret, size_t n);

/* PRF(secret, label, seed) where the seed is in pieces, the label the first of them, TLS_PIECES_MAX
 * at most (asserted).  Secrets have at most a block of the hash, here and above (asserted). */
void tls_prf(enum tls_hash hash, struct view secret, const struct view *pieces, size_t n_pieces,
             uint8_t *ret, size_t n);

#endif
