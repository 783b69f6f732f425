/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/negotiate.h"

#include "packages/ntlm/flags.h"

enum {
    PAYLOAD_MIN = 32, /* where names may begin in a message without version */
    PAYLOAD = 40,
};

static void read_names(struct rd *in, struct view token, struct ntlm_negotiate *msg)
{
    struct ntlm_field domain = ntlm_field_read(in);
    struct ntlm_field workstation = ntlm_field_read(in);

    /* Without their flags the fields "MUST be ignored upon receipt". */
    if ((msg->flags & NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED) != 0)
        msg->domain = ntlm_field_view(in, token, PAYLOAD_MIN, domain);
    if ((msg->flags & NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED) != 0)
        msg->workstation = ntlm_field_view(in, token, PAYLOAD_MIN, workstation);
}

enum ssp_err ntlm_negotiate_decode(struct view token, struct ntlm_negotiate *ret)
{
    struct ntlm_negotiate msg = { 0 };
    struct rd in = ntlm_open(token, NTLM_TYPE_NEGOTIATE);

    msg.flags = rd_le32(&in);
    if (in.left.n != 0) /* the shortest messages end here */
        read_names(&in, token, &msg);
    if ((msg.flags & NTLMSSP_NEGOTIATE_VERSION) != 0 && token.n >= PAYLOAD)
        msg.version = ntlm_version_read(&in);
    if (!rd_ok(&in))
        return ssp_fail(BAD_TOKEN);

    *ret = msg;
    return SSP_OK;
}

void ntlm_negotiate_encode(const struct ntlm_negotiate *msg, struct wr *out)
{
    bool has_domain = (msg->flags & NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED) != 0;
    bool has_workstation = (msg->flags & NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED) != 0;
    struct view domain = has_domain ? msg->domain : (struct view){ 0 };
    struct view workstation = has_workstation ? msg->workstation : (struct view){ 0 };
    size_t at = PAYLOAD;

    ntlm_begin(NTLM_TYPE_NEGOTIATE, out);
    wr_le32(out, msg->flags);
    ntlm_field_write(out, &at, domain);
    ntlm_field_write(out, &at, workstation);
    ntlm_version_write(&msg->version, out);
    wr_view(out, domain);
    wr_view(out, workstation);
}
