/* SPDX-License-Identifier: Apache-2.0 */
/* A server's TLS session on a socket in non-blocking mode, with all that it holds between reads and
 * writes.  Everything in here goes to another process when the server restarts (handover.h). */
#ifndef EXAMPLES_SESSION_H
#define EXAMPLES_SESSION_H

#include <sspi.h>
#include <stddef.h>

#define TEXT_MAX 16384 /* of one record */

enum { ROOM = 18 * 1024 /* for a record with what is around it */ };

struct session {
    int fd;
    int has_tls; /* tls is a handle */
    int is_up;   /* the handshake is over */
    int is_over; /* only what is in out is still to be sent */
    CtxtHandle tls;
    size_t n_raw;
    size_t n_text;
    size_t n_out;
    unsigned char raw[ROOM];  /* read, and not decrypted yet: maybe half a record */
    unsigned char text[ROOM]; /* decrypted, and not used yet */
    unsigned char out[ROOM];  /* encrypted, and not sent yet */
};

enum outcome { GONE = -1, WAIT, DONE };

/* One step: reads, takes the handshake on, or decrypts a record.  WAIT: not before the socket is
 * readable, or before there is room in text. */
enum outcome session_read(struct session *session, PCredHandle cred);

/* Encrypts up to TEXT_MAX bytes into out, which has to be empty. */
enum outcome session_write(struct session *session, const void *bytes, size_t n);

/* Sends what is in out.  WAIT: not before the socket is writable. */
enum outcome session_flush(struct session *session);

void session_use(struct session *session, size_t n); /* of the text, from its beginning */
void session_say_goodbye(struct session *session);
void session_close(struct session *session);

#endif
