/* SPDX-License-Identifier: Apache-2.0 */
/* How Kerberos makes the key of a usage from a base key. */
#ifndef SSP_CRYPTO_KRB5_KDF_H
#define SSP_CRYPTO_KRB5_KDF_H

#include "base/secret.h"
#include "crypto/hmac.h"

/* Stretches or folds bytes of any length (not empty) to another, not 0 (RFC 3961 5.1). */
void krb5_nfold(struct view in, uint8_t *ret, size_t ret_n);

/* DK(base, constant) for AES (RFC 3961 5.1, RFC 3962 6): a key as long as the base key, which has
 * 16 or 32 bytes. */
void krb5_dk_aes(struct view base, struct view constant, struct key *ret);

/* KDF-HMAC-SHA2 (RFC 8009 3) without a context: bits of key material, a multiple of eight, at most
 * what the hash has. */
void krb5_kdf_hmac_sha2(enum hmac_hash hash, struct view base, struct view label, uint32_t bits,
                        struct key *ret);

#endif
