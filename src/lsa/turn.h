/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One leg of a package's handshake: asks its InitLsaModeContext or
 * AcceptLsaModeContext, and believes the answer only as far as it can be true.
 * Whose the context is, and where it is kept, is for the caller to know
 * (leg.c, nested.c).
 */
#ifndef SSP_LSA_TURN_H
#define SSP_LSA_TURN_H

#include "lsa/output.h"
#include "lsa/package.h"

struct turn { /* one leg */
    const struct package *package;
    bool accept;
    LSA_SEC_HANDLE cred;    /* 0: none given */
    LSA_SEC_HANDLE ctx;     /* 0: the first leg */
    PUNICODE_STRING target; /* initiator; NULL: none */
    ULONG requirements;
    ULONG data_rep;
    PSecBufferDesc in;
    PSecBufferDesc out;
    struct output before; /* the output buffers, as they were */
    ULONG n_given;        /* bytes of the input's token */
    bool had_extra;       /* the input came with a SECBUFFER_EXTRA, which says nothing then */

    /* The answer. */
    LSA_SEC_HANDLE handle; /* may be there even when the leg failed: a new context to be deleted */
    ULONG attributes;      /* after a failure: not 0 when the output has a token for the peer */
    TimeStamp expiry;
    BOOLEAN mapped;
    SecBuffer data;
};

/* Inside a call (call.h).  The package's status as the application is to see it; on an error the
 * output is as it was, but for what output.h lets through, there is no data, and what the package
 * has made is turn->handle at most. */
SECURITY_STATUS turn_run(struct turn *turn);

/* After a success that comes to nothing: data and output go. */
void turn_undo(struct turn *turn);

#endif
