/* SPDX-License-Identifier: Apache-2.0 */
/* What the package says about itself, and about a negotiation that still runs. */
#ifndef SSP_NEGOTIATE_INFO_H
#define SSP_NEGOTIATE_INFO_H

#include "packages/common/block.h"
#include "packages/negotiate/context.h"

enum {
    NEGO_RPC_ID = 9,
    NEGO_MAX_TOKEN = 48256, /* as on Windows; what programs allocate */
};

extern const SecPkgInfoW nego_package_info;

/* SIZES, FLAGS, PACKAGE_INFO, NEGOTIATION_INFO (which names the package chosen so far); UNSUPPORTED
 * for others, NO_MEMORY. */
enum ssp_err nego_attr_query_half(const struct nego_env *env, const struct nego_stand *stand,
                                  ULONG attribute, void *ret);

#endif
