/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contexts of the LSA half: from a step of the handshake (shake.h) to the
 * call that the LSA made, with its buffers, handles and ContextData.
 *
 * What came and is not a whole record stays the caller's: SEC_E_INCOMPLETE_MESSAGE,
 * and the same bytes come again with more behind them.  A leg that fails
 * otherwise ends the handshake, as TLS has it.  Only an answer that the caller's
 * buffer cannot hold is kept: it is given to the next call, which has to come
 * with the same input.
 */
#ifndef SSP_SCHANNEL_CONTEXT_H
#define SSP_SCHANNEL_CONTEXT_H

#include <ntsecpkg.h>

#include "base/clock.h"
#include "base/idmap.h"
#include "packages/common/call.h"
#include "packages/schannel/shake.h"

struct tls_contexts {
    struct idmap *map; /* of contexts by LSA_SEC_HANDLE */
    const struct clock *clock;
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
};

enum ssp_err tls_contexts_init(const struct clock *clock, const LSA_SECPKG_FUNCTION_TABLE *lsa,
                               struct tls_contexts *contexts);
void tls_contexts_done(struct tls_contexts *contexts);

/*
 * Errors of shake.h; INCOMPLETE, with SECBUFFER_MISSING in a buffer of type
 * EMPTY; BAD_HANDLE for a context that is not there, or of the other role, or a
 * first leg without a credential; OUT_OF_SEQUENCE when the handshake is over, or
 * has failed; TOO_SMALL with the size needed in the token buffer; NO_CREDS for a
 * credential of the other direction; TARGET_UNKNOWN for a client that does not
 * say whom it means; UNSUPPORTED for datagrams, and for a server that is to ask
 * for certificates and trusts nobody's; BAD_ARGUMENT for buffers that do not do.
 * Where the application wants to hear of it, the alert is in the output.
 */
enum ssp_err tls_contexts_leg(struct tls_contexts *contexts, const struct pkg_call *call,
                              struct pkg_answer *ret);

enum ssp_err tls_contexts_delete(struct tls_contexts *contexts, LSA_SEC_HANDLE context);

/* ISC_RET_* or ASC_RET_*, so far; BAD_HANDLE. */
enum ssp_err tls_contexts_flags(struct tls_contexts *contexts, LSA_SEC_HANDLE context, ULONG *ret);

extern const struct pkg_contexts_kind tls_contexts_kind; /* over a struct tls_contexts */

#endif
