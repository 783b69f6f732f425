/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Local Security Authority: packages, credentials, contexts, logon sessions
 * and the passage of contexts, for any number of clients.  Linked into the
 * client library (local.c), and fit for a daemon.
 *
 * Configuration: [lsa] and [export] (options.h); [lsad], which the daemon reads.
 * Every other section has to be [map] or to bear the name of a package, with or
 * without something in quotes behind it: [schannel "www"].
 */
#ifndef SSP_LSA_CORE_H
#define SSP_LSA_CORE_H

#include "base/clock.h"
#include "base/conf.h"
#include "base/idmap.h"
#include "base/limits.h"
#include "crypto/rand.h"
#include "lsa/client.h"
#include "lsa/home.h"
#include "lsa/kept.h"
#include "lsa/logon.h"
#include "lsa/map.h"
#include "lsa/options.h"
#include "lsa/package.h"

struct lsa_setup {
    const struct conf *conf; /* needed by lsa_new() only */
    const struct clock *clock;
    const struct rand *rand;
    bool is_embedded; /* one user's processes share the seal key */
};

struct lsa {
    struct lsa_options options;
    atomic_uint lifetime_ms; /* of exports that do not say */
    const struct clock *clock;
    const struct rand *rand;
    bool is_embedded;
    struct idmap *tables[OWNED_KINDS]; /* of struct owned */
    struct logons logons;
    struct home_slot home;
    struct keeper keeper;
    struct map_slot map;
    struct packages packages;
};

/* BAD_CONFIG; NO_PACKAGE when a package that is linked in does not start; IO, NO_MEMORY.  Traced.
 */
enum ssp_err lsa_new(const struct lsa_setup *setup, struct lsa **ret);
void lsa_free(struct lsa **lsa); /* no client may be left */

/* The configuration again, while clients are served: checks [lsa], [export] and [map], and takes on
 * the lifetime of exports and the rules for who comes from now on; the rest is for the next start.
 * BAD_CONFIG, NO_MEMORY; then all is as it was. */
enum ssp_err lsa_read_again(struct lsa *lsa, const struct conf *conf);

/* A package at run time: a path, or the name of a file in the package folder, with or without .so.
 * As packages_add(). */
enum ssp_err lsa_add_package(struct lsa *lsa, const char *path, ULONG *ret_id);

/* LsaCallAuthenticationPackage, from outside (untrusted) or from another package.  Statuses are the
 * package's; STATUS_NO_SUCH_PACKAGE, STATUS_NOT_SUPPORTED. */
struct package_request {
    const UNICODE_STRING *package;
    void *bytes;
    void *base; /* where the client has them */
    ULONG n;
};

struct package_reply {
    void *bytes; /* from AllocateClientBuffer */
    ULONG n;
    NTSTATUS status; /* of the protocol */
};

/* In the address space of the LSA; a package may change the strings. */
struct password_change {
    UNICODE_STRING domain;
    UNICODE_STRING account;
    UNICODE_STRING old_password;
    UNICODE_STRING new_password;
    BOOLEAN impersonating;
    PSecBufferDesc output;
};

enum call_right { CALL_TRUSTED, CALL_UNTRUSTED, CALL_PASSTHROUGH };

NTSTATUS lsa_call_package(struct lsa *lsa, struct client *client, enum call_right right,
                          const struct package_request *request, struct package_reply *ret);

/* The package's status; SEC_E_SECPKG_NOT_FOUND, SEC_E_UNSUPPORTED_FUNCTION. */
SECURITY_STATUS lsa_change_password(struct client *client, ULONG id,
                                    struct password_change *change);

#endif
