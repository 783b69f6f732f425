/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One leg of a handshake: the LSA takes it, and the leg that ends the handshake
 * starts the package's user half in this process.  What is said after that goes to
 * the user half, if the package's sessions go on speaking.
 */
#ifndef SSP_SSPI_LEG_H
#define SSP_SSPI_LEG_H

#include "sspi/user_ctx.h"

/* What a leg tells the application; ctx is the same handle on every leg. */
struct leg_result {
    SecHandle ctx;
    ULONG attributes;
    TimeStamp expiry;
};

/*
 * leg->in and leg->out have been checked.  handle is NULL on the first leg, which makes the
 * context: if it fails, nothing of it remains.  A later leg that fails leaves the context for the
 * caller to delete.  leg->ctx is filled in here. On failure ret->attributes is all that is written:
 * not 0 when leg->out has a token for the peer (lsa/output.h).  Input is fed as sspi/feed.h says.
 * SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_I_COMPLETE_*, or an error: SEC_E_INVALID_HANDLE for a
 * handle that is not valid, SEC_E_UNSUPPORTED_FUNCTION for a context that came from another process
 * after its handshake and whose package has no table for that (OPENSSPI_USER_EXTENSION_TABLE),
 * SEC_E_CONTEXT_EXPIRED for one that went to another, what LSA and package say.
 */
SECURITY_STATUS sspi_leg_run(const SecHandle *handle, struct lsa_leg *leg, struct leg_result *ret);

#endif
