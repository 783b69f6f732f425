/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gss-ntlmssp and MIT's Kerberos as peers, alone or inside MIT's SPNEGO, through GSS-API (RFC 2743,
 * RFC 2744) with MIT's mechanism glue.
 *
 * It takes and gives the jobs of harness/party.h, so that its tokens and packets go straight to our
 * side and back.  A program with such a peer must not use OpenSSPI itself: our side is in actors.
 */
#ifndef SSP_TEST_GSS_PEER_H
#define SSP_TEST_GSS_PEER_H

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h> /* GSS_C_DCE_STYLE and its like */

#include "harness/party.h"

/* Mechanisms, the favourite first; without SPNEGO that is the one. */
enum gss_offer { GSS_NTLM, GSS_KERBEROS, GSS_KERBEROS_THEN_NTLM, GSS_NTLM_THEN_KERBEROS };

struct gss_scene {    /* borrowed by its peers */
    const char *user; /* NULL: whoever the mechanisms find in the environment */
    const char *domain;
    const char *password;
    const char *target;   /* service@host; NULL for an acceptor */
    OM_uint32 asks;       /* GSS_C_*_FLAG */
    OM_uint32 neg_flags;  /* NEGOTIATE_* in the place of its own; 0: its own */
    const char *bindings; /* application data of channel bindings; NULL: none are given */
    bool spnego;          /* inside MIT's SPNEGO, with nothing else to choose */
    enum gss_offer offer;
    int32_t enctype; /* the only one of Kerberos that is used; 0: any */
};

extern const struct gss_scene gss_usual;    /* the account of harness/world.h; seals */
extern const struct gss_scene gss_kerberos; /* the ticket of its realm; mutual; seals */

struct gss_peer {
    const struct gss_scene *scene;
    bool accepts;
    gss_cred_id_t cred;
    gss_ctx_id_t ctx;
    OM_uint32 major;         /* of the last leg */
    OM_uint32 minor;         /* the same: what the mechanism says */
    OM_uint32 has;           /* GSS_C_*_FLAG of the context */
    gss_cred_id_t delegated; /* to an acceptor, if it asked for it; none else */
    char client[128];        /* an acceptor's */
};

/* Fails the test when the mechanism is missing.  An acceptor knows the users of a file
 * (gss_accounts()), an initiator is the user of its scene. */
struct gss_peer gss_peer_of(const struct gss_scene *scene, bool accepts);
void gss_peer_end(struct gss_peer *peer);

/* Group setup after world_begin(): acceptors know WORLD_USER and WORLD_FAR_USER, and nobody else.
 */
void gss_accounts(void);

/* The peer's token, if any, and ours; the major status, whose errors are what GSS_ERROR() says. */
OM_uint32 gss_peer_leg(struct gss_peer *peer, struct job *job);

/* As the deeds of harness/party.h. */
OM_uint32 gss_peer_seal(struct gss_peer *peer, struct job *job);
OM_uint32 gss_peer_wrap(struct gss_peer *peer, struct job *job); /* gss_wrap() in clear */
OM_uint32 gss_peer_sign(struct gss_peer *peer, struct job *job);
OM_uint32 gss_peer_unseal(struct gss_peer *peer, struct job *job);
OM_uint32 gss_peer_verify(struct gss_peer *peer, struct job *job);

/* The number of the next datagram, in or out. */
void gss_peer_number(struct gss_peer *peer, uint32_t number);

/* Gives the session key. */
void gss_peer_key(const struct gss_peer *peer, struct job *ret);

#endif
