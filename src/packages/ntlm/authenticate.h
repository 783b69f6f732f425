/* SPDX-License-Identifier: Apache-2.0 */
/* AUTHENTICATE_MESSAGE, client to server: [MS-NLMP] 2.2.1.3. */
#ifndef SSP_NTLM_AUTHENTICATE_H
#define SSP_NTLM_AUTHENTICATE_H

#include "packages/ntlm/wire.h"

enum { NTLM_MIC_SIZE = 16, NTLM_MIC_OFFSET = 72 };

struct ntlm_authenticate { /* borrows from the token it was decoded from */
    struct view lm;        /* 0, 1 (anonymous) or 24 bytes */
    struct view nt;        /* 0, 24 (NTLMv1) or more than 24 bytes (NTLMv2) */
    struct view domain;    /* names in the negotiated character set */
    struct view user;
    struct view workstation;
    struct view session_key; /* encrypted; 0 or 16 bytes, empty unless NTLMSSP_NEGOTIATE_KEY_EXCH */
    bool has_flags;          /* the oldest clients send none: those of the CHALLENGE hold then */
    uint32_t flags;
    struct ntlm_version version;
    bool has_mic; /* there is room for a MIC; whether it is one, NTLM_AV_FLAG_MIC in nt says */
};

/*
 * BAD_TOKEN when it is another message, cut short, a field lies outside or in
 * the header, a response or the session key has a size that none has, or a
 * Unicode name an odd one.  Three headers of older clients are understood: with
 * no MIC, with no version, and with neither session key nor flags; the payload
 * tells them apart, since it begins where the header ends.
 */
enum ssp_err ntlm_authenticate_decode(struct view token, struct ntlm_authenticate *ret);

/* With has_mic, the 16 bytes at NTLM_MIC_OFFSET are zero: compute the MIC over all that
 * (ntlm_mic(), keys.h), then put it there. */
void ntlm_authenticate_encode(const struct ntlm_authenticate *msg, struct wr *out);
void ntlm_authenticate_set_mic(uint8_t *token, size_t n, const uint8_t mic[NTLM_MIC_SIZE]);

/* The MIC of a token that decoded with has_mic. */
struct view ntlm_authenticate_mic(struct view token);

#endif
