/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes of a context: asked of the user half once it lives, of the LSA while
 * the handshake goes on, and for those that a package keeps there (its context
 * thunks).  A frozen context answers, also when it has gone to another process.
 */
#ifndef SSP_SSPI_QUERY_H
#define SSP_SSPI_QUERY_H

#include "sspi/user_ctx.h"

/* In the wide form.  SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION when nobody answers that
 * attribute, or only an LSA context that is in another process; what package and LSA say. */
SECURITY_STATUS query_ctx(struct user_ctx *ctx, ULONG attribute, void *ret);

/* OPENSSPI_ATTR_EXPORT_* hold until they are set again; SEC_E_INVALID_PARAMETER for a value that
 * cannot be.  All others are the LSA's to take. */
SECURITY_STATUS query_set_ctx(struct user_ctx *ctx, ULONG attribute, void *value, ULONG size);

#endif
