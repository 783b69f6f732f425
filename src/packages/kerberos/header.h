/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of MIC and Wrap tokens (RFC 4121 4.2.6). */
#ifndef SSP_KERBEROS_HEADER_H
#define SSP_KERBEROS_HEADER_H

#include "base/rd.h"

enum { KRB_HEADER_SIZE = 16 };

enum { /* RFC 4121 4.2.2 */
       KRB_SENT_BY_ACCEPTOR = 1,
       KRB_SEALED = 2,
       KRB_ACCEPTOR_SUBKEY = 4,
};

struct krb_header {
    uint8_t flags;
    uint16_t ec;  /* Wrap tokens only: extra count */
    uint16_t rrc; /* Wrap tokens only: right rotation count */
    uint64_t seq;
};

void krb_mic_encode(const struct krb_header *header, uint8_t ret[KRB_HEADER_SIZE]);
void krb_wrap_encode(const struct krb_header *header, uint8_t ret[KRB_HEADER_SIZE]);

/* Of what a token begins with; further bytes are not looked at.  BAD_TOKEN when it is too short, of
 * another kind, or a filler is not as it must be. */
enum ssp_err krb_mic_decode_prefix(struct view token, struct krb_header *ret);
enum ssp_err krb_wrap_decode_prefix(struct view token, struct krb_header *ret);

#endif
