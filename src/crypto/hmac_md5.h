/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC-MD5 in steps, for this folder only: nettle's context shows. */
#ifndef SSP_CRYPTO_HMAC_MD5_H
#define SSP_CRYPTO_HMAC_MD5_H

#include <nettle/md5.h>

#include "crypto/digest.h"

void hmac_md5_resume(const struct hmac_md5_key *key, struct md5_ctx *ret);

/* Wipes the context. */
void hmac_md5_finish(const struct hmac_md5_key *key, struct md5_ctx *ctx, uint8_t ret[MD5_SIZE]);

#endif
