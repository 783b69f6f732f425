/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lsad's packages as this process knows them: their descriptions, and their user
 * halves, which run here.  Those are linked in, or loaded from the package folder;
 * a package whose file is not there has no user half in this process.
 *
 * Contexts and calls know packages by their place in the list, so the list of an
 * lsad that was started anew has to begin with what this process knows.
 */
#ifndef SSP_RPC_REMOTE_PACKAGES_H
#define SSP_RPC_REMOTE_PACKAGES_H

#include "lsa/module.h"
#include "lsa/port.h"
#include "rpc/pool.h"

struct remote_package {
    struct str16 name;
    struct str16 comment;
    ULONG thunks[LIMIT_THUNKS];
    struct module *module; /* NULL: no user half */
};

struct remote_packages {
    struct fork_lock lock;
    const char *folder; /* borrowed */
    struct remote_package *own[LIMIT_PACKAGES];
    struct lsa_package_info info[LIMIT_PACKAGES]; /* never moves: read up to n without the lock */
    atomic_size_t n;
};

enum ssp_err remote_packages_init(const char *folder, struct remote_packages *packages);
void remote_packages_done(struct remote_packages *packages);

/* For struct pool: whether the lsad at the other end has what this process knows, in the same
 * places; arg is the struct remote_packages.  OTHER_PACKAGES, traced; what connection_call() says.
 */
enum ssp_err remote_packages_judge(void *arg, struct connection *connection);

/* Learns those that are new, so that there are n at least.  NO_PACKAGE when lsad has no so many;
 * what pool_call() says. */
enum ssp_err remote_packages_learn(struct remote_packages *packages, struct pool *pool, size_t n);

#endif
