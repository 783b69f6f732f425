/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packages of an LSA: their LSA halves, started, and what they say about
 * themselves.
 *
 * Starting one is Windows' sequence: SpLsaModeInitialize gives an array of
 * tables, one a package; each gets InitializePackage and Initialize and is
 * asked for GetInfo.  The package answers with the version of its table, and
 * members beyond that version are never read.  They are NULL here, as are those
 * that a package leaves out: whoever calls a member asks first.
 *
 * Packages are added, never taken away, until the LSA ends.
 */
#ifndef SSP_LSA_PACKAGE_H
#define SSP_LSA_PACKAGE_H

#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/limits.h"
#include "base/utf16.h"
#include "lsa/module.h"

#include <pthread.h>
#include <stdatomic.h>

struct lsa;

struct package {
    ULONG id;                         /* its place in the list */
    SECPKG_FUNCTION_TABLE lsa;        /* a copy */
    OPENSSPI_LSA_EXPORT_TABLE export; /* a copy; empty if the package has none */
    OPENSSPI_LSA_SIGN_TABLE sign;     /* the same */
    ULONG capabilities;               /* SECPKG_FLAG_* */
    USHORT version;
    USHORT rpc_id;
    ULONG max_token;
    struct str16 name;
    struct str16 comment;
    char *name8;   /* UTF-8 */
    ULONG *thunks; /* attributes that the LSA half answers (SecpkgContextThunks) */
    size_t n_thunks;
    struct module *module; /* where its user half comes from */
    ULONG index;           /* among the module's tables */
};

struct packages {
    pthread_mutex_t adding;
    struct package *list[LIMIT_PACKAGES]; /* never moves: read up to the count without a lock */
    atomic_size_t n;
};

void packages_init(struct packages *packages);
void packages_done(struct packages *packages); /* shuts all down, the last one first */

size_t packages_count(const struct packages *packages);
/* NULL when there is none. */
struct package *package_by_id(const struct packages *packages, ULONG id);
struct package *package_by_name(const struct packages *packages, const char16_t *name);
struct package *package_by_name8(const struct packages *packages, const char *name);

/*
 * Starts what a module holds; *ret_id is the first one.  A package that cannot
 * be started, says nothing about itself or has a name that is taken is refused
 * with a log line.  NO_PACKAGE when none is left; OVER_QUOTA beyond
 * LIMIT_PACKAGES; NO_MEMORY.  With all, the first refusal is an error.
 */
enum ssp_err packages_add(struct lsa *lsa, struct module *module, bool all, ULONG *ret_id);

#endif
