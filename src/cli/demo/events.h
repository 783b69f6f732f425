/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the processes of the demo tell its narrator: sentences for people and
 * facts for the report, each a datagram "TIME KEY VALUE" of text over a
 * SOCK_SEQPACKET socket that all of them share.
 */
#ifndef SSP_CLI_DEMO_EVENTS_H
#define SSP_CLI_DEMO_EVENTS_H

#include <stdint.h>

#include "cli/demo/role.h"

enum { EVENT_TEXT_MAX = 256 };

struct event {
    uint64_t at_us; /* CLOCK_MONOTONIC */
    char who[8];    /* the role */
    char key[24];
    char value[EVENT_TEXT_MAX];
};

#define EVENT_SAY "say"     /* a sentence */
#define EVENT_BLAME "blame" /* what went wrong */

uint64_t event_now_us(void);

/* A message that cannot be sent is lost: the narrator then misses a fact and says so. */
void event_tell(const struct demo_role *role, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* INCOMPLETE when every sender has gone; BAD_TOKEN for what is no event; IO. */
enum ssp_err event_receive(int fd, struct event *ret);

#endif
