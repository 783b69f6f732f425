/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/av.h"

/* The sizes that [MS-NLMP] 2.2.2.1 fixes; 0 where any will do. */
static const uint16_t fixed_size[NTLM_AV_LAST + 1] = {
    [NTLM_AV_FLAGS] = 4,
    [NTLM_AV_TIMESTAMP] = 8,
    [NTLM_AV_CHANNEL_BINDINGS] = 16,
};

static enum ssp_err put(struct ntlm_av *av, uint16_t id, struct view value)
{
    if (id > NTLM_AV_LAST)
        return SSP_OK; /* a newer peer may send ids that we do not know */
    if (ntlm_av_has(av, id))
        return ssp_fail(BAD_TOKEN);
    if (fixed_size[id] != 0 && value.n != fixed_size[id])
        return ssp_fail(BAD_TOKEN);
    av->value[id] = value;
    av->present |= 1U << id;
    return SSP_OK;
}

enum ssp_err ntlm_av_decode(struct view list, struct ntlm_av *ret)
{
    struct ntlm_av av = { 0 };
    struct rd in = rd_of(list);

    /* Ends: every turn takes four bytes or more, or fails. */
    for (;;) {
        uint16_t id = rd_le16(&in);
        struct view value = rd_view(&in, rd_le16(&in));

        if (!rd_ok(&in) || (id == NTLM_AV_EOL && value.n != 0))
            return ssp_fail(BAD_TOKEN);
        if (id == NTLM_AV_EOL)
            break;
        SSP_TRY(put(&av, id, value));
    }
    SSP_TRY(rd_end(&in));

    *ret = av;
    return SSP_OK;
}

void ntlm_av_encode(const struct ntlm_av *av, struct wr *out)
{
    for (unsigned id = NTLM_AV_EOL + 1; id <= NTLM_AV_LAST; id++) {
        if (!ntlm_av_has(av, id))
            continue;
        wr_le16(out, id);
        wr_le16(out, av->value[id].n);
        wr_view(out, av->value[id]);
    }
    wr_le16(out, NTLM_AV_EOL);
    wr_le16(out, 0);
}
