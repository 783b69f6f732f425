/* SPDX-License-Identifier: Apache-2.0 */
/* SPNEGO tokens: whatever decodes, encoding what was read decodes to the same again. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/secret.h"
#include "packages/negotiate/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool fine)
{
    if (!fine)
        abort();
}

static void check_init(struct view token)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct nego_init init;
    struct nego_init again;

    if (nego_init_decode(token, &init) != SSP_OK)
        return;
    nego_init_encode(&init, &out);
    if (out.err == SSP_ERR_NO_MEMORY)
        return;
    need(nego_init_decode((struct view){ out.p, out.n }, &again) == SSP_OK);
    need(ct_eq(init.list, again.list) && init.n == again.n && ct_eq(init.token, again.token));
    need(ct_eq(init.mic, again.mic) && init.has_hints == again.has_hints);
}

static void check_resp(struct view token)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 20);
    struct nego_resp resp;
    struct nego_resp again;

    if (nego_resp_decode(token, &resp) != SSP_OK)
        return;
    nego_resp_encode(&resp, &out);
    if (out.err == SSP_ERR_NO_MEMORY)
        return;
    need(nego_resp_decode((struct view){ out.p, out.n }, &again) == SSP_OK);
    need(resp.verdict == again.verdict && ct_eq(resp.oid, again.oid));
    need(ct_eq(resp.token, again.token) && ct_eq(resp.mic, again.mic));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view token = { data, size };
    size_t total = 0;

    if (nego_token_total(token, &total) == SSP_OK && nego_kind_of(token) == NEGO_IS_NTLM)
        need(total == size);
    check_init(token);
    check_resp(token);
    return 0;
}
