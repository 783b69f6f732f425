/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A handshake between its legs: everything of it, so that it can go on in another
 * process (docs/formats/packed-kerberos-half.md).  After the request neither role
 * needs anything but keys, numbers and names.
 */
#ifndef SSP_KERBEROS_HALF_H
#define SSP_KERBEROS_HALF_H

#include "packages/kerberos/delegation.h"
#include "packages/kerberos/pack.h"
#include "packages/kerberos/port.h"

enum krb_state {
    KRB_ST_START, /* of no half: nothing has been said */
    KRB_ST_REPLY, /* initiator: the request is out */
    KRB_ST_THIRD, /* acceptor in DCE style: the reply is out */
    KRB_ST_DONE,
};

enum { KRB_HALF_VERSION = 1, KRB_HALF_MAX = 64 * 1024, KRB_SID_MAX = 68 };

struct krb_half_keys { /* in the arena for credentials, which survive fork() as handshakes do */
    struct krb_key session;
    struct krb_key initiator; /* its subkey; empty: none */
    struct krb_key acceptor;  /* its subkey; empty: none, or not known yet */
};

struct krb_sid { /* [MS-DTYP] 2.4.2, as it lies in memory */
    uint8_t b[KRB_SID_MAX];
    size_t n; /* 0: none is known */
};

struct krb_half {
    enum krb_state state;
    uint32_t asked; /* ISC_REQ_* or ASC_REQ_* */
    uint32_t flags; /* KRB_GSS_*: what the authenticator says */
    struct krb_half_keys *keys;
    struct krb_stamp stamp;
    uint32_t send_seq;
    uint32_t recv_seq;
    int64_t start; /* FILETIME, both */
    int64_t expiry;
    enum krb_bindings bindings;
    uint8_t bindings_hash[KRB_BINDINGS_SIZE];
    struct krb_names names;
    struct krb_sid sid;                /* acceptor: the client's, where its KDC says it */
    struct krb_delegation *delegation; /* acceptor: what was delegated; NULL: nothing */
};

enum ssp_err krb_half_new(struct krb_half **ret); /* NO_MEMORY */
void krb_half_free(struct krb_half *half);        /* NULL is fine */
void krb_half_freep(struct krb_half **half);

bool krb_half_accepts(const struct krb_half *half);

/* For a leg that may fail: one that it can change.  As packing, without what was delegated. */
enum ssp_err krb_half_copy(const struct krb_half *half, struct krb_half **ret);

/* Without what was delegated, which does not leave the process (or lsad). */
void krb_half_pack(const struct krb_half *half, struct wr *out);
enum ssp_err krb_half_unpack(struct view packed, struct krb_half **ret); /* BAD_PACKED, NO_MEMORY */

#endif
