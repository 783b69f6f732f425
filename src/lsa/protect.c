/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/protect.h"

#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/rand.h"

#include <pthread.h>
#include <stdlib.h>

enum { ROUNDS = 4 };

static uint8_t *process_key; /* SHA256_SIZE bytes, in the arena that a child inherits */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A buffer that the caller believes to be protected must not lie there in clear. */
static void make_key(void)
{
    process_key = arena_alloc(ARENA_CREDENTIALS, SHA256_SIZE);
    if (process_key == NULL || system_rand.fill(process_key, SHA256_SIZE) != SSP_OK)
        abort();
}

/* dst ^= F(round, src), as long as dst is. */
static void mix(int round, struct view src, uint8_t *dst, size_t n)
{
    uint8_t block[SHA256_SIZE];

    for (size_t at = 0; at < n; at += sizeof(block)) {
        uint8_t head[1 + sizeof(uint64_t)] = { (uint8_t)round };
        uint64_t counter = at / sizeof(block);

        for (size_t i = 0; i < sizeof(counter); i++)
            head[1 + i] = (uint8_t)(counter >> 8 * i);
        hmac_sha256((struct view){ process_key, SHA256_SIZE },
                    (struct view[]){ VIEW_OF(head), src }, 2, block);
        for (size_t i = 0; i < sizeof(block) && i < n - at; i++)
            dst[at + i] ^= block[i];
    }
    explicit_bzero(block, sizeof(block));
}

static void run_round(int round, uint8_t *p, size_t n)
{
    size_t half = n / 2;
    struct view left = { p, half };
    struct view right = { p + half, n - half };

    if (round % 2 == 0)
        mix(round, right, p, half);
    else
        mix(round, left, p + half, n - half);
}

void protect_memory(void *buffer, size_t n)
{
    (void)pthread_once(&once, make_key);
    if (buffer == NULL || n < 2)
        return;
    for (int round = 0; round < ROUNDS; round++)
        run_round(round, buffer, n);
}

void unprotect_memory(void *buffer, size_t n)
{
    (void)pthread_once(&once, make_key);
    if (buffer == NULL || n < 2)
        return;
    for (int round = ROUNDS; round-- > 0;)
        run_round(round, buffer, n);
}
