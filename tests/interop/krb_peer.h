/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MIT's GSS-API as the peer of our message engine: it shakes hands with itself,
 * and then one of both contexts gives its keys and numbers to a session of ours.
 * Over a realm of harness/kdc.h.
 */
#ifndef SSP_TEST_KRB_PEER_H
#define SSP_TEST_KRB_PEER_H

#include <gssapi/gssapi.h>

#include "packages/kerberos/cfx.h"

struct krb_meeting {
    gss_ctx_id_t mit;
    struct krb_session session; /* of the other side, ours */
    struct krb_engine engine;   /* over it */
};

/* Group setup and teardown: a realm, and a ticket for its user. */
int krb_realm_begin(void **state);
int krb_realm_end(void **state);

/* `flags` are GSS_C_*_FLAG; the service has a key of that type (of kdc_types) only. */
void krb_meet(const char *type, OM_uint32 flags, enum krb_side ours, struct krb_meeting *ret);
void krb_part(struct krb_meeting *meeting);

#endif
