/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A world of its own for tests of the whole library: accounts, runtime folder, package folder and
 * configuration in a temporary folder that OPENSSPI_CONFIG leads to.  Processes started from here
 * live in it as well.
 */
#ifndef SSP_TEST_WORLD_H
#define SSP_TEST_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The accounts that are there; the first two have WORLD_PASSWORD. */
#define WORLD_USER "User"
#define WORLD_OTHER "Other"
#define WORLD_DOMAIN "Domain"
#define WORLD_PASSWORD "Password"
#define WORLD_FAR_USER "Jürgen" /* beyond ASCII, all three */
#define WORLD_FAR_DOMAIN "Königreich"
#define WORLD_FAR_PASSWORD "naïve € 密码"

/* With WORLD_TLS set, it has certificates: sections of Schannel's configuration with these names,
 * the second for the user above, whom the first one asks for a certificate, and a plain section
 * that trusts the same authority.  The third is a server like the first, and speaks nothing but
 * ChaCha20-Poly1305. */
#define WORLD_TLS_SERVER "server"
#define WORLD_TLS_CHACHA "chacha"
#define WORLD_TLS_HOST "localhost"
bool world_has_tls(void);

/* Group setup and teardown of cmocka.  With MOCK_PACKAGE set, the package of that name is there. */
int world_begin(void **state);
int world_end(void **state);

/* With WORLD_REALM set, the world has a realm of Kerberos (harness/kdc.h) and a ticket of its user,
 * who may not delegate more than the KDC says. */
bool world_has_realm(void);

/* With LSAD set to the program, the world has the LSA as a process, and whoever uses the library
 * here uses that: the same tests, a second time. */
bool world_has_lsad(void);

/* Lsad dies on the spot, and a new one takes its place. */
void world_kill_lsad(void);
bool world_stop_lsad(void); /* asked to end; false unless it does so cleanly */
void world_start_lsad(void);
pid_t world_lsad_pid(void);

/* Lets processes of other users into the world: they find the configuration, lsad and the realm,
 * not the accounts, keys and tickets. */
void world_open(void);

/* A path in the world; static, good until the fourth call after. */
const char *world_path(const char *name);

/* The file that OPENSSPI_CONFIG names: a runtime folder in the world, and more lines behind the
 * usual ones.  For what starts the library from now on.  In a world with lsad each runtime folder
 * has one of its own. */
void world_configure(const char *runtime, const char *more);

/* The same, in a runtime folder of its own, with the accounts of a domain instead of those above.
 */
void world_join_domain(void);

#endif
