/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contexts of the LSA half: from a leg of the machine (leg.h) to the call
 * that the LSA made, with its buffers, handles and ContextData.
 *
 * A leg that fails leaves the context, the output buffers and the table of
 * contexts as they were.
 */
#ifndef SSP_NTLM_CONTEXT_H
#define SSP_NTLM_CONTEXT_H

#include <ntsecpkg.h>

#include "base/idmap.h"
#include "packages/ntlm/leg.h"

struct ntlm_contexts {
    struct idmap *map; /* of contexts by LSA_SEC_HANDLE */
    const struct ntlm_env *env;
    const LSA_SECPKG_FUNCTION_TABLE *lsa;
};

struct ntlm_call { /* one call of Init- or AcceptLsaModeContext; all borrowed */
    bool accept;
    LSA_SEC_HANDLE context;     /* 0: the first leg */
    struct ntlm_cred *cred;     /* NULL: none given */
    const struct str16 *target; /* NULL: none */
    ULONG asked;
    const SecBufferDesc *in;  /* may be NULL */
    const SecBufferDesc *out; /* may be NULL */
};

struct ntlm_answer {
    LSA_SEC_HANDLE context;
    ULONG attributes;
    int64_t expiry;
    bool is_done;
    SecBuffer data; /* when done: the packed context, from AllocateLsaHeap; the caller's */
};

enum ssp_err ntlm_contexts_init(struct ntlm_contexts *contexts, const struct ntlm_env *env,
                                const LSA_SECPKG_FUNCTION_TABLE *lsa);
void ntlm_contexts_done(struct ntlm_contexts *contexts);

/* Errors of leg.h; BAD_HANDLE for a context that is not there, or of the other role, or a first leg
 * without a credential; OUT_OF_SEQUENCE when the handshake is over; TOO_SMALL with the size needed
 * in the token buffer; BAD_ARGUMENT without a token buffer where there is a token. */
enum ssp_err ntlm_contexts_leg(struct ntlm_contexts *contexts, const struct ntlm_call *call,
                               struct ntlm_answer *ret);

/* BAD_HANDLE. */
enum ssp_err ntlm_contexts_delete(struct ntlm_contexts *contexts, LSA_SEC_HANDLE context);

/* Of a context that is still negotiating; UNSUPPORTED when the handshake is over. */
enum ssp_err ntlm_contexts_export(struct ntlm_contexts *contexts, LSA_SEC_HANDLE context,
                                  SecBuffer *ret);
enum ssp_err ntlm_contexts_import(struct ntlm_contexts *contexts, struct view packed,
                                  LSA_SEC_HANDLE *ret);

/* What it asks for and has been promised so far, for the attributes; BAD_HANDLE. */
enum ssp_err ntlm_contexts_flags(struct ntlm_contexts *contexts, LSA_SEC_HANDLE context,
                                 ULONG *ret);

#endif
