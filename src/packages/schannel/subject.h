/* SPDX-License-Identifier: Apache-2.0 */
/* Who a certificate says somebody is. */
#ifndef SSP_SCHANNEL_SUBJECT_H
#define SSP_SCHANNEL_SUBJECT_H

#include "base/utf16.h"

struct tls_subject {   /* ssp_cleanup(tls_subject_wipe) */
    struct str16 dn;   /* RFC 4514 */
    struct str16 name; /* for [map]: user principal name, else mail address, else the one common
                          name; empty: none */
};

/* CERT_UNKNOWN for what is no certificate; NO_MEMORY.  A name that is no text, has a NUL in it or
 * comes twice is none. */
enum ssp_err tls_subject_of(struct view der, struct tls_subject *ret);

void tls_subject_wipe(struct tls_subject *subject);

#endif
