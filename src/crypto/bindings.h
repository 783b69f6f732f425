/* SPDX-License-Identifier: Apache-2.0 */
/* Channel bindings as handshakes carry them: RFC 4121 4.1.1.2, [MS-NLMP] 3.1.5.1.2. */
#ifndef SSP_CRYPTO_BINDINGS_H
#define SSP_CRYPTO_BINDINGS_H

#include "base/rd.h"

enum { BINDINGS_SIZE = 16 };

/*
 * MD5 over a gss_channel_bindings_struct, made from a SEC_CHANNEL_BINDINGS block
 * with its offsets, as SECBUFFER_CHANNEL_BINDINGS holds it.  BAD_ARGUMENT when a
 * part lies outside.  An empty block yields zeroes, which stand for no bindings.
 */
enum ssp_err bindings_hash(struct view bindings, uint8_t ret[BINDINGS_SIZE]);

#endif
