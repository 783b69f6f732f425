/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Kerberos library that knows one realm and asks nobody: fills the port
 * (packages/kerberos/port.h) for tests and fuzz targets.  Requests are real ones in
 * form; what is sealed is recognised when it was changed, and hides nothing.
 */
#ifndef SSP_TEST_KRB_FAKE_H
#define SSP_TEST_KRB_FAKE_H

#include "packages/kerberos/leg.h"

#define FAKE_USER "user@REALM"
#define FAKE_PASSWORD "Password"
#define FAKE_SERVICE "HTTP/host"

struct krb_fake {       /* how it behaves from now on; krb_fake_reset() makes it friendly */
    enum ssp_err login; /* SSP_OK: as the names and the password say */
    enum ssp_err collect;
    enum ssp_err ask;
    enum ssp_err take;
    enum ssp_err keytab;
    bool delegates;               /* tickets can be forwarded */
    int32_t type;                 /* of session keys */
    bool lacks_subkey;            /* of the initiator's request */
    struct view pac;              /* KERB_VALIDATION_INFO; empty: the KDC says nothing */
    int64_t expiry;               /* of tickets */
    const char *client;           /* whom the KDC vouches for */
    void (*watch)(void *watched); /* called while it is busy with tickets */
    void *watched;
    unsigned logins; /* counted */
    unsigned living; /* tickets that nobody has forgotten */
};

extern struct krb_fake krb_fake;
extern const struct krb_port krb_fake_port;

void krb_fake_reset(void);

/* The environment of a handshake: that port, a friendly configuration, and delegations; ends with
 * krb_fake_env_end(). */
struct krb_fake_env {
    struct krb_config config;
    struct krb_delegations delegations;
    struct krb_returned returned;
    struct krb_env env;
};
void krb_fake_env_begin(struct krb_fake_env *fake);
void krb_fake_env_end(struct krb_fake_env *fake);

#endif
