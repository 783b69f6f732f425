/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of the application's buffer is left for the inner package's token.
 *
 * An acceptor's first leg has to know: a Kerberos request that was taken cannot
 * come again, and there is no context yet that could keep an answer that does not
 * fit.  So the inner package is given just the room that there is, and refuses
 * before anything is done.
 */
#ifndef SSP_NEGOTIATE_ROOM_H
#define SSP_NEGOTIATE_ROOM_H

#include <stdbool.h>
#include <stddef.h>

struct nego_around { /* what goes around the inner token: a NegTokenResp, or nothing */
    bool is_raw;
    size_t oid_n;
    size_t mic_n; /* 0: none */
};

/* Of our token around an inner one of that size; 0: without one. */
size_t nego_size_around(const struct nego_around *around, size_t token_n);

/* The most that an inner token may have for ours to fit into so much; may be 0. */
size_t nego_room_within(const struct nego_around *around, size_t room);

#endif
