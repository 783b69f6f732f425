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

/* What is handed over: HANDOFF_PACKAGE of the environment, NTLM without it. */
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

/* A sealed and a signed message from one to the other; the status of the first call that fails. */
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
