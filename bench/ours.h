/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our side: a live session, through the public interface as applications use it.  Where the name
 * ends in _direct, the package's own table is called on the same context: what is left out is all
 * that lies between an application and a package.
 */
#ifndef SSP_BENCH_OURS_H
#define SSP_BENCH_OURS_H

#include "harness/loopback.h"

#include "bare.h"
#include "timing.h"

struct packet {
    uint8_t token[16];
    uint8_t data[1024];
};

struct ours {
    struct loopback loop;
    struct user_ctx *direct; /* the client's */
    size_t size;             /* of a message */
    uint8_t data[DATA_MAX];
    struct packet packets[BATCH_MAX];
};

void ours_start(struct ours *ours);
void ours_end(struct ours *ours);

run_fn ours_seal; /* by the client */
run_fn ours_seal_direct;
run_fn ours_open_prepare; /* sizes up to that of a packet */
run_fn ours_open;         /* by the server */
run_fn ours_sign;
run_fn ours_shake;                /* a handshake, and the end of it */
run_fn ours_move_direct;          /* ExportContext and ImportContext of the package */
run_fn ours_move_direct_and_seal; /* and the first message afterwards */
run_fn ours_move_sealed;          /* ExportSecurityContext and ImportSecurityContext */
run_fn ours_move_sealed_token;    /* the same with the server's context, and its token */

size_t ours_packed_size(struct ours *ours);
size_t ours_sealed_size(struct ours *ours);

run_fn ours_ask; /* the name in a credential */

/* The server's context of a handshake that is half done; the caller deletes it. */
CtxtHandle ours_half_more(struct ours *ours);

/* A client's context more, to be alive and no more; the caller deletes it. */
CtxtHandle ours_one_more(struct ours *ours);

#endif
