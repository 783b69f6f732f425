/* SPDX-License-Identifier: Apache-2.0 */
/* AP-REQ (RFC 4120 5.5.1): a ticket, and an authenticator that proves its session key. */
#ifndef SSP_KERBEROS_REQUEST_H
#define SSP_KERBEROS_REQUEST_H

#include "packages/kerberos/port.h"

enum { KRB_REQUEST_MAX = 64 * 1024, KRB_USAGE_AP_REQ = 11 /* RFC 4120 7.5.1 */, KRB_PARTS_MAX = 8 };

struct krb_principal { /* borrowed */
    int32_t type;      /* name-type */
    struct view realm;
    struct view part[KRB_PARTS_MAX];
    size_t n;
};

struct krb_authenticator { /* borrowed */
    const struct krb_principal *client;
    struct view checksum; /* of KRB_CHECKSUM_TYPE */
    struct krb_stamp stamp;
    const struct krb_key *subkey;
    uint32_t seq;
};

void krb_authenticator_encode(const struct krb_authenticator *authenticator, struct wr *out);

struct krb_request { /* borrowed */
    bool is_mutual;
    struct view ticket;        /* DER */
    int32_t type;              /* of the session key */
    struct view authenticator; /* sealed */
};

void krb_request_encode(const struct krb_request *request, struct wr *out);

#endif
