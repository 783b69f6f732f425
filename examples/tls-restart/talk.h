/* SPDX-License-Identifier: Apache-2.0 */
/* What the server does for its clients: answers HTTP/1.1 requests, connections kept alive, and says
 * everything else back to who sent it. */
#ifndef EXAMPLES_TALK_H
#define EXAMPLES_TALK_H

#include "session.h"

#include <stdint.h>

struct talk {
    uint64_t at;   /* of the body being sent: how much has gone */
    uint64_t size; /* and how long it is */
    int is_last;   /* the client wants no more after that */
};

/* One step: uses some text, or makes some more of an answer.  WAIT: there is nothing to do before
 * more text comes. */
enum outcome talk_on(struct talk *talk, struct session *session);

#endif
