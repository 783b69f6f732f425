/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The encrypted body of a Wrap token (RFC 4121 4.2.4), in place, wherever its parts lie:
 *
 *     confounder | data | filler | header | checksum
 *
 * The checksum is over the plaintext (RFC 3961 5.3) or over the ciphertext (RFC 8009 5), as the
 * encryption type has it.  What is signed and not encrypted counts for it in its place.
 */
#ifndef SSP_KERBEROS_BODY_H
#define SSP_KERBEROS_BODY_H

#include "base/limits.h"
#include "packages/common/layout.h"
#include "packages/kerberos/keys.h"

enum {
    KRB_MAC_MAX = 24,
    KRB_PARTS_MAX = LIMIT_BUFFERS + 4, /* of a message: the pieces, confounder, trailer; a vector */
};

struct krb_message {
    const struct pkg_piece *pieces;
    size_t n; /* at most LIMIT_BUFFERS, else BAD_ARGUMENT */
};

struct krb_body { /* borrowed */
    const struct krb_message *msg;
    uint8_t *confounder;
    struct span trailer[2]; /* filler, header, checksum: behind the data, then what was rotated */
    size_t inner_n;         /* how much of the trailer is encrypted: all but the checksum */
};

/* n bytes of the trailer from `from` on. */
void krb_body_copy_trailer(const struct krb_body *body, size_t from, size_t n, uint8_t *ret);

void krb_body_encrypt(const struct krb_body *body, const struct aes_key *key);
void krb_body_decrypt(const struct krb_body *body, const struct aes_key *key);

/* Encrypts, and says the checksum, which may go into its place in the trailer. */
void krb_body_protect(const struct krb_body *body, const struct krb_profile *profile,
                      const struct krb_keys *keys, uint8_t *ret_mac);

/* Is the checksum in the trailer that of what is there now?  To be asked before or after
 * decryption, as the encryption type has it. */
bool krb_body_mac_fits(const struct krb_body *body, const struct krb_profile *profile,
                       const struct krb_keys *keys);

#endif
