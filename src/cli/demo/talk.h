/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One end of a session: the handshake over a connection, then messages, each
 * signed or sealed as one frame: two bytes of token length, the token, the data.
 */
#ifndef SSP_CLI_DEMO_TALK_H
#define SSP_CLI_DEMO_TALK_H

#include <stdbool.h>

#include "cli/demo/conn.h"
#include "cli/demo/role.h"

enum { TALK_TEXT_MAX = 128 };

struct talk { /* ssp_cleanup(talk_end) */
    const struct demo_role *role;
    struct conn conn;
    CredHandle cred;
    CtxtHandle ctx;
    SecPkgContext_Sizes sizes;
    unsigned messages; /* sent and received */
};

struct talk talk_init(const struct demo_role *role, int fd); /* takes the descriptor over */
void talk_end(struct talk *talk);

/* The handshake in either role.  What went wrong has been told (demo_blame), here and below. */
SECURITY_STATUS talk_connect(struct talk *talk);
SECURITY_STATUS talk_accept(struct talk *talk);      /* from wherever the context is */
SECURITY_STATUS talk_greet(struct talk *talk);       /* the acceptor's first leg only */
SECURITY_STATUS talk_learn_sizes(struct talk *talk); /* for a context that came by import */

/* One message, sealed or only signed. */
SECURITY_STATUS talk_send(struct talk *talk, bool sealed, const char *text);
SECURITY_STATUS talk_receive(struct talk *talk, bool *ret_sealed, char ret[TALK_TEXT_MAX]);

/* Serves one question: the answer is "NAME answers: QUESTION", protected as the question was. */
SECURITY_STATUS talk_answer(struct talk *talk);

#endif
