/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checksum of type 0x8003 in an authenticator, which is none: it tells what
 * the client wants of the context (RFC 4121 4.1.1), little-endian throughout.
 *
 *   0   4  length of the bindings, 16
 *   4  16  MD5 of the channel bindings (RFC 4121 4.1.1.2); zeroes: none
 *  20   4  GSS_C_*_FLAG
 *  24   2  1, and
 *  26   2  length of, and
 *  28   n  a KRB-CRED message; these three where GSS_C_DELEG_FLAG is set
 *   …   m  extensions, which are passed over
 */
#ifndef SSP_KERBEROS_CHECKSUM_H
#define SSP_KERBEROS_CHECKSUM_H

#include "base/wr.h"

enum {
    KRB_CHECKSUM_TYPE = 0x8003,
    KRB_HASH_SIZE = 16,
    KRB_CHECKSUM_MAX = 64 * 1024,
};

enum { /* GSS_C_*_FLAG of RFC 4121 4.1.1.1, RFC 4757 7.1 and [MS-KILE] 3.2.5.2 */
       KRB_GSS_DELEG = 0x1,
       KRB_GSS_MUTUAL = 0x2,
       KRB_GSS_REPLAY = 0x4,
       KRB_GSS_SEQUENCE = 0x8,
       KRB_GSS_CONF = 0x10,
       KRB_GSS_INTEG = 0x20,
       KRB_GSS_DCE_STYLE = 0x1000,
       KRB_GSS_IDENTIFY = 0x2000,
       KRB_GSS_EXTENDED_ERROR = 0x4000,
};

struct krb_checksum {
    uint32_t flags;
    uint8_t bindings[KRB_HASH_SIZE];
    struct view delegation; /* KRB-CRED; borrowed; goes with KRB_GSS_DELEG */
};

/* TOO_LARGE (in out->err) for a delegation of more than 65535 bytes. */
void krb_checksum_encode(const struct krb_checksum *checksum, struct wr *out);

/* BAD_TOKEN. */
enum ssp_err krb_checksum_decode(struct view bytes, struct krb_checksum *ret);

bool krb_checksum_has_bindings(const struct krb_checksum *checksum);

#endif
