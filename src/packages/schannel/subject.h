/* SPDX-License-Identifier: Apache-2.0 */
/* Who a certificate says somebody is. */
#ifndef SSP_SCHANNEL_SUBJECT_H
#define SSP_SCHANNEL_SUBJECT_H

#include "base/utf16.h"

/*
 * Of the first certificate of a chain (base/cert.h); empty where there is none.
 * CERT_UNKNOWN for what is no certificate; NO_MEMORY.  A name that is no text, or
 * has a NUL in it, is none.
 *
 * GnuTLS takes a few hundredths of a handshake's time to read a certificate, so
 * nobody asks who does not need to know.
 */

/* The subject, RFC 4514. */
enum ssp_err tls_subject_dn(struct view chain, struct str16 *ret);

/* For [map]: user principal name, else mail address, else the one common name; empty: none. */
enum ssp_err tls_subject_name(struct view chain, struct str16 *ret);

#endif
