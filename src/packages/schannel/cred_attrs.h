/* SPDX-License-Identifier: Apache-2.0 */
/* QueryCredentialsAttributes. */
#ifndef SSP_SCHANNEL_CRED_ATTRS_H
#define SSP_SCHANNEL_CRED_ATTRS_H

#include <ntsecpkg.h>

#include "packages/common/block.h"
#include "packages/schannel/cred.h"

/* UNSUPPORTED for an attribute that TLS credentials have not; NO_MEMORY. */
enum ssp_err tls_cred_query(const struct tls_cred *cred, const struct pkg_heap *heap,
                            ULONG attribute, void *ret);

#endif
