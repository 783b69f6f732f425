/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What applications may ask about a context: SECPKG_ATTR_*, as Windows' structs in their wide form.
 * Pointers in them come from the heap of the half that answers; the application frees them with
 * FreeContextBuffer.
 *
 * Here are those with the same answer in every package of tokens and messages; the others are a
 * table of the package.
 */
#ifndef SSP_PACKAGES_ATTRS_H
#define SSP_PACKAGES_ATTRS_H

#include "packages/common/block.h"

struct pkg_attr {
    ULONG id;
    bool early; /* can be asked while the handshake runs */
    enum ssp_err (*get)(const void *own, const struct pkg_heap *heap, void *ret);
};

struct pkg_subject { /* a context; borrowed */
    const SecPkgInfoW *info;
    bool is_running;     /* its handshake */
    uint32_t attributes; /* ISC_RET_* or ASC_RET_* */
    int64_t start;       /* FILETIME, both */
    int64_t expiry;
    HANDLE token;    /* NULL: none */
    const void *own; /* what the table asks */
    const struct pkg_attr *attrs;
    size_t n_attrs;
};

/* FLAGS, PACKAGE_INFO and NEGOTIATION_INFO, and when the handshake is over LIFESPAN, ACCESS_TOKEN
 * and LAST_CLIENT_TOKEN_STATUS; what the table has.  UNSUPPORTED for others; NO_IMPERSONATION for
 * the token of a context without one; NO_MEMORY.  *ret is written on success only. */
enum ssp_err pkg_attr_query(const struct pkg_subject *subject, const struct pkg_heap *heap,
                            ULONG attribute, void *ret);

#endif
