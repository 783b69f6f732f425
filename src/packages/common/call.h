/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call of InitLsaModeContext or AcceptLsaModeContext as packages see it, its
 * answer, and what any table of half-done contexts does with them.
 *
 * "Inner" is the status of another package that did not do what this one needed;
 * it is the answer where the error is INNER, and means nothing elsewhere.
 */
#ifndef SSP_PACKAGES_CALL_H
#define SSP_PACKAGES_CALL_H

#include <ntsecpkg.h>

#include "base/rd.h"
#include "base/utf16.h"

struct pkg_call { /* all borrowed */
    bool accept;
    LSA_SEC_HANDLE context;     /* 0: the first leg */
    void *cred;                 /* the package's; NULL: none given */
    const struct str16 *target; /* NULL: none */
    ULONG asked;                /* ISC_REQ_* or ASC_REQ_* */
    ULONG data_rep;
    PSecBufferDesc in;  /* may be NULL */
    PSecBufferDesc out; /* may be NULL */
};

struct pkg_answer {
    LSA_SEC_HANDLE context;
    ULONG attributes;
    int64_t expiry;
    bool is_done;
    SecBuffer data; /* when done: the packed context, from AllocateLsaHeap; the caller's */
    NTSTATUS inner;
};

struct pkg_contexts_kind {
    enum ssp_err (*leg)(void *contexts, const struct pkg_call *call, struct pkg_answer *ret);
    enum ssp_err (*end)(void *contexts, LSA_SEC_HANDLE context);
    void (*done)(void *contexts); /* fine for zeroes */

    /* Of a context that is still negotiating, from AllocateLsaHeap; NULL: they stay where they are.
     */
    enum ssp_err (*pack)(void *contexts, LSA_SEC_HANDLE context, SecBuffer *ret,
                         NTSTATUS *ret_inner);
    enum ssp_err (*unpack)(void *contexts, struct view packed, LSA_SEC_HANDLE *ret,
                           NTSTATUS *ret_inner);
};

#endif
