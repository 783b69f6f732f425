/* SPDX-License-Identifier: Apache-2.0 */
/* Single DES with 56-bit keys: LM and NTLMv1 responses only ([MS-NLMP] 6, DESL). */
#ifndef SSP_CRYPTO_DES_H
#define SSP_CRYPTO_DES_H

#include "base/rd.h"

/* DES(K, D): encrypts 8 bytes under 7 bytes of key; parity is added. */
void des_encrypt7(const uint8_t key[7], const uint8_t data[8], uint8_t ret[8]);

/* DESL(K, D): 24 bytes from a 16-byte key. */
void desl(const uint8_t key[16], const uint8_t data[8], uint8_t ret[24]);

#endif
