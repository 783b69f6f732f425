/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/wr.h"

struct key key_of(struct view bytes)
{
    struct key key = { .n = bytes.n };

    assert(bytes.n <= KEY_MAX);
    if (bytes.n > KEY_MAX) /* without assertions: no key rather than an overrun */
        return (struct key){ 0 };
    if (bytes.n != 0)
        memcpy(key.b, bytes.p, bytes.n);
    return key;
}

void key_set(struct key *key, struct view bytes)
{
    struct key fresh = key_of(bytes);

    *key = fresh;
    key_wipe(&fresh);
}

struct view key_view(const struct key *key)
{
    return (struct view){ key->b, key->n };
}

void key_wipe(struct key *key)
{
    explicit_bzero(key, sizeof(*key));
}

enum ssp_err secret_new(struct view bytes, struct secret *ret)
{
    struct secret secret = { .p = malloc(bytes.n + 1), .n = bytes.n }; /* never malloc(0) */

    if (secret.p == NULL)
        return ssp_fail(NO_MEMORY);
    if (bytes.n != 0)
        memcpy(secret.p, bytes.p, bytes.n);
    *ret = secret;
    return SSP_OK;
}

struct view secret_view(const struct secret *secret)
{
    return (struct view){ secret->p, secret->n };
}

void secret_wipe(struct secret *secret)
{
    ssp_wipe_free(secret->p, secret->n);
    *secret = (struct secret){ 0 };
}

bool ct_eq(struct view a, struct view b)
{
    volatile uint8_t differ = 0; /* volatile: no early way out for the compiler either */

    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        differ = (uint8_t)(differ | (a.p[i] ^ b.p[i]));
    return differ == 0;
}
