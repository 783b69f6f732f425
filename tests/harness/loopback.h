/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends of a session in one process, through the public interface only. */
#ifndef SSP_TEST_LOOPBACK_H
#define SSP_TEST_LOOPBACK_H

#include "harness/party.h"

/* What is done to a party after each of its deeds: nothing, or a move to somewhere else. */
typedef void way_fn(struct party *party);

struct loopback {
    struct party client;
    struct party server;
    way_fn *way; /* NULL: none */
};

void loopback_begin(struct loopback *loop, const struct scene *scene, way_fn *way);
void loopback_end(struct loopback *loop);

/* Ends the session; the credentials stay for the next one. */
void loopback_part(struct loopback *loop);

/* A deed of one of the two parties, and then its way. */
SECURITY_STATUS loopback_do(struct loopback *loop, struct party *party, deed_fn *deed,
                            struct job *job);

/* The handshake until it is over or that many legs are done, whichever is first; the status of the
 * last one. */
SECURITY_STATUS loopback_shake(struct loopback *loop, unsigned legs);
enum { ALL_LEGS = 16 };

/* Whether a sealed and a signed message arrive, in both directions; a stream signs none. */
bool loopback_talks(struct loopback *loop);
bool loopback_passes(struct loopback *loop, struct party *from, struct party *to);

#endif
