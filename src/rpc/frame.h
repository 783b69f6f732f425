/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One frame is one message of a SOCK_SEQPACKET socket: a header, a body, and the
 * descriptors that come with it.  Layout: docs/formats/rpc.md.
 *
 * A frame comes whole or not at all, so there is no half of one to wait for.  What
 * does not hold together is refused, and the connection with it: the header has to
 * say exactly how many bytes and descriptors there are.
 */
#ifndef SSP_RPC_FRAME_H
#define SSP_RPC_FRAME_H

#include <stdbool.h>

#include "base/secret.h"
#include "base/wr.h"

enum {
    FRAME_VERSION = 1,
    FRAME_HEADER_SIZE = 20,
    FRAME_FDS = 2,              /* descriptors of one frame */
    FRAME_BODY_MAX = 160 * 1024 /* holds two tokens, or a packed context sealed */
};

enum frame_kind { FRAME_REQUEST = 1, FRAME_REPLY = 2 };

struct frame_fds { /* owned; ssp_cleanup(frame_fds_close) */
    int fd[FRAME_FDS];
    size_t n;
};

struct frame { /* ssp_cleanup(frame_done) */
    uint16_t kind;
    uint16_t call;
    uint32_t sequence;
    struct wr bytes;  /* all that came; wiped when it goes */
    struct view body; /* into bytes */
    struct frame_fds fds;
};

#define FRAME_INIT                                               \
    {                                                            \
        .bytes = WR_INIT(FRAME_HEADER_SIZE + FRAME_BODY_MAX + 1) \
    }

void frame_fds_close(struct frame_fds *fds);
void frame_done(struct frame *frame);

enum frame_wait { FRAME_WAIT, FRAME_NO_WAIT };

/* A frame that is being written: frame_begin(), the body by wr_*, frame_send(). */
void frame_begin(struct frame *frame, enum frame_kind kind, unsigned call, uint32_t sequence);

/* Fills the header in: all is there.  Sending does it, too.  TOO_LARGE, NO_MEMORY. */
enum ssp_err frame_finish(struct frame *frame);

/* Sends it with its descriptors, which stay the caller's.  TOO_LARGE; INCOMPLETE when the peer has
 * gone; with FRAME_NO_WAIT, WOULD_BLOCK; IO, NO_MEMORY. */
enum ssp_err frame_send(int sock, enum frame_wait wait, struct frame *frame);

/* frame is a FRAME_INIT one.  BAD_FRAME for anything that is not a frame of ours; INCOMPLETE when
 * the peer has gone; with FRAME_NO_WAIT, WOULD_BLOCK; IO, NO_MEMORY. */
enum ssp_err frame_receive(int sock, enum frame_wait wait, struct frame *frame);

/* What frame_receive() does with bytes and descriptors once they are there: body, kind, call and
 * sequence are filled in from bytes.  BAD_FRAME. */
enum ssp_err frame_parse(struct frame *frame);

/* For who closes sock, of which nobody else may read: nothing more can be sent to it, and what was
 * is dropped up to the first message with descriptors.  True when there is none: then closing sock
 * closes nothing else, of which the sender might have made that it takes minutes. */
bool frame_drop_unread(int sock);

#endif
