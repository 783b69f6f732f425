/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A realm of a test's own: MIT's KDC on the loopback interface, with its data in a folder that the
 * test gives, and the environment of this process (and of those it starts) set so that Kerberos
 * means this realm.
 */
#ifndef SSP_TEST_KDC_H
#define SSP_TEST_KDC_H

#include <stdbool.h>

#define KDC_REALM "TEST.EXAMPLE"
#define KDC_USER "User"
#define KDC_OTHER "Other"
#define KDC_PASSWORD "Password"
#define KDC_HOST "server.test.example"
/* There is one service for each encryption type, HTTP/TYPE.test.example, with a key of that type
 * only; the one of the host has keys of all of them. */
#define KDC_SERVICE "HTTP/" KDC_HOST
#define KDC_ABSENT "HTTP/absent.test.example"   /* the KDC knows it, the keytab does not */
#define KDC_TRUSTED "HTTP/trusted.test.example" /* users' tickets may be delegated to it */
#define KDC_FOREIGN "HTTP/foreign.test.example" /* has a Camellia key only */

/* In the order of their strength: "aes256-cts-hmac-sha384-192" and so on; ends with NULL. */
extern const char *const kdc_types[];

/* The service of a type; static, good until the next call. */
const char *kdc_service_of(const char *type);

/* Makes the realm in a folder that is there and empty, and waits until its KDC serves: krb5.conf,
 * keytab, and KRB5_CONFIG, KRB5_KTNAME, KRB5CCNAME (no such file yet) and KRB5RCACHEDIR name them.
 * Dies with the test.  Aborts where that cannot be done. */
void kdc_start(const char *where);

void kdc_stop(void); /* from now on nobody answers */

/* A ticket for a user into the default credential cache, as kinit does it: "" for the options, or
 * such as "-f".  False when the KDC says no. */
bool kdc_login(const char *user, const char *options);

#endif
