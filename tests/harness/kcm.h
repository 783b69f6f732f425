/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heimdal's KCM: a daemon that keeps the credential caches of all users, for MIT's library as well.
 * Each user's is KCM:UID.
 */
#ifndef SSP_TEST_KCM_H
#define SSP_TEST_KCM_H

#define KCM_SOCKET ".heim_org.h5l.kcm-socket" /* a name that it insists on */

/* Runs it with its socket in a folder that is there and empty, and waits until it serves; from then
 * on KRB5_CONFIG names that socket, too.  Dies with the test.  Aborts where that cannot be done. */
void kcm_start(const char *where);

void kcm_stop(void); /* its socket stays behind */

#endif
