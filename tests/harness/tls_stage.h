/* SPDX-License-Identifier: Apache-2.0 */
/* A stage for handshakes of the Schannel package: an authority, sections of a configuration, and a
 * client and a server that were acquired by them. */
#ifndef SSP_TEST_TLS_STAGE_H
#define SSP_TEST_TLS_STAGE_H

#include "harness/tls_ca.h"
#include "harness/tls_pair.h"

extern struct ca ca;
extern struct tls_contexts contexts;
extern struct tls_sites sites;
extern struct tls_end client;
extern struct tls_end server;

/* Where a file of this test is; good until the next call but seven. */
const char *path(const char *name);

/* Certificate and key in one file. */
void issue(const char *name, const struct ca_wish *wish);

/* The configuration; "@" in it stands for the scratch folder. */
enum ssp_err try_configure(const char *text);
void configure(const char *text);

enum ssp_err try_acquire(const char *name, uint32_t use, const void *auth_data,
                         struct tls_cred **ret);
struct tls_cred *acquire(const char *name, uint32_t use, const void *auth_data);

/* A client and a server of two sections; "" is [schannel]. */
void stage_by(const char *client_section, const char *server_section);
void unstage(void);

int set_up(void **state);
int tear_down(void **state);

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

#endif
