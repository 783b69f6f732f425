/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RC4 and HMAC-MD5 over one message in one pass: [MS-NLMP] 3.4.4.2 puts a
 * checksum over the very bytes that it encrypts.
 *
 * Each of the two is a chain in which every step waits for the one before, so a
 * processor that does one after the other is idle most of the time.  Here a step
 * of MD5 and a byte of RC4 alternate, and both chains are under way at once.
 * What comes out is what rc4.h and digest.h would give.
 */
#ifndef SSP_CRYPTO_RC4_MD5_H
#define SSP_CRYPTO_RC4_MD5_H

#include "crypto/digest.h"
#include "crypto/rc4.h"

/* HMAC-MD5 over first and the n bytes at data, and RC4 over data in place: the checksum is over
 * what data held before (seal), or what it holds afterwards (open). */
void rc4_hmac_md5_seal(struct rc4 *rc4, const struct hmac_md5_key *key, struct view first,
                       uint8_t *data, size_t n, uint8_t ret[MD5_SIZE]);
void rc4_hmac_md5_open(struct rc4 *rc4, const struct hmac_md5_key *key, struct view first,
                       uint8_t *data, size_t n, uint8_t ret[MD5_SIZE]);

#endif
