/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One leg of a handshake, in either role, as packages/common/shake.h wants it: a
 * step from what stands and what came in to what goes out and stands then.
 *
 *   initiator   START  -> AP-REQ            DONE, or REPLY where authentication is mutual
 *               REPLY  AP-REP ->            DONE; in DCE style with an AP-REP of its own
 *   acceptor    START  AP-REQ -> AP-REP?    DONE, or THIRD in DCE style
 *               THIRD  AP-REP ->            DONE
 */
#ifndef SSP_KERBEROS_LEG_H
#define SSP_KERBEROS_LEG_H

#include "packages/common/shake.h"
#include "packages/kerberos/cred.h"
#include "packages/kerberos/frame.h"
#include "packages/kerberos/half.h"

struct krb_turn { /* what a leg yields */
    struct pkg_turn base;
    struct krb_core core; /* when done: the context, but for logon session and token */
    struct krb_names names;
    struct str16 user; /* acceptor, when done: the client in two parts */
    struct str16 realm;
    struct krb_sid sid;
    struct krb_delegation *delegation; /* acceptor, when done: what was delegated; NULL: nothing */
    struct krb_request_id
        request; /* acceptor: what the replay cache has by now; may not be there */
};

/*
 * half is NULL on the first leg, when cred counts.  Errors of both: UNSUPPORTED
 * where Kerberos is not allowed, or for requests that it cannot serve; BAD_TOKEN
 * for a malformed token or one of another leg; BAD_ARGUMENT for bad channel
 * bindings; NO_CREDS for a credential of the other direction; NO_MEMORY; INTERNAL
 * without randomness.
 *
 * Initiator: what the port says of tickets; what a KRB-ERROR says; ALTERED for a
 * reply that does not prove the session key.
 *
 * Acceptor: what the port says of a request; QOS_FAILED, BAD_BINDINGS; ALTERED for
 * a third leg that does not prove it.
 */
enum ssp_err krb_init_leg(const struct krb_env *env, const struct pkg_leg *leg,
                          const struct krb_half *half, struct krb_turn *turn);
enum ssp_err krb_accept_leg(const struct krb_env *env, const struct pkg_leg *leg,
                            const struct krb_half *half, struct krb_turn *turn);

/* All of the above, for the table of contexts; its env is a struct krb_env. */
extern const struct pkg_shake_kind krb_shake_kind;

/* UNSUPPORTED where the configuration rules Kerberos out. */
enum ssp_err krb_env_allows(const struct krb_env *env);

/* ---- For the steps ----------------------------------------------------- */

/* The handshake is over and stands as that half says, which the turn takes the names from. */
enum ssp_err krb_leg_finish(const struct krb_env *env, struct krb_half *half,
                            struct krb_turn *turn);

/* It is not, and goes on from that half, which the turn takes over. */
void krb_leg_wait(struct krb_half **half, struct krb_turn *turn);

/* The token around a message. */
enum ssp_err krb_leg_say(enum krb_frame_kind kind, bool is_bare, struct view message,
                         struct secret *ret);

/* What the configuration says for that service (config.h); it may have no name.  NO_MEMORY. */
enum ssp_err krb_leg_policy(const struct krb_env *env, const struct str16 *service,
                            const struct krb_policy **ret);

#endif
