/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI, in a process of its own, meets a mechanism of GSS-API, in the test's. */
#ifndef SSP_TEST_GSS_MEETING_H
#define SSP_TEST_GSS_MEETING_H

#include <limits.h>

#include "harness/actor.h"
#include "harness/harness.h"
#include "harness/world.h"
#include "interop/glance.h"
#include "interop/gss_peer.h"

struct gss_meeting {
    bool we_accept;
    struct scene scene; /* ours */
    struct actor ours;
    struct actor spare; /* another process, which our end has moved from or to; 0: none yet */
    struct gss_peer theirs;
    SECURITY_STATUS status; /* of our last leg; theirs.major is of theirs */
    unsigned legs;          /* that were done */
    struct glance seen;     /* of the AUTHENTICATE; nothing where NTLM was not chosen */
    ULONG numbers[2];       /* of our next message and of theirs, in datagram mode */
};

/* Group setup: the world, and its accounts for gss-ntlmssp as well. */
int gss_meeting_setup(void **state);

struct gss_meeting gss_meeting_of(bool we_accept, const struct scene *ours,
                                  const struct gss_scene *theirs);

/* The handshake until it is over or somebody refuses.  Our end moves to the other process after
 * that many of its own legs; 0: it does not. */
enum { GSS_EACH_LEG = INT_MAX /* and back again */ };
void gss_meeting_shake(struct gss_meeting *meeting, unsigned move_after);

/* One leg, with the token that comes in and goes out in the job.  False when it is refused. */
bool gss_meeting_leg(struct gss_meeting *meeting, bool is_ours, struct job *job);

/* Both are content. */
bool gss_meeting_agrees(const struct gss_meeting *meeting);

/* Our end moves to the other process; while it is half done as well. */
void gss_meeting_move(struct gss_meeting *meeting);

/* A meeting with everything as usual, shaken hands and agreed. */
struct gss_meeting gss_meeting_usual(bool we_accept);

/* Sealed (if that was agreed on, and these are no datagrams) and signed messages arrive, from
 * either side. */
void gss_meeting_we_say(struct gss_meeting *meeting, const char *text);
void gss_meeting_they_say(struct gss_meeting *meeting, const char *text);
void gss_meeting_talk(struct gss_meeting *meeting); /* both */

void gss_meeting_end(struct gss_meeting *meeting);

/* A case with the role that we play in it: *state is a bool, whether we accept. */
extern bool gss_role[2];
bool gss_we_accept(void **state);
#define GSS_CASE(fn, role, n)                                  \
    {                                                          \
        "as_" role "_" #fn, fn, NULL, actors_end, &gss_role[n] \
    }
#define GSS_BOTH_ROLES(fn) GSS_CASE(fn, "initiator", 0), GSS_CASE(fn, "acceptor", 1)

#endif
