/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The buffers of a message call, as the application lays them out, made into
 * the pieces that cfx.h works on.
 *
 *   TOKEN                    exactly one; goes before the data
 *   DATA                     any number; encrypted in place and signed
 *   DATA, READONLY_WITH_CHECKSUM   signed, not touched, not sent
 *   DATA, READONLY           neither
 *   PADDING                  becomes empty on sending: AES pads nothing; on receipt it is what
 *                            stands behind the data, for peers that do not rotate
 *   STREAM                   only for UnsealMessage: token and data in one; the DATA buffer is set
 *                            to the decrypted part of it
 *   EMPTY                    passed over
 */
#ifndef SSP_KERBEROS_MESSAGE_H
#define SSP_KERBEROS_MESSAGE_H

#include <sspi.h>

#include "packages/kerberos/cfx.h"

/*
 * Errors of all four, beside those of cfx.h: BAD_ARGUMENT for a bad descriptor
 * or another type of buffer; BAD_TOKEN when TOKEN or DATA is missing; TOO_SMALL
 * with the size needed in the token buffer; BAD_QOP.  On failure no buffer has
 * changed, and no number is used up.
 */
enum ssp_err krb_message_sign(struct krb_engine *engine, ULONG qop, const SecBufferDesc *desc);
enum ssp_err krb_message_verify(struct krb_engine *engine, const SecBufferDesc *desc);

/* SECQOP_WRAP_NO_ENCRYPT signs only, and the peer is told so by krb_message_unseal(). */
enum ssp_err krb_message_seal(struct krb_engine *engine, ULONG qop, const SecBufferDesc *desc);
enum ssp_err krb_message_unseal(struct krb_engine *engine, const SecBufferDesc *desc,
                                ULONG *ret_qop);

#endif
