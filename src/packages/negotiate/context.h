/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contexts of the LSA half: from a leg of the negotiation (leg.h) to the call
 * that the LSA made, with its buffers, handles and ContextData.
 */
#ifndef SSP_NEGOTIATE_CONTEXT_H
#define SSP_NEGOTIATE_CONTEXT_H

#include "base/idmap.h"
#include "packages/negotiate/leg.h"

struct nego_contexts {
    struct idmap *map; /* of contexts by LSA_SEC_HANDLE */
    const struct nego_env *env;
};

struct nego_call { /* one call of Init- or AcceptLsaModeContext; all borrowed */
    bool accept;
    LSA_SEC_HANDLE context;     /* 0: the first leg */
    struct nego_cred *cred;     /* NULL: none given */
    const struct str16 *target; /* NULL: none */
    ULONG asked;
    ULONG data_rep;
    const SecBufferDesc *in;  /* may be NULL */
    const SecBufferDesc *out; /* may be NULL */
};

struct nego_result {
    LSA_SEC_HANDLE context;
    ULONG attributes;
    int64_t expiry;
    bool is_done;
    SecBuffer data;  /* when done: the packed context, from AllocateLsaHeap; the caller's */
    NTSTATUS status; /* with INNER */
};

enum ssp_err nego_contexts_init(struct nego_contexts *contexts, const struct nego_env *env);
void nego_contexts_done(struct nego_contexts *contexts);

/* Errors of leg.h and output.h; BAD_HANDLE for a context that is not there, or of the other role;
 * OUT_OF_SEQUENCE when the negotiation is over.  With ISC_REQ_EXTENDED_ERROR or
 * ASC_REQ_EXTENDED_ERROR a failure leaves a token for the peer in the output. */
enum ssp_err nego_contexts_leg(struct nego_contexts *contexts, const struct nego_call *call,
                               struct nego_result *ret);

enum ssp_err nego_contexts_delete(struct nego_contexts *contexts, LSA_SEC_HANDLE context);

/* Of a context that is still negotiating; UNSUPPORTED when that is over; INNER with *ret_status
 * when the inner package cannot. */
enum ssp_err nego_contexts_export(struct nego_contexts *contexts, LSA_SEC_HANDLE context,
                                  SecBuffer *ret, NTSTATUS *ret_status);
enum ssp_err nego_contexts_import(struct nego_contexts *contexts, struct view packed,
                                  LSA_SEC_HANDLE *ret, NTSTATUS *ret_status);

struct nego_stand {            /* how a context stands, for attributes */
    enum nego_package package; /* NEGO_PACKAGES: none chosen */
    ULONG negotiation;         /* SECPKG_NEGOTIATION_* */
    ULONG attributes;
};

/* BAD_HANDLE. */
enum ssp_err nego_contexts_stand(struct nego_contexts *contexts, LSA_SEC_HANDLE context,
                                 struct nego_stand *ret);

#endif
