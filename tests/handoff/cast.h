/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in a hand-over: two peers, and an heir who takes one's place; each a process. */
#ifndef SSP_TEST_CAST_H
#define SSP_TEST_CAST_H

#include "harness/actor.h"
#include "harness/harness.h"
#include "harness/world.h"

struct cast {
    struct actor client;
    struct actor server;
    struct actor heir; /* for either role */
};

/* What is handed over: the scene that HANDOFF_PACKAGE of the environment names, NTLM's without it.
 */
const struct scene *cast_scene(void);

/* Three processes, and nothing said yet; cast_start() is for that scene. */
struct cast cast_start(void);
struct cast cast_start_in(const struct scene *scene);

/* The same, and client and server have shaken hands. */
struct cast cast_meet(void);

/* Tokens go to and fro until neither side has one to send; the last leg's status. */
SECURITY_STATUS cast_shake(const struct actor *client, const struct actor *server);

/* Legs of the handshake, the first being the client's; job holds the token on the way. */
SECURITY_STATUS cast_leg(const struct actor *actor, struct job *job);

/* What the leg of that number, from 0, answers when all goes well. */
SECURITY_STATUS cast_leg_status(const struct scene *scene, unsigned leg);

/* A place in a handshake where one role's end is half done. */
struct halt {
    bool accepts;
    unsigned legs; /* that have been taken so far, by both */
};

/* The places of a scene, the initiator's first; false when there are no more of them.  Begin with
 * a zeroed one. */
bool cast_next_halt(const struct scene *scene, struct halt *halt);
bool cast_has_halts(const struct scene *scene);

/* Handshakes cannot leave their process here before they are over, so no place is one to stop at.
 */
bool cast_stays(const struct scene *scene);

/* Both roles, and for each an understudy: the two change places whenever the context moves.  By
 * accepts. */
struct pairs {
    struct actor on[2];
    struct actor off[2];
};

struct pairs pairs_start(const struct scene *scene);

/* They begin again: nobody has a context. */
void pairs_clear(const struct pairs *pairs);

/* The role's context goes to its understudy, who is on from then on; swap: it is there already. */
void pairs_move(struct pairs *pairs, bool accepts);
void pairs_swap(struct pairs *pairs, bool accepts);

/* Those legs, which have to go well; job holds the token that is on its way. */
void pairs_take_legs(const struct pairs *pairs, unsigned from, unsigned to, struct job *job);

/* The legs up to a halt. */
void pairs_go_to(const struct pairs *pairs, struct halt halt, struct job *job);

/* All that are left, and messages in both directions. */
void pairs_finish(const struct pairs *pairs, unsigned from, struct job *job);

/* A sealed and a signed message from one to the other, a stream's being sealed only; the status of
 * the first call that fails. */
SECURITY_STATUS cast_say(const struct actor *from, const struct actor *to);

/* Both directions work. */
void cast_talk(const struct actor *one, const struct actor *other);

/* One exports with these flags, the other imports with the token; they succeed. */
void cast_hand_over(const struct actor *from, const struct actor *to, ULONG flags);

/* What one exports, which has to succeed; close its token or give it on. */
struct job cast_export(const struct actor *from, ULONG flags);

/* Imports a copy of that blob, without its token. */
SECURITY_STATUS cast_import(const struct actor *to, const struct job *blob);

#endif
