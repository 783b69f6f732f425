/* SPDX-License-Identifier: Apache-2.0 */
/* The objects that nested.h hands out: inner credentials and contexts. */
#ifndef SSP_LSA_NESTED_CTX_H
#define SSP_LSA_NESTED_CTX_H

#include "lsa/call.h"
#include "lsa/package.h"

struct _OPENSSPI_INNER_CREDENTIAL {
    struct lsa *lsa;
    const struct package *package;
    LSA_SEC_HANDLE handle;
};

struct _OPENSSPI_INNER_CONTEXT {
    struct lsa *lsa;
    const struct package *package;
    LSA_SEC_HANDLE handle; /* 0: none, as for one that came finished */
    bool accept;
    bool is_finished;
    SecBuffer data; /* finished: from the heap */
    HANDLE token;   /* the LSA's; NULL: none */
    uint64_t epoch; /* fork_epoch() when it was made */
};

/* A call of the inner package inside the current one, which may be none: then it is nobody's. */
void nested_begin(struct call *call, struct lsa *lsa, const struct package *package,
                  ULONG attributes);

/* Ends it, and what it has made is the outer call's. */
void nested_keep(struct call *call);

void nested_ctx_free(POPENSSPI_INNER_CONTEXT *ctx); /* for ssp_cleanup(); NULL is fine */

/* NO_MEMORY. */
enum ssp_err nested_ctx_new(struct lsa *lsa, const struct package *package, bool accept,
                            POPENSSPI_INNER_CONTEXT *ret);

#endif
