/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses what the rest is.  Even: a blob; what opens under the
 * fixed key must be what sealing its contents makes, to the byte.  Odd: a packed
 * context; sealed and opened it must come back.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "handoff/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key of tests/vectors/packed/make-envelopes, so that the corpus holds blobs that open. */
static struct seal_key fixed_key(void)
{
    struct seal_key key = { .key.n = 32 };

    for (size_t i = 0; i < 32; i++)
        key.key.b[i] = (uint8_t)(0x80 + i);
    for (size_t i = 0; i < ENVELOPE_ID_SIZE; i++) {
        key.id[i] = (uint8_t)(0xa0 + i);
        key.boot[i] = (uint8_t)(0xb0 + i);
    }
    return key;
}

static bool same(struct view a, struct view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void try_blob(const struct seal_key *key, struct view blob)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(ENVELOPE_MAX);
    ssp_cleanup(secret_wipe) struct secret plain = { 0 };
    struct envelope_header peeked = { 0 };
    struct envelope_header opened = { 0 };
    enum ssp_err peek = envelope_peek(blob, &peeked);

    if (envelope_open(key, blob, &opened, &plain) != SSP_OK)
        return;
    if (peek != SSP_OK || peeked.expires != opened.expires)
        abort();
    if (envelope_seal(key, &opened, secret_view(&plain), &out) != SSP_OK)
        abort();
    if (!same((struct view){ out.p, out.n }, blob))
        abort();
}

static void try_plain(const struct seal_key *key, struct view plain)
{
    const struct envelope_header header = { .kind = ENVELOPE_ESTABLISHED,
                                            .name_n = 4,
                                            .name = "NTLM" };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(ENVELOPE_MAX);
    ssp_cleanup(secret_wipe) struct secret again = { 0 };
    struct envelope_header opened = { 0 };
    enum ssp_err e = envelope_seal(key, &header, plain, &out);

    if ((e == SSP_OK) != (plain.n <= LIMIT_PACKED))
        abort();
    if (e != SSP_OK)
        return;
    if (envelope_open(key, (struct view){ out.p, out.n }, &opened, &again) != SSP_OK)
        abort();
    if (!same(secret_view(&again), plain))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct seal_key key = fixed_key();

    if (size == 0)
        return 0;
    struct view rest = { data + 1, size - 1 };
    if (data[0] % 2 == 0)
        try_blob(&key, rest);
    else
        try_plain(&key, rest);
    return 0;
}
