/* SPDX-License-Identifier: Apache-2.0 */
#include "bare.h"

#include <string.h>

enum { CHECKSUM_SIZE = 8, MAC_SIZE = 16 };

static const uint8_t number[4] = { 1 };

void bare_start(struct bare *bare)
{
    static const uint8_t key[MAC_SIZE] = { 1, 2, 3 };

    memset(bare->data, 'x', sizeof(bare->data));
    hmac_md5_set_key(&bare->mac, sizeof(key), key);
    arcfour_set_key(&bare->stream, sizeof(key), key);
}

static void sum(struct bare *bare, uint8_t ret[MAC_SIZE])
{
    hmac_md5_update(&bare->mac, sizeof(number), number);
    hmac_md5_update(&bare->mac, bare->size, bare->data);
    hmac_md5_digest(&bare->mac, MAC_SIZE, ret);
}

static void cipher(struct bare *bare, uint8_t *bytes, size_t n)
{
    arcfour_crypt(&bare->stream, n, bytes, bytes);
}

void bare_seal(void *arg, size_t n)
{
    struct bare *bare = arg;
    uint8_t mac[MAC_SIZE];

    for (size_t i = 0; i < n; i++) {
        sum(bare, mac);
        cipher(bare, bare->data, bare->size);
        cipher(bare, mac, CHECKSUM_SIZE);
    }
}

void bare_open(void *arg, size_t n)
{
    struct bare *bare = arg;
    uint8_t mac[MAC_SIZE];

    for (size_t i = 0; i < n; i++) {
        cipher(bare, bare->data, bare->size);
        sum(bare, mac);
        cipher(bare, mac, CHECKSUM_SIZE);
    }
}

void bare_sign(void *arg, size_t n)
{
    struct bare *bare = arg;
    uint8_t mac[MAC_SIZE];

    for (size_t i = 0; i < n; i++) {
        sum(bare, mac);
        cipher(bare, mac, CHECKSUM_SIZE);
    }
}
