/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contexts of the LSA half: from a leg of the negotiation (leg.h) to the call
 * that the LSA made, with its buffers, handles and ContextData.
 */
#ifndef SSP_NEGOTIATE_CONTEXT_H
#define SSP_NEGOTIATE_CONTEXT_H

#include "base/idmap.h"
#include "packages/common/call.h"
#include "packages/negotiate/leg.h"

struct nego_contexts {
    struct idmap *map; /* of contexts by LSA_SEC_HANDLE */
    const struct nego_env *env;
};

enum ssp_err nego_contexts_init(struct nego_contexts *contexts, const struct nego_env *env);

/*
 * Over a struct nego_contexts.  A leg: errors of leg.h and output.h; BAD_HANDLE for
 * a context that is not there, or of the other role; OUT_OF_SEQUENCE when the
 * negotiation is over.  With ISC_REQ_EXTENDED_ERROR or ASC_REQ_EXTENDED_ERROR a
 * failure leaves a token for the peer in the output.  Packing: UNSUPPORTED when
 * it is over; INNER when the inner package cannot.
 */
extern const struct pkg_contexts_kind nego_contexts_kind;

struct nego_stand {            /* how a context stands, for attributes */
    enum nego_package package; /* NEGO_PACKAGES: none chosen */
    ULONG negotiation;         /* SECPKG_NEGOTIATION_* */
    ULONG attributes;
};

/* BAD_HANDLE. */
enum ssp_err nego_contexts_stand(struct nego_contexts *contexts, LSA_SEC_HANDLE context,
                                 struct nego_stand *ret);

#endif
