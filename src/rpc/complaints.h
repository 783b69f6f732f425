/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lsad says in its log about clients that misbehave: for each user a few lines
 * in a while, and then how many more there would have been.  Who connects and sends
 * rubbish again and again must not fill the log with it.
 *
 * Users share the places they are counted in, so that a user who has many accounts
 * cannot make this grow, and it outlives connections and accounts.
 */
#ifndef SSP_RPC_COMPLAINTS_H
#define SSP_RPC_COMPLAINTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <sys/types.h>

enum { COMPLAINT_PLACES = 64, COMPLAINT_LINES = 10, COMPLAINT_SECONDS = 10 };

struct client_id { /* the other end of a connection */
    uid_t uid;
    pid_t pid;
};

struct complaints {
    pthread_mutex_t lock;
    struct complaint_place {
        uint64_t since; /* the first line of this while; CLOCK_BOOTTIME in ns */
        uint32_t said;
        uint32_t left_out;
    } place[COMPLAINT_PLACES];
};

void complaints_init(struct complaints *complaints);
void complaints_done(struct complaints *complaints);

/* Whether a line about that user may be said now.  What was left out until now, of a while that is
 * over, is for the caller to say. */
bool complaints_may(struct complaints *complaints, uid_t uid, uint64_t now, uint32_t *ret_left_out);

/* A warning that begins with who it is about, or nothing. */
void complaints_say(struct complaints *complaints, const struct client_id *who, uint64_t now,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
