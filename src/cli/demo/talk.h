/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One end of a session: the handshake over a connection, then messages.  How both
 * travel is the package's way:
 *
 *   packets   tokens and messages are frames (demo/conn.h); a message is signed or
 *             sealed: two bytes of token length, the token, the data
 *   a stream  the package's own bytes and nothing else; a message is sealed
 */
#ifndef SSP_CLI_DEMO_TALK_H
#define SSP_CLI_DEMO_TALK_H

#include <opensspi.h>
#include <stdbool.h>

#include "cli/demo/conn.h"
#include "cli/demo/role.h"

enum { TALK_TEXT_MAX = 128 };

struct talk { /* ssp_cleanup(talk_end) */
    const struct demo_role *role;
    struct conn conn;
    struct frame frame; /* of packets: the last one that came */
    CredHandle cred;
    CtxtHandle ctx;
    SecPkgContext_Sizes sizes;        /* of packets */
    SecPkgContext_StreamSizes stream; /* of a stream */
    unsigned messages;                /* sent and received */
};

struct talk_input { /* what a leg of the handshake takes; it points into the talk */
    SecBuffer buffers[2];
    SecBufferDesc desc;
};

/* What went wrong has been told (demo_blame), here and below, unless it is an error of ours. */
struct talk_way {
    bool is_stream;
    ULONG initiate; /* ISC_REQ_* that it takes, beyond those of every package */
    ULONG accept;   /* ASC_REQ_* */

    enum ssp_err (*send_token)(struct talk *talk, struct view token);
    /* What a leg is to take; of a stream more than was there the last time, if it wants that. */
    enum ssp_err (*receive_token)(struct talk *talk, bool more, struct talk_input *ret);
    void (*took)(struct talk *talk, const struct talk_input *input, SECURITY_STATUS status);

    SECURITY_STATUS (*learn_sizes)(struct talk *talk); /* also for a context that came by import */
    SECURITY_STATUS (*send)(struct talk *talk, bool sealed, const char *text);
    SECURITY_STATUS (*receive)(struct talk *talk, bool *ret_sealed, char ret[TALK_TEXT_MAX]);
};

extern const struct talk_way talk_packets;
extern const struct talk_way talk_stream;

struct talk talk_init(const struct demo_role *role, int fd); /* takes the descriptor over */
void talk_end(struct talk *talk);

/* The handshake in either role. */
SECURITY_STATUS talk_connect(struct talk *talk);
SECURITY_STATUS talk_accept(struct talk *talk); /* from wherever the context is */
SECURITY_STATUS talk_greet(struct talk *talk);  /* the acceptor's first leg only */

/* The parcel's connection and what was read from it go on in this process. */
SECURITY_STATUS talk_take_connection(struct talk *talk, OPENSSPI_PARCEL *parcel);

/* One message, sealed or only signed. */
SECURITY_STATUS talk_send(struct talk *talk, bool sealed, const char *text);
SECURITY_STATUS talk_receive(struct talk *talk, bool *ret_sealed, char ret[TALK_TEXT_MAX]);

/* Serves one question: the answer is "NAME answers: QUESTION", protected as the question was. */
SECURITY_STATUS talk_answer(struct talk *talk);

#endif
