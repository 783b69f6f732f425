/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/challenge.h"

#include "packages/ntlm/flags.h"

enum {
    PAYLOAD_MIN = 32, /* the oldest servers send neither context nor target information */
    WITH_INFO = 48,
    PAYLOAD = 56,
};

/* The examples in [MS-NLMP] 4.2 carry a name with a target type only. */
static const uint32_t named =
    NTLMSSP_REQUEST_TARGET | NTLMSSP_TARGET_TYPE_DOMAIN | NTLMSSP_TARGET_TYPE_SERVER;

static struct view read_info(struct rd *in, struct view token, uint32_t flags)
{
    (void)rd_view(in, 8); /* Reserved "MUST be ignored on receipt" */
    struct ntlm_field info = ntlm_field_read(in);

    if ((flags & NTLMSSP_NEGOTIATE_TARGET_INFO) == 0)
        return (struct view){ 0 };
    return ntlm_field_view(in, token, WITH_INFO, info);
}

enum ssp_err ntlm_challenge_decode(struct view token, struct ntlm_challenge *ret)
{
    struct ntlm_challenge msg = { 0 };
    struct rd in = ntlm_open(token, NTLM_TYPE_CHALLENGE);
    struct ntlm_field name = ntlm_field_read(&in);

    msg.flags = rd_le32(&in);
    rd_copy(&in, msg.challenge, sizeof(msg.challenge));
    if ((msg.flags & named) != 0)
        msg.target_name = ntlm_field_view(&in, token, PAYLOAD_MIN, name);
    if ((msg.flags & NTLMSSP_NEGOTIATE_TARGET_INFO) != 0 || token.n >= WITH_INFO)
        msg.target_info = read_info(&in, token, msg.flags);
    if ((msg.flags & NTLMSSP_NEGOTIATE_VERSION) != 0 && token.n >= PAYLOAD)
        msg.version = ntlm_version_read(&in);
    if (!rd_ok(&in))
        return ssp_fail(BAD_TOKEN);
    if ((msg.flags & NTLMSSP_NEGOTIATE_UNICODE) != 0 && msg.target_name.n % 2 != 0)
        return ssp_fail(BAD_TOKEN);

    *ret = msg;
    return SSP_OK;
}

void ntlm_challenge_encode(const struct ntlm_challenge *msg, struct wr *out)
{
    size_t at = PAYLOAD;

    ntlm_begin(NTLM_TYPE_CHALLENGE, out);
    ntlm_field_write(out, &at, msg->target_name);
    wr_le32(out, msg->flags);
    wr_view(out, VIEW_OF(msg->challenge));
    wr_zero(out, 8);
    ntlm_field_write(out, &at, msg->target_info);
    ntlm_version_write(&msg->version, out);
    wr_view(out, msg->target_name);
    wr_view(out, msg->target_info);
}
