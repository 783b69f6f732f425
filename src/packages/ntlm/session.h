/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The message keys of one established context: both directions, as seal.h uses
 * them and pack.h moves them.  [MS-NLMP] 3.4.1 calls the keystreams ClientHandle
 * and ServerHandle.
 */
#ifndef SSP_NTLM_SESSION_H
#define SSP_NTLM_SESSION_H

#include "base/wr.h"
#include "crypto/digest.h"
#include "crypto/rc4.h"
#include "packages/ntlm/keys.h"

struct ntlm_dir {             /* one direction; no pointers */
    struct hmac_md5_key sign; /* ntlm_session_need_sign() */
    bool has_sign;
    struct rc4 rc4;                  /* connection mode: goes on from message to message */
    uint8_t seal_key[NTLM_KEY_SIZE]; /* datagram mode: to re-key with */
    uint8_t seal_key_n;
    uint32_t seq; /* of the next message; in datagram mode the lowest that may be sent */
};

struct ntlm_session {    /* no pointers: may lie in an arena; ssp_cleanup(ntlm_session_wipe) */
    uint32_t flags;      /* as negotiated in the end */
    enum ntlm_side side; /* which one we are */
    uint8_t exported[NTLM_KEY_SIZE]; /* ExportedSessionKey; signing keys follow from it */
    struct ntlm_dir send;
    struct ntlm_dir recv; /* not used without extended session security */
};

/* The state right after the handshake; also what RESET_NEW goes back to.  Bits of flags that have
 * no meaning are dropped. */
void ntlm_session_init(struct ntlm_session *session, uint32_t flags, enum ntlm_side side,
                       const struct key *exported);
void ntlm_session_wipe(struct ntlm_session *session);

/*
 * Before each message of a direction (session->send or ->recv): makes its signing key if that has
 * not happened.  The key takes longer to make than all the rest of a packed context to read, and
 * most contexts are packed and read once or more before their first message.
 */
void ntlm_session_need_sign(const struct ntlm_session *session, struct ntlm_dir *dir);

/* Whether a message went either way: going back to the start would then use a keystream twice. */
bool ntlm_session_used(const struct ntlm_session *session);

/* What does not follow from flags, side and session key: where the streams are. */
void ntlm_session_pack(const struct ntlm_session *session, struct wr *out);

/* The inverse, into the zeroed temporary of whoever reads the rest: on failure it holds what was
 * read so far.  BAD_PACKED when it is cut short, an S-box is none, or a direction that these flags
 * do not have was used. */
enum ssp_err ntlm_session_unpack(struct rd *in, uint32_t flags, enum ntlm_side side,
                                 const struct key *exported, struct ntlm_session *into);

#endif
