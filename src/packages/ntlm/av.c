/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/av.h"

#include <assert.h>

/* The order in which Windows sends them; any order is allowed ([MS-NLMP] 2.2.2.1). */
static const uint8_t order[] = {
    NTLM_AV_NB_DOMAIN,        NTLM_AV_NB_COMPUTER, NTLM_AV_DNS_DOMAIN, NTLM_AV_DNS_COMPUTER,
    NTLM_AV_DNS_TREE,         NTLM_AV_TIMESTAMP,   NTLM_AV_FLAGS,      NTLM_AV_SINGLE_HOST,
    NTLM_AV_CHANNEL_BINDINGS, NTLM_AV_TARGET_NAME,
};

/* The sizes that [MS-NLMP] 2.2.2.1 fixes; 0 where any will do. */
static const uint16_t fixed_size[NTLM_AV_LAST + 1] = {
    [NTLM_AV_FLAGS] = 4,
    [NTLM_AV_TIMESTAMP] = 8,
    [NTLM_AV_CHANNEL_BINDINGS] = 16,
};

static bool is_text(uint16_t id)
{
    return id <= NTLM_AV_DNS_TREE || id == NTLM_AV_TARGET_NAME;
}

static enum ssp_err put(struct ntlm_av *av, uint16_t id, struct view value)
{
    if (id > NTLM_AV_LAST)
        return SSP_OK; /* a newer peer may send ids that we do not know */
    if (ntlm_av_has(av, id))
        return ssp_fail(BAD_TOKEN);
    if (fixed_size[id] != 0 && value.n != fixed_size[id])
        return ssp_fail(BAD_TOKEN);
    if (is_text(id) && value.n % 2 != 0) /* "MUST be in Unicode" */
        return ssp_fail(BAD_TOKEN);
    ntlm_av_set(av, id, value);
    return SSP_OK;
}

enum ssp_err ntlm_av_decode_prefix(struct rd *in, struct ntlm_av *ret)
{
    struct ntlm_av av = { 0 };

    /* Ends: every turn takes four bytes or more, or fails. */
    for (;;) {
        uint16_t id = rd_le16(in);
        struct view value = rd_view(in, rd_le16(in));

        if (!rd_ok(in) || (id == NTLM_AV_EOL && value.n != 0))
            return ssp_fail(BAD_TOKEN);
        if (id == NTLM_AV_EOL)
            break;
        SSP_TRY(put(&av, id, value));
    }

    *ret = av;
    return SSP_OK;
}

enum ssp_err ntlm_av_decode(struct view list, struct ntlm_av *ret)
{
    struct ntlm_av av;
    struct rd in = rd_of(list);

    SSP_TRY(ntlm_av_decode_prefix(&in, &av));
    SSP_TRY(rd_end(&in));
    *ret = av;
    return SSP_OK;
}

void ntlm_av_encode(const struct ntlm_av *av, struct wr *out)
{
    for (size_t i = 0; i < sizeof(order); i++) {
        uint8_t id = order[i];

        if (!ntlm_av_has(av, id))
            continue;
        wr_le16(out, id);
        wr_le16(out, av->value[id].n);
        wr_view(out, av->value[id]);
    }
    wr_le16(out, NTLM_AV_EOL);
    wr_le16(out, 0);
}

void ntlm_av_set(struct ntlm_av *av, unsigned id, struct view value)
{
    assert(id > NTLM_AV_EOL && id <= NTLM_AV_LAST);
    av->value[id] = value;
    av->present |= 1U << id;
}

uint32_t ntlm_av_flags(const struct ntlm_av *av)
{
    struct rd in = rd_of(av->value[NTLM_AV_FLAGS]);

    return rd_le32(&in);
}

bool ntlm_av_timestamp(const struct ntlm_av *av, uint64_t *ret)
{
    struct rd in = rd_of(av->value[NTLM_AV_TIMESTAMP]);

    if (!ntlm_av_has(av, NTLM_AV_TIMESTAMP))
        return false;
    *ret = rd_le64(&in);
    return true;
}

struct view ntlm_av_bindings(const struct ntlm_av *av)
{
    struct view hash = av->value[NTLM_AV_CHANNEL_BINDINGS];
    uint8_t any = 0;

    for (size_t i = 0; i < hash.n; i++)
        any |= hash.p[i];
    return any != 0 ? hash : (struct view){ 0 };
}

enum ssp_err ntlm_single_host_decode(struct view value, struct ntlm_single_host *ret)
{
    struct ntlm_single_host host;
    struct rd in = rd_of(value);
    uint32_t size = rd_le32(&in);

    (void)rd_le32(&in); /* Z4 */
    rd_copy(&in, host.custom, sizeof(host.custom));
    rd_copy(&in, host.machine_id, sizeof(host.machine_id));
    if (!rd_ok(&in) || size != value.n)
        return ssp_fail(BAD_TOKEN);
    *ret = host;
    return SSP_OK;
}

void ntlm_single_host_encode(const struct ntlm_single_host *host, struct wr *out)
{
    wr_le32(out, NTLM_SINGLE_HOST_SIZE);
    wr_le32(out, 0);
    wr_view(out, VIEW_OF(host->custom));
    wr_view(out, VIEW_OF(host->machine_id));
}
