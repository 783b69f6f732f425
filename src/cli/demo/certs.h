/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of a demo's own: a certification authority whose key nobody keeps,
 * and what it issued to a server and to a user.  Good for a day.
 *
 * In the folder, as PEM: ca.pem; server.pem and user.pem; server.key and user.key,
 * which nobody else may read.
 */
#ifndef SSP_CLI_DEMO_CERTS_H
#define SSP_CLI_DEMO_CERTS_H

#include "base/err.h"

struct certs_plan { /* borrowed */
    const char *folder;
    const char *host; /* the server's name */
    const char *user; /* the common name in the other one */
};

/* INTERNAL when GnuTLS does not do what it should; TOO_LARGE for a folder of a long name; IO. */
enum ssp_err certs_make(const struct certs_plan *plan);

#endif
