/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What protects the messages of one established Kerberos context, and where its
 * sequence numbers are: what the LSA half learns from a finished handshake, what
 * travels in the packed form (pack.h), and what the message engine works from.
 *
 * One key serves both directions (RFC 4121 2): the acceptor's subkey if it
 * asserted one, else the initiator's, else the session key of the ticket.
 */
#ifndef SSP_KERBEROS_SESSION_H
#define SSP_KERBEROS_SESSION_H

#include "base/secret.h"
#include "base/wr.h"
#include "packages/kerberos/profile.h"
#include "packages/kerberos/window.h"

enum { KRB_KEY_MAX = 32 };

enum krb_side { KRB_INITIATOR, KRB_ACCEPTOR };

/* What the context does with messages; the bits are those of GSS_C_*_FLAG (RFC 4121 4.1.1.1, and
 * GSS_C_DCE_STYLE of RFC 4757 7.1). */
enum {
    KRB_REPLAY = 0x4,
    KRB_SEQUENCE = 0x8,
    KRB_CONF = 0x10,
    KRB_INTEG = 0x20,
    KRB_DCE = 0x1000,
};

struct krb_agreed { /* what a handshake agreed on; ssp_cleanup(krb_agreed_wipe) */
    enum krb_side side;
    int32_t enctype;     /* of the key below, as on the wire */
    uint32_t attributes; /* ISC_RET_* of an initiator, ASC_RET_* of an acceptor */
    bool has_acceptor_subkey;
    struct key key; /* that protects the messages, as said above */
    uint64_t send_seq;
    uint64_t recv_seq;
};

struct krb_session {    /* flat: may lie in an arena; ssp_cleanup(krb_session_wipe) */
    enum krb_side side; /* which one we are */
    int32_t enctype;    /* one of enum krb_enctype */
    uint32_t flags;     /* KRB_*: they follow from the attributes */
    bool has_acceptor_subkey;
    uint8_t key[KRB_KEY_MAX]; /* krb_key_size() bytes of it */
    uint64_t send_first;      /* where sending started: what RESET_NEW goes back to */
    uint64_t recv_first;
    uint64_t send_seq; /* of the next message */
    struct krb_window recv;
};

/* 16 or 32; 0 for an encryption type that is not one of the four. */
size_t krb_key_size(int32_t enctype);

/* KRB_* for ISC_RET_* or ASC_RET_*. */
uint32_t krb_flags_of(enum krb_side side, uint32_t attributes);

/* The state right after the handshake.  UNSUPPORTED for another encryption type than those above
 * (RC4-HMAC and DES among them); BAD_ARGUMENT for a key of another size than its type's. */
enum ssp_err krb_session_init(const struct krb_agreed *agreed, struct krb_session *ret);

void krb_session_reset(struct krb_session *session);      /* back to that state */
bool krb_session_used(const struct krb_session *session); /* has it left that state? */
void krb_session_wipe(struct krb_session *session);
void krb_agreed_wipe(struct krb_agreed *agreed);

#endif
