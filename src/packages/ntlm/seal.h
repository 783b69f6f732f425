/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Session security: signing and sealing of messages ([MS-NLMP] 3.4), in place,
 * without allocation.
 *
 * With extended session security each direction has a key, a keystream and
 * sequence numbers of its own, and one thread may send while another receives.
 * Without it both directions share one of each (3.4: "operations are performed
 * in a half-duplex mode"), so the caller must not do both at once.
 *
 * In connection mode a message is received with the keystream where the last
 * good one left it.  One that does not verify changes nothing: keystream and
 * sequence number stay, and the caller's buffers hold the ciphertext again.
 *
 * In datagram mode every message has a keystream of its own, from the seal key
 * and the number that the caller gives.  A number that is not higher than all
 * sent before is refused, since two messages would be encrypted alike.
 */
#ifndef SSP_NTLM_SEAL_H
#define SSP_NTLM_SEAL_H

#include "packages/common/layout.h"
#include "packages/ntlm/session.h"

enum { NTLM_SIGNATURE_SIZE = 16 };

/* With extended session security the checksum covers every piece (3.4.6.1). */
struct ntlm_message {
    const struct pkg_piece *pieces;
    size_t n;     /* at most LIMIT_BUFFERS, else BAD_ARGUMENT */
    uint32_t seq; /* datagram mode only */
};

/*
 * Errors of all four: UNSUPPORTED when that protection was not negotiated (with
 * NTLMSSP_NEGOTIATE_ALWAYS_SIGN alone, signatures are a constant, 3.4.4.3);
 * BAD_ARGUMENT; OUT_OF_SEQUENCE; EXPIRED when the sequence numbers are used up.
 * On receipt also ALTERED.
 */
enum ssp_err ntlm_sign(struct ntlm_session *session, const struct ntlm_message *msg,
                       uint8_t ret_signature[NTLM_SIGNATURE_SIZE]);
enum ssp_err ntlm_verify(struct ntlm_session *session, const struct ntlm_message *msg,
                         const uint8_t signature[NTLM_SIGNATURE_SIZE]);
enum ssp_err ntlm_seal(struct ntlm_session *session, const struct ntlm_message *msg,
                       uint8_t ret_signature[NTLM_SIGNATURE_SIZE]);
enum ssp_err ntlm_unseal(struct ntlm_session *session, const struct ntlm_message *msg,
                         const uint8_t signature[NTLM_SIGNATURE_SIZE]);

#endif
