/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many of the bytes that came are whole records (RFC 8446 5.1): a handshake
 * takes no others, so that what it leaves is told to the byte.
 */
#ifndef SSP_SCHANNEL_RECORD_WALK_H
#define SSP_SCHANNEL_RECORD_WALK_H

#include "base/rd.h"

struct tls_walk {
    size_t whole;   /* bytes of whole records at the beginning */
    size_t missing; /* so many more are needed for the next one, as far as can be seen; 0: none
                       begins after the whole ones */
    bool is_bad;    /* what follows the whole ones is no record, whatever comes */
    int alert;      /* is_bad: what to say of it */
};

struct tls_walk tls_walk(struct view bytes);

#endif
