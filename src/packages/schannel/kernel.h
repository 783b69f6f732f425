/* SPDX-License-Identifier: Apache-2.0 */
/* A session as the kernel takes it: OPENSSPI_KERNEL_TLS of opensspi.h, whose insides are
 * linux/tls.h's tls12_crypto_info_*. */
#ifndef SSP_SCHANNEL_KERNEL_H
#define SSP_SCHANNEL_KERNEL_H

#include <opensspi.h>

#include "packages/schannel/pack.h"

/* UNSUPPORTED while something is owed to the peer, or his message has not arrived whole: the kernel
 * would not say it and could not read on.  EXPIRED for a session that is over. */
enum ssp_err tls_kernel_form(const struct tls_core *core, OPENSSPI_KERNEL_TLS *ret);

#endif
