/* SPDX-License-Identifier: Apache-2.0 */
/* What an established context answers, in whatever process it is by now. */
#ifndef SSP_SCHANNEL_ATTRS_H
#define SSP_SCHANNEL_ATTRS_H

#include "packages/schannel/user_ctx.h"

/* Written on success only; what is allocated is from the heap, certificates are for
 * CertFreeCertificateContext.  UNSUPPORTED for attributes that there are not, or not in this
 * session; NO_CREDS for a certificate that nobody showed; NO_IMPERSONATION; NO_MEMORY. */
enum ssp_err tls_attr_query(const struct tls_user_ctx *ctx, const struct pkg_heap *heap,
                            ULONG attribute, void *ret);

/* KEYING_MATERIAL_INFO.  BAD_ARGUMENT, NO_MEMORY; UNSUPPORTED for any other. */
enum ssp_err tls_attr_set(struct tls_user_ctx *ctx, ULONG attribute, const void *value,
                          size_t size);

#endif
