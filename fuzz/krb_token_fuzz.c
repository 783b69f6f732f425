/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per-message tokens of nobody's: the first byte chooses what was agreed on, the
 * second where the token is cut into buffers, the rest is the token.  None is
 * accepted, as nobody knows the key, and each lies as it lay.
 */
#include <stdlib.h>

#include <sspi.h>

#include "harness/krb_engines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 4096 };

static uint8_t token[ROOM];

static bool in_one(struct krb_engine *to, size_t n)
{
    struct span data = { 0 };
    bool sealed = false;

    return krb_unwrap_stream(to, (struct span){ token, n }, &data, &sealed) == SSP_OK;
}

static bool in_parts(struct krb_engine *to, size_t n, size_t cut)
{
    size_t front = cut < n ? cut : n;
    size_t behind = (n - front) / 3;
    const struct pkg_piece pieces[] = { { token, front / 2, false, true },
                                        { token + front, n - front - behind, true, true } };
    const struct krb_wrapped in = { .token = { token, front },
                                    .msg = { pieces + 1, 1 },
                                    .padding = { token + n - behind, behind } };
    bool sealed = false;

    return krb_unwrap(to, &in, &sealed) == SSP_OK ||
           krb_mic_verify(to, &(struct krb_message){ pieces, 1 }, (struct view){ token, n }) ==
               SSP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct krb_engines ends;

    if (size < 2 || size - 2 > ROOM)
        return 0;
    uint32_t dce = (data[0] & 4) != 0 ? ISC_RET_USED_DCE_STYLE : 0;
    struct krb_engine *to = &ends.ends[(data[0] & 8) != 0 ? KRB_ACCEPTOR : KRB_INITIATOR];
    size_t n = size - 2;

    krb_engines_make(KRB_AES128_SHA1 + (data[0] & 3), dce, &ends);
    if (n != 0)
        memcpy(token, data + 2, n);
    if (in_one(to, n) || in_parts(to, n, data[1]) || (n != 0 && memcmp(token, data + 2, n) != 0))
        abort();
    return 0;
}
