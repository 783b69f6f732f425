/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A temporary folder with one account, for both sides: a SAM file and configuration for OpenSSPI, a
 * user file for gss-ntlmssp, certificates, the runtime folder, and lsad with its own.  It is where
 * runtime folders usually are, in memory, when there is such a place.
 */
#ifndef SSP_BENCH_PLACE_H
#define SSP_BENCH_PLACE_H

#include <sys/types.h>

#define PLACE_USER "alice"
#define PLACE_DOMAIN "EXAMPLE"
#define PLACE_PASSWORD "Password"
#define PLACE_SITE "www" /* the section with the certificate of localhost */

void place_make(void); /* and points OPENSSPI_CONFIG (embedded) and NTLM_USER_FILE there */
const char *place_folder(const char *name); /* a new one in it; good until the next call */
struct place_certs {                        /* files */
    const char *ca;
    const char *cert;
    const char *key;
};
struct place_certs place_certs(void); /* good until the next call */

void place_start_lsad(void);
void place_use_lsad(void); /* in a process that has not called the library yet */
pid_t place_lsad(void);
void place_remove(void);

#endif
