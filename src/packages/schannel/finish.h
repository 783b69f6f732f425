/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a handshake that is over to ContextData: what the session goes on with,
 * packed, and, for a server whose client showed a good certificate, a logon
 * session and a token.
 *
 * In two halves: what can fail and be undone, and, when the answer is in the
 * caller's buffer, the token's way into the client, from which there is no way
 * back.
 */
#ifndef SSP_SCHANNEL_FINISH_H
#define SSP_SCHANNEL_FINISH_H

#include <ntsecpkg.h>

#include "base/clock.h"
#include "packages/common/logon.h"
#include "packages/schannel/reqs.h"
#include "packages/schannel/shake.h"

struct tls_ending { /* borrowed */
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
    const struct clock *clock;
    const struct tls_reqs *reqs;
    struct tls_shake *shake;
    struct view rest; /* whole records behind those of the handshake */
};

struct tls_finish { /* ssp_cleanup(tls_finish_done) */
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
    struct tls_shake_result result;
    struct pkg_logon logon;
    struct wr packed;
    void *block; /* from the LSA's heap, as large as packed */
    ULONG attributes;
    int64_t expiry;
};

/* Errors of shake.h and common/logon.h; CERT_UNKNOWN; TOO_LARGE for a session that the host cannot
 * seal; NO_MEMORY. */
enum ssp_err tls_finish_begin(const struct tls_ending *ending, struct tls_finish *ret);

/* *ret is the caller's, from AllocateLsaHeap.  INTERNAL. */
enum ssp_err tls_finish_commit(struct tls_finish *finish, SecBuffer *ret);

/* For the audit trail: a client that was not let in. */
void tls_finish_refused(const LSA_SECPKG_FUNCTION_TABLE *lsa, enum ssp_err why);

void tls_finish_done(struct tls_finish *finish);

#endif
