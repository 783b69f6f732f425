/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input of a leg, when tokens are a stream of bytes (TLS): the application feeds
 * what it has read, with a SECBUFFER_EMPTY beside the SECBUFFER_TOKEN, and is told
 * in it what was not used: SECBUFFER_EXTRA, the tail of its token.
 *
 * Packages say how many bytes are left, and this makes the buffer point to them, so
 * that it does not matter in whose memory the package saw the token.  No package
 * sees more than LIMIT_TOKEN of a stream at once: what is behind that is left over.
 */
#ifndef SSP_SSPI_FEED_H
#define SSP_SSPI_FEED_H

#include "lsa/port.h"

struct feed {
    PSecBuffer token; /* the caller's; NULL: there is nothing to tell */
    PSecBufferDesc in;
    ULONG size; /* of the token, as the caller gave it */
    ULONG kept; /* bytes of its end that the package does not see */
};

/* Before and after the leg, whatever became of it; the status is the leg's, or SEC_E_INVALID_TOKEN
 * where so many bytes are no message yet. */
void feed_begin(const struct lsa_leg *leg, struct feed *ret);
SECURITY_STATUS feed_end(const struct feed *feed, SECURITY_STATUS status);

#endif
