/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mechListMIC: signatures with the keys of a context that is packed already, for
 * Negotiate (OPENSSPI_LSA_SIGN_TABLE).
 *
 * [MS-SPNG] 3.2.5.1 and 3.3.5.1: the keystream is put back to where it was, so
 * that it is the same for this signature and for the application's first message.
 * The sequence number is not: the application's first message has the next one.
 */
#ifndef SSP_NTLM_SIGN_H
#define SSP_NTLM_SIGN_H

#include <sspi.h>

#include "packages/ntlm/seal.h"

/* data is what ntlm_pack() wrote, and is rewritten in place.  BAD_PACKED; UNSUPPORTED for a context
 * that does not sign; NO_MEMORY.  On failure it is as it was. */
enum ssp_err ntlm_sign_list(SecBuffer *data, struct view list, uint8_t ret[NTLM_SIGNATURE_SIZE]);

/* ALTERED or OUT_OF_SEQUENCE for a signature that is not the peer's, and as above. */
enum ssp_err ntlm_verify_list(SecBuffer *data, struct view list, struct view signature);

#endif
