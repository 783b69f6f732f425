/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities as the Sspi*AuthIdentity calls hand them about: what comes in may be
 * any SEC_WINNT_AUTH_IDENTITY (base/identity.h), what goes out is one flat
 * SEC_WINNT_AUTH_IDENTITY_EX2 in a block of the heap.  Their text is UTF-16 on both
 * sides, so it moves without regard to its alignment.
 */
#ifndef SSP_SSPI_OPAQUE_H
#define SSP_SSPI_OPAQUE_H

#include <sspi.h>

#include "base/identity.h"

/* As one flat block, the caller's; extra_flags are SEC_WINNT_AUTH_IDENTITY_*.  TOO_LARGE,
 * NO_MEMORY. */
enum ssp_err opaque_new(const struct identity *identity, ULONG extra_flags,
                        PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ret);

/* From bytes that somebody marshalled: nothing is read beyond them.  UNKNOWN_CREDS, NO_MEMORY. */
enum ssp_err opaque_from_bytes(struct view bytes, PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ret);

/* The bytes of a flat block. */
struct view opaque_bytes(PSEC_WINNT_AUTH_IDENTITY_OPAQUE flat);

/* The flags as they stand there, of any form; 0 for NULL. */
ULONG opaque_flags(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity);

/* Wipes all text, and of a flat block all of it. */
void opaque_zero(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity);

#endif
