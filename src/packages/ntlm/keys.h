/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the session base key to all other keys: [MS-NLMP] 3.4.5, and the MIC of
 * 3.1.5.1.2.
 */
#ifndef SSP_NTLM_KEYS_H
#define SSP_NTLM_KEYS_H

#include "base/secret.h"
#include "crypto/bindings.h"
#include "packages/ntlm/authenticate.h"
#include "packages/ntlm/flags.h"

enum { NTLM_KEY_SIZE = 16, NTLM_BINDINGS_SIZE = BINDINGS_SIZE };

/* Whose direction: the initiator sends as client, the acceptor as server. */
enum ntlm_side { NTLM_CLIENT = 0, NTLM_SERVER = 1 };

struct ntlm_kx { /* what KXKEY works on; all borrowed */
    uint32_t flags;
    bool is_v2; /* the response was NTLMv2 or LMv2 */
    const struct key *session_base_key;
    const struct key *lm_hash; /* NULL when there is none */
    struct view lm;            /* LmChallengeResponse */
    const uint8_t *server;     /* ServerChallenge */
};

/* KXKEY: 16 bytes.  UNSUPPORTED when it wants an LM hash and there is none, BAD_TOKEN when it wants
 * an LM response and that is too short. */
enum ssp_err ntlm_kxkey(const struct ntlm_kx *in, struct key *ret);

/* RC4K(KeyExchangeKey, key): encrypts the client's choice, and decrypts it again. */
void ntlm_crypt_session_key(const struct key *kxkey, struct view key, struct key *ret);

/* SIGNKEY: empty without extended session security. */
struct key ntlm_signkey(uint32_t flags, const struct key *exported, enum ntlm_side side);

/* SEALKEY: 16 bytes; 8 without extended session security when LM_KEY or DATAGRAM asks for it. */
struct key ntlm_sealkey(uint32_t flags, const struct key *exported, enum ntlm_side side);

/* The MIC of an AUTHENTICATE message that has room for one; what stands there counts as zero.
 * negotiate is empty in connectionless mode. */
void ntlm_mic(const struct key *exported, struct view negotiate, struct view challenge,
              struct view authenticate, uint8_t ret[NTLM_MIC_SIZE]);

#endif
