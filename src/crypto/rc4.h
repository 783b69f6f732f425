/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RC4, as NTLM uses it.  Its whole state is 258 bytes, which is what lets a
 * sealed NTLM session go on in another process at the very keystream byte where
 * it stopped.
 */
#ifndef SSP_CRYPTO_RC4_H
#define SSP_CRYPTO_RC4_H

#include "base/rd.h"
#include "base/wr.h"

enum { RC4_STATE_SIZE = 258 }; /* S-box, i, j */

struct rc4 { /* ssp_cleanup(rc4_wipe) */
    uint8_t s[256];
    uint8_t i;
    uint8_t j;
};

void rc4_init(struct rc4 *rc4, struct view key); /* 1 to 256 bytes (asserted) */
void rc4_crypt(struct rc4 *rc4, uint8_t *dst, const uint8_t *src, size_t n); /* dst may be src */
void rc4_wipe(struct rc4 *rc4);

void rc4_pack(const struct rc4 *rc4, struct wr *out);
/* BAD_PACKED unless the S-box is a permutation; *ret is written on success only. */
enum ssp_err rc4_unpack(struct rd *in, struct rc4 *ret);

#endif
