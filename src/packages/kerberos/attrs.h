/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What applications may ask about a context: SECPKG_ATTR_*, as Windows' structs
 * in their wide form.  Pointers in them come from the heap of the half that
 * answers; the application frees them with FreeContextBuffer.
 */
#ifndef SSP_KERBEROS_ATTRS_H
#define SSP_KERBEROS_ATTRS_H

#include "packages/common/attrs.h"
#include "packages/kerberos/pack.h"

struct krb_subject { /* an established context; borrowed */
    const struct krb_core *core;
    const struct krb_names *names;
    HANDLE token; /* NULL: none */
};

/* UNSUPPORTED for attributes that this package does not have; NO_IMPERSONATION for the token of a
 * context without one; NO_MEMORY.  *ret is written on success only. */
enum ssp_err krb_attr_query(const struct krb_subject *subject, const struct pkg_heap *heap,
                            ULONG attribute, void *ret);

/* Of a handshake that still runs: FLAGS, PACKAGE_INFO, NEGOTIATION_INFO, and the most that SIZES
 * will be. */
enum ssp_err krb_attr_query_half(ULONG flags, const struct pkg_heap *heap, ULONG attribute,
                                 void *ret);

#endif
