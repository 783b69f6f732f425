/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KRB-ERROR (RFC 4120 5.9.1): what an acceptor says when it lets nobody in, and
 * what we understand of it.  Nobody signed it, so it changes nothing but the
 * status of a handshake that has failed anyway.
 */
#ifndef SSP_KERBEROS_ERROR_H
#define SSP_KERBEROS_ERROR_H

#include "base/der.h"

enum { KRB_ERROR_MAX = 4096 };

/* About that request (AP-REQ), whose ticket names realm and service.  False when it is better to
 * say nothing: of a request that is none, or an error that is ours. */
bool krb_error_encode(enum ssp_err why, struct view request, uint32_t now, struct wr *out);

/* The error that it stands for; BAD_TOKEN for a malformed one. */
enum ssp_err krb_error_decode(struct view message);

#endif
