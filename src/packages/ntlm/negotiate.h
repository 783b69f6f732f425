/* SPDX-License-Identifier: Apache-2.0 */
/* NEGOTIATE_MESSAGE, client to server: [MS-NLMP] 2.2.1.1. */
#ifndef SSP_NTLM_NEGOTIATE_H
#define SSP_NTLM_NEGOTIATE_H

#include "packages/ntlm/wire.h"

struct ntlm_negotiate { /* borrows from the token it was decoded from */
    uint32_t flags;
    struct view domain;      /* OEM characters; empty unless its flag is set */
    struct view workstation; /* likewise */
    struct ntlm_version version;
};

/*
 * BAD_TOKEN when it is another message, too short, or a name it promises lies
 * outside.  Old clients send 16 bytes (no names) or 32 (no version): both are
 * fine.  Which character set to use is the state machine's question.
 */
enum ssp_err ntlm_negotiate_decode(struct view token, struct ntlm_negotiate *ret);

/* Names go out only if their flags are set. */
void ntlm_negotiate_encode(const struct ntlm_negotiate *msg, struct wr *out);

#endif
