/* SPDX-License-Identifier: Apache-2.0 */
/* What an AUTHENTICATE says on its way between two sides ([MS-NLMP] 2.2.1.3). */
#ifndef SSP_TEST_GLANCE_H
#define SSP_TEST_GLANCE_H

#include "harness/party.h"

/* NEGOTIATE_* of [MS-NLMP] 2.2.2.5. */
enum {
    UNICODE = 0x1,
    OEM = 0x2,
    REQUEST_TARGET = 0x4,
    SIGN = 0x10,
    SEAL = 0x20,
    DATAGRAM = 0x40,
    NTLM = 0x200,
    ALWAYS_SIGN = 0x8000,
    ESS = 0x80000,
    VERSION = 0x2000000,
    BITS_128 = 0x20000000,
    KEY_EXCHANGE = 0x40000000,
};

struct glance {
    uint32_t flags; /* that hold in the end */
    bool is_v1;     /* the response to the challenge */
};

/* Leaves ret alone when the token is another. */
void glance_at(const struct job *token, struct glance *ret);

#endif
