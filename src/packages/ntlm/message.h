/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The buffers of a message call, as the application lays them out, made into
 * the pieces that seal.h works on.
 *
 *   TOKEN                    the signature, in either place, exactly one
 *   DATA                     any number; encrypted in place and signed
 *   DATA, READONLY_WITH_CHECKSUM   signed, not touched
 *   DATA, READONLY           not touched; signed where extended session security is in use,
 *                            which signs everything ([MS-NLMP] 3.4.6.1)
 *   PADDING                  becomes empty on sending: NTLM pads nothing
 *   STREAM                   only for UnsealMessage: signature and data in one; the DATA buffer
 *                            is set to the decrypted part of it
 *   EMPTY                    passed over
 */
#ifndef SSP_NTLM_MESSAGE_H
#define SSP_NTLM_MESSAGE_H

#include <sspi.h>

#include "packages/ntlm/seal.h"

/*
 * Errors of all four, beside those of seal.h: BAD_ARGUMENT for a bad
 * descriptor or another type of buffer; BAD_TOKEN when TOKEN or DATA is
 * missing, or a signature has another size than 16; TOO_SMALL with the size
 * needed in the token buffer; BAD_QOP.  On failure no buffer has changed, and
 * nothing of the keystream is gone.
 */
enum ssp_err ntlm_message_sign(struct ntlm_session *session, ULONG qop, const SecBufferDesc *desc,
                               uint32_t seq);
enum ssp_err ntlm_message_verify(struct ntlm_session *session, const SecBufferDesc *desc,
                                 uint32_t seq);

/* SECQOP_WRAP_NO_ENCRYPT signs only: the peer verifies it with ntlm_message_verify(). */
enum ssp_err ntlm_message_seal(struct ntlm_session *session, ULONG qop, const SecBufferDesc *desc,
                               uint32_t seq);
enum ssp_err ntlm_message_unseal(struct ntlm_session *session, const SecBufferDesc *desc,
                                 uint32_t seq);

#endif
