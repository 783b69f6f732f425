/* SPDX-License-Identifier: Apache-2.0 */
/* Legs as a case wants them: the interface itself, with a place for everything. */
#ifndef SSP_TEST_LEG_H
#define SSP_TEST_LEG_H

#include "conformance/subject.h"

struct leg {
    SecBuffer in[2]; /* the token, and one that is empty; the latter only after leg_feed() */
    SecBuffer out;
    SecBufferDesc in_desc;
    SecBufferDesc out_desc;
    ULONG attributes;
    TimeStamp expiry;
};

/* The job's token goes in, and what comes out into that place. */
void leg_with(struct leg *leg, struct job *job, void *place, ULONG size);

/* The same with a piece of a stream of bytes, and an empty buffer beside it. */
void leg_feed(struct leg *leg, void *bytes, ULONG n, void *place, ULONG size);

/* Takes it, with more requirements than the scene has. */
SECURITY_STATUS leg_take(struct party *party, struct leg *leg, ULONG more);

/* Parties get their credentials with their first deed; here without one. */
void get_credentials(struct loopback *loop);

struct party *whose(struct loopback *loop, unsigned leg);

#endif
