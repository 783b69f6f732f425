/* SPDX-License-Identifier: Apache-2.0 */
/* CHALLENGE_MESSAGE, server to client: [MS-NLMP] 2.2.1.2. */
#ifndef SSP_NTLM_CHALLENGE_H
#define SSP_NTLM_CHALLENGE_H

#include "packages/ntlm/wire.h"

struct ntlm_challenge { /* borrows from the token it was decoded from */
    uint32_t flags;
    uint8_t challenge[NTLM_CHALLENGE_SIZE];
    struct view target_name; /* in the negotiated character set */
    struct view
        target_info; /* a whole AV list, not yet decoded (av.h); empty unless its flag is set */
    struct ntlm_version version;
};

/*
 * BAD_TOKEN when it is another message, cut short, a field it promises lies
 * outside, or a Unicode name has an odd size.  Old servers leave out target
 * information and version; then those are empty.
 */
enum ssp_err ntlm_challenge_decode(struct view token, struct ntlm_challenge *ret);
void ntlm_challenge_encode(const struct ntlm_challenge *msg, struct wr *out);

#endif
