/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What applications may ask about a context or a credential: SECPKG_ATTR_* and
 * SECPKG_CRED_ATTR_*, as Windows' structs in their wide form.  Pointers in them
 * come from the heap of the half that answers; the application frees them with
 * FreeContextBuffer.
 */
#ifndef SSP_NTLM_ATTRS_H
#define SSP_NTLM_ATTRS_H

#include <ntsecpkg.h>

#include "packages/common/attrs.h"
#include "packages/ntlm/cred.h"
#include "packages/ntlm/pack.h"

struct ntlm_subject { /* an established context; borrowed */
    const struct ntlm_core *core;
    const struct ntlm_names *names;
    HANDLE token; /* NULL: none */
};

/* UNSUPPORTED for attributes that this package does not have; NO_IMPERSONATION for the token of a
 * context without one; NO_MEMORY.  *ret is written on success only. */
enum ssp_err ntlm_attr_query(const struct ntlm_subject *subject, const struct pkg_heap *heap,
                             ULONG attribute, void *ret);

/* Of a handshake that still runs: SIZES, FLAGS, PACKAGE_INFO, NEGOTIATION_INFO. */
enum ssp_err ntlm_attr_query_half(ULONG flags, const struct pkg_heap *heap, ULONG attribute,
                                  void *ret);

/* NAMES: "domain\user"; NO_CREDS for a credential without a name. */
enum ssp_err ntlm_attr_query_cred(const struct ntlm_cred *cred, const struct pkg_heap *heap,
                                  ULONG attribute, void *ret);

#endif
