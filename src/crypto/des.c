/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/des.h"

#include <string.h>

#include <nettle/des.h>

#include "crypto/wrote.h"

void des_encrypt7(const uint8_t key[7], const uint8_t data[8], uint8_t ret[8])
{
    struct des_ctx ctx;
    uint8_t spread[DES_KEY_SIZE] = { 0 };
    uint8_t key8[DES_KEY_SIZE];
    unsigned carry = 0;

    /* Seven key bits a byte, the parity bit last. */
    for (unsigned i = 0; i < 7; i++) {
        unsigned bits = carry << 8 | key[i];

        spread[i] = (uint8_t)(bits >> i & 0xfe);
        carry = key[i];
    }
    spread[7] = (uint8_t)(carry << 1);
    des_fix_parity(DES_KEY_SIZE, key8, spread);

    /* Weak keys are the protocol's affair: a password decides them, and they encrypt all the same.
     */
    (void)des_set_key(&ctx, key8);
    des_encrypt(&ctx, DES_BLOCK_SIZE, ret, data);
    nettle_wrote(ret, DES_BLOCK_SIZE);
    explicit_bzero(&ctx, sizeof(ctx));
    explicit_bzero(spread, sizeof(spread));
    explicit_bzero(key8, sizeof(key8));
}

void desl(const uint8_t key[16], const uint8_t data[8], uint8_t ret[24])
{
    uint8_t padded[21] = { 0 };

    memcpy(padded, key, 16);
    des_encrypt7(padded, data, ret);
    des_encrypt7(padded + 7, data, ret + 8);
    des_encrypt7(padded + 14, data, ret + 16);
    explicit_bzero(padded, sizeof(padded));
}
