/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A temporary folder with one account, for both sides: a SAM file and configuration for OpenSSPI, a
 * user file for gss-ntlmssp, and the runtime folder.  It is where runtime folders usually are, in
 * memory, when there is such a place.
 */
#ifndef SSP_BENCH_PLACE_H
#define SSP_BENCH_PLACE_H

#define PLACE_USER "alice"
#define PLACE_DOMAIN "EXAMPLE"
#define PLACE_PASSWORD "Password"

void place_make(void); /* and points OPENSSPI_CONFIG and NTLM_USER_FILE there */
void place_remove(void);

#endif
