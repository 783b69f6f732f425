/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where packages come from: linked in (packages.def), or a shared object from
 * the package folder with the entry points that Windows' packages have, and
 * optionally those of opensspi.h.
 *
 * A shared object runs with all the rights of its host, so it has to be a
 * regular file of root or of the user, in a folder of theirs, that nobody else
 * may write to.  What was checked is what is loaded: the file is opened once,
 * and the dynamic linker gets that descriptor.
 */
#ifndef SSP_LSA_MODULE_H
#define SSP_LSA_MODULE_H

#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/err.h"
#include "base/ref.h"

#include <stddef.h>

struct module { /* shared; module_unref() */
    struct ref ref;
    char *name; /* for log lines */
    void *dl;   /* NULL: linked in */
    int fd;     /* -1: linked in */
    SpLsaModeInitializeFn lsa_init;
    SpUserModeInitializeFn user_init;
    SpLsaExportInitializeFn export_init;        /* NULL: half-done handshakes cannot be moved */
    SpUserExtensionInitializeFn extension_init; /* NULL: sessions are silent but for messages */
    SpLsaSignInitializeFn sign_init;            /* NULL: does not sign what was agreed on */
    SpLsaInnerInitializeFn inner_init;          /* NULL: builds on no other package */
};

/* What a package has for the processes of its clients: the module's, every member is there. */
struct module_user {
    PSECPKG_USER_FUNCTION_TABLE table;              /* NULL: no user half */
    const OPENSSPI_USER_EXTENSION_TABLE *extension; /* NULL: none; its members may be NULL too */
};

/* What is linked in, in the order of packages.def.  BAD_ARGUMENT when there is no n-th. */
size_t module_n_builtin(void);
enum ssp_err module_builtin(size_t n, struct module **ret);

/* A folder of packages: a real one, of root or the user, writable by nobody else.  IO (errno),
 * UNSAFE_FILE. */
enum ssp_err module_folder_open(const char *path, int *ret_fd);

/* Opens, checks and loads; path is relative to the folder.  IO, UNSAFE_FILE; NO_PACKAGE when it is
 * no shared object or lacks an entry point; NO_MEMORY.  Refusals are traced. */
enum ssp_err module_load(int folder_fd, const char *path, struct module **ret);

/* The user half of its index-th package.  NO_PACKAGE (traced) when one of the two entry points
 * fails or answers with a version that is not known.  Starting it (InstanceInit) is the client's.
 */
enum ssp_err module_user_half(const struct module *module, ULONG index, struct module_user *ret);

struct module *module_ref(struct module *module);
void module_unref(struct module **module); /* for ssp_cleanup(); unloads with the last */

#endif
