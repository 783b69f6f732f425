/* SPDX-License-Identifier: Apache-2.0 */
/* How careless.c is to send two messages: the quality of protection that its client asks for. */
#ifndef SSP_TEST_CARELESS_H
#define SSP_TEST_CARELESS_H

enum {
    CARELESS_MESSAGES,
    CAREFUL_MESSAGES,
    CARELESS_RECORDS,
    CAREFUL_RECORDS,
    CARELESS_CONFOUNDERS,
    CAREFUL_CONFOUNDERS,
    CARELESS_NUMBERS, /* these are one message, in a token of 16 bytes */
    CAREFUL_NUMBERS,
};

#endif
