/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Kerberos realm of one's own: MIT's KDC on a port of the loopback interface,
 * with all that it reads and writes in one folder, so that any user can have one
 * and nothing stays behind.  For the demo, and for tests.
 *
 * In the folder: krb5.conf, for whoever means this realm (KRB5_CONFIG), and what
 * the programs leave there.  Nothing is looked up in DNS.
 */
#ifndef SSP_CLI_DEMO_REALM_H
#define SSP_CLI_DEMO_REALM_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

enum { REALM_PATH_MAX = 256 };

struct realm_plan {     /* borrowed */
    const char *name;   /* "DEMO.EXAMPLE" */
    const char *domain; /* "demo.example": hosts in it belong to the realm */
    const char *folder; /* is there, and empty of what a realm has */
    const char *script; /* lines for kadmin.local: principals, keytabs */
};

struct realm { /* ssp_cleanup(realm_stop) */
    char folder[REALM_PATH_MAX];
    int port;
    pid_t pid; /* of the KDC; 0: none */
};

/* What a realm cannot be made without and is not installed, in words; NULL: all is there. */
const char *realm_missing(void);

/* Makes it, and yields once its KDC serves, which dies with this process.  NO_AUTHORITY when a
 * program is missing; TOO_LARGE for a folder of a long name; IO when a program does not do what it
 * should: what it said is in the file "log". */
enum ssp_err realm_start(const struct realm_plan *plan, struct realm *ret);

/* Runs another program of Kerberos in the realm, with that text as its input.  NO_AUTHORITY, IO. */
enum ssp_err realm_run(const struct realm *realm, const char *const *argv, const char *input);

void realm_stop(struct realm *realm); /* from now on nobody answers; the folder stays */

#endif
