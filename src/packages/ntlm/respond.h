/* SPDX-License-Identifier: Apache-2.0 */
/* The initiator's answer to a challenge: [MS-NLMP] 3.1.5.1.2, 3.1.5.2.1 and 3.3. */
#ifndef SSP_NTLM_RESPOND_H
#define SSP_NTLM_RESPOND_H

#include "packages/ntlm/leg.h"

struct ntlm_reply { /* ssp_cleanup(ntlm_reply_wipe) */
    struct wr nt;
    uint8_t lm[NTLM_LMV2_SIZE];
    size_t lm_n;
    struct key kxkey;
    bool promises_mic; /* the response says that the message carries one */
};

#define NTLM_REPLY_INIT                         \
    {                                           \
        .nt = WR_INIT(NTLM_TARGET_INFO_MAX * 2) \
    }

/* NTLMv2, NTLMv1 or nothing, as configured and by the credential; *ret begins as NTLM_REPLY_INIT.
 * TOO_LARGE, NO_MEMORY, INTERNAL. */
enum ssp_err ntlm_respond(const struct ntlm_work *work, struct ntlm_reply *ret);

void ntlm_reply_wipe(struct ntlm_reply *reply);

#endif
