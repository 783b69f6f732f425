/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/profile.h"

static const struct krb_profile profiles[] = {
    { KRB_AES128_SHA1, 16, 16, 12, HMAC_SHA1, false, 15, u"aes128-cts-hmac-sha1-96",
      u"hmac-sha1-96-aes128" },
    { KRB_AES256_SHA1, 32, 32, 12, HMAC_SHA1, false, 16, u"aes256-cts-hmac-sha1-96",
      u"hmac-sha1-96-aes256" },
    { KRB_AES128_SHA2, 16, 16, 16, HMAC_SHA256, true, 19, u"aes128-cts-hmac-sha256-128",
      u"hmac-sha256-128-aes128" },
    { KRB_AES256_SHA2, 32, 24, 24, HMAC_SHA384, true, 20, u"aes256-cts-hmac-sha384-192",
      u"hmac-sha384-192-aes256" },
};

const struct krb_profile *krb_profile_of(int32_t enctype)
{
    if (enctype < KRB_AES128_SHA1 || enctype > KRB_AES256_SHA2)
        return NULL;
    return &profiles[enctype - KRB_AES128_SHA1];
}
