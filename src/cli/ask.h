/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for a new password: on a terminal twice and without echo, otherwise one line of standard
 * input. */
#ifndef SSP_CLI_ASK_H
#define SSP_CLI_ASK_H

#include "base/secret.h"

enum { ASK_MAX = 1024 }; /* bytes of a password */

enum ask_result {
    ASK_OK,
    ASK_MISMATCH, /* the two entries differ */
    ASK_EMPTY,
    ASK_TOO_LONG, /* over ASK_MAX, or a NUL in it */
    ASK_FAILED,   /* end of file, or errno says why */
};

/* *ret is the password without its newline; the caller's, written on ASK_OK only. */
enum ask_result ask_new_password(const char *prompt, struct secret *ret);
const char *ask_text(enum ask_result result);

#endif
