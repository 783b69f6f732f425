/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the certificates of a credential come from, and what its sessions have
 * in common: a section of the configuration, shared by all who acquire it, or
 * what an application handed over.
 *
 * A section's files are looked at before each handshake.  When one of them has
 * changed, all are read again, and a set that does not hold is passed over with
 * a line in the log: the old one stays.  A handshake keeps what it began with.
 */
#ifndef SSP_SCHANNEL_SITE_H
#define SSP_SCHANNEL_SITE_H

#include <time.h>

#include "base/fork_lock.h"
#include "packages/schannel/config.h"
#include "packages/schannel/store.h"

enum { TLS_SITE_FILES = 6 };

struct tls_stamp { /* of a file; all zero: it is not there */
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct tls_site { /* shared; tls_site_unref() */
    struct ref ref;
    struct tls_settings settings;
    char name[TLS_NAME_MAX]; /* of the section; empty: the one without */
    bool has_files;          /* the section's, to be looked after */
    struct fork_lock lock;   /* for what follows, and never while files are read */
    struct tls_store *store; /* NULL: not read yet */
    struct tls_stamp stamps[TLS_SITE_FILES];
};

/* Takes the settings over.  NO_MEMORY, INTERNAL. */
enum ssp_err tls_site_new(const char *name, struct tls_settings *settings, struct tls_site **ret);

/* One with the certificates of an application, which never change. */
enum ssp_err tls_site_of_parts(const struct tls_store_parts *parts, struct tls_site **ret);

/* What the next handshake is done with: a reference.  When there is nothing yet and the files do
 * not hold: errors of crypto/cert_file.h and store.h, traced. */
enum ssp_err tls_site_store(struct tls_site *site, struct tls_store **ret);

struct tls_site *tls_site_ref(struct tls_site *site);
void tls_site_unref(struct tls_site *site); /* NULL is fine */
void tls_site_unrefp(struct tls_site **site);

#endif
