/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The LSA half of a package, but for what is its own: Windows' arguments checked
 * and taken apart, credentials in a table, errors made a status.  Everything that
 * a package adds speaks enum ssp_err.
 *
 * The functions stand for the members of SECPKG_FUNCTION_TABLE and
 * OPENSSPI_LSA_EXPORT_TABLE of the same names; lsa_entries.h has these.
 */
#ifndef SSP_PACKAGES_LSA_H
#define SSP_PACKAGES_LSA_H

#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/conf.h"
#include "base/idmap.h"
#include "packages/common/block.h"
#include "packages/common/call.h"

struct pkg_wanted {                /* what AcquireCredentialsHandle was given; borrowed */
    PUNICODE_STRING text;          /* the principal as it came; NULL: none */
    const struct str16 *principal; /* the same; empty: none */
    ULONG use;
    PLUID logon_id; /* may be NULL */
    PVOID auth_data;
};

struct pkg_acquired {
    void *cred;
    int64_t expiry; /* FILETIME; FILETIME_NEVER */
    NTSTATUS inner; /* as in call.h */
};

struct pkg_query { /* of an attribute; borrowed */
    ULONG attribute;
    void *ret; /* Windows' structure for it */
    const struct pkg_heap *heap;
    NTSTATUS inner; /* as in call.h */
};

struct pkg_lsa_kind { /* what a package knows */
    const SecPkgInfoW *info;
    struct view oid; /* in DER, for SecpkgGssInfo; empty: none */

    /* Reads its sections and makes its table of contexts; may fail half-way. */
    enum ssp_err (*start)(const LSA_SECPKG_FUNCTION_TABLE *functions, const struct conf *conf,
                          ULONG id);
    void (*stop)(void); /* after start() in any case, when contexts and credentials are gone */

    enum ssp_err (*acquire)(const struct pkg_wanted *wanted, struct pkg_acquired *ret);
    void (*unref)(void *cred);
    enum ssp_err (*query_cred)(void *cred, struct pkg_query *query);

    const struct pkg_contexts_kind *contexts;
    void *table; /* for these */
    enum ssp_err (*query)(LSA_SEC_HANDLE context,
                          struct pkg_query *query); /* while it negotiates */
};

struct pkg_lsa {
    const struct pkg_lsa_kind *kind;
    const LSA_SECPKG_FUNCTION_TABLE *functions; /* NULL: not initialised */
    struct idmap *creds;
};

NTSTATUS pkg_lsa_initialize(struct pkg_lsa *lsa, ULONG_PTR id,
                            const LSA_SECPKG_FUNCTION_TABLE *functions);
NTSTATUS pkg_lsa_shutdown(struct pkg_lsa *lsa);
NTSTATUS pkg_lsa_get_info(const struct pkg_lsa *lsa, PSecPkgInfo ret);
NTSTATUS pkg_lsa_get_extended(const struct pkg_lsa *lsa, SECPKG_EXTENDED_INFORMATION_CLASS class,
                              PSECPKG_EXTENDED_INFORMATION *ret);

NTSTATUS pkg_lsa_acquire(struct pkg_lsa *lsa, const struct pkg_wanted *wanted, PLSA_SEC_HANDLE ret,
                         PTimeStamp ret_expiry);
NTSTATUS pkg_lsa_free_cred(struct pkg_lsa *lsa, LSA_SEC_HANDLE cred);
NTSTATUS pkg_lsa_query_cred(struct pkg_lsa *lsa, LSA_SEC_HANDLE cred, ULONG attribute, PVOID ret);

struct pkg_leg_in { /* of both calls; borrowed */
    LSA_SEC_HANDLE cred;
    const UNICODE_STRING *target; /* NULL: none */
    struct pkg_call call;         /* without credential and target */
};

struct pkg_leg_out { /* where the LSA wants the answer */
    PLSA_SEC_HANDLE context;
    PULONG attributes;
    PTimeStamp expiry;
    PBOOLEAN mapped;
    PSecBuffer data;
};

NTSTATUS pkg_lsa_leg(struct pkg_lsa *lsa, const struct pkg_leg_in *in,
                     const struct pkg_leg_out *out);
NTSTATUS pkg_lsa_end(struct pkg_lsa *lsa, LSA_SEC_HANDLE context);
NTSTATUS pkg_lsa_query(struct pkg_lsa *lsa, LSA_SEC_HANDLE context, ULONG attribute, PVOID ret);

NTSTATUS pkg_lsa_export(struct pkg_lsa *lsa, LSA_SEC_HANDLE context, ULONG flags, PSecBuffer ret);
NTSTATUS pkg_lsa_import(struct pkg_lsa *lsa, const SecBuffer *packed, PLSA_SEC_HANDLE ret);

/* TOO_LARGE, NO_MEMORY. */
enum ssp_err pkg_text_of(const UNICODE_STRING *text, struct str16 *ret);

#endif
