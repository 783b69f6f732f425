/* SPDX-License-Identifier: Apache-2.0 */
/* The encryption types (RFC 3961 6): what each is made of. */
#ifndef SSP_KERBEROS_PROFILE_H
#define SSP_KERBEROS_PROFILE_H

#include <uchar.h>

#include "crypto/hmac.h"

enum krb_enctype { /* the numbers of the wire */
                   KRB_AES128_SHA1 = 17,
                   KRB_AES256_SHA1 = 18,
                   KRB_AES128_SHA2 = 19,
                   KRB_AES256_SHA2 = 20,
};

struct krb_profile {
    int32_t enctype; /* enum krb_enctype */
    size_t key_n;
    size_t mac_key_n; /* of Ki and Kc */
    size_t mac_n;     /* what of a checksum is sent */
    enum hmac_hash hash;
    bool mac_of_cipher;   /* encrypts, then authenticates (RFC 8009 5); else the other way round */
    int32_t checksum;     /* type of the required checksum */
    const char16_t *seal; /* names as RFC 3962 and RFC 8009 give them */
    const char16_t *sign;
};

/* NULL for an encryption type that is not one of the four: RC4-HMAC and DES among them. */
const struct krb_profile *krb_profile_of(int32_t enctype);

#endif
