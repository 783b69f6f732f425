/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a server to its successor, over a socket of type SOCK_SEQPACKET: live TLS connections, each
 * in one message with its session, its socket, and what was read, decrypted or encrypted and has
 * not got any further.
 */
#ifndef EXAMPLES_HANDOVER_H
#define EXAMPLES_HANDOVER_H

#include "talk.h"

#include <time.h>

struct conn {
    struct talk talk;
    struct session session;
};

/* Lets go of a connection whose handshake is over; 0 when it could not be passed, and is lost. */
int hand_over(int successor, struct conn *conn);

/* Takes one; NULL when the predecessor has gone, or with errno EAGAIN when it has none ready.
 * ret_ns is how long nobody had it. */
struct conn *take_over(int predecessor, uint64_t *ret_ns);

uint64_t now_ns(void);

#endif
