/* SPDX-License-Identifier: Apache-2.0 */
/* What the examples send: four bytes of length (big-endian), then a token or a sealed message. */
#ifndef EXAMPLES_GREET_H
#define EXAMPLES_GREET_H

#include <sspi.h>

enum { FRAME_MAX = 12288 };

/* Bytes received, 0 when the peer has gone or sent nonsense. */
size_t receive_frame(int fd, void *room);
int send_frame(int fd, const void *bytes, size_t n); /* 1 when sent, else 0 */

/* A sealed message is its token and its data, one behind the other, the token first with two bytes
 * of length. */
int send_sealed(int fd, PCtxtHandle session, const char *text);
int receive_sealed(int fd, PCtxtHandle session, char *text, size_t size);

#endif
