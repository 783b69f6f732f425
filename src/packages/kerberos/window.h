/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which messages have been received: the next number that is expected, and which
 * of the 64 before it have been seen.  All numbers of a peer, those of MIC and of
 * Wrap tokens alike, are one sequence (RFC 4121 4.2.1).
 */
#ifndef SSP_KERBEROS_WINDOW_H
#define SSP_KERBEROS_WINDOW_H

#include <stdbool.h>

#include "base/err.h"

enum { KRB_WINDOW_SIZE = 64 };

struct krb_window {
    uint64_t next;
    uint64_t seen; /* bit i is for next - 1 - i */
};

/*
 * What the window is after a message of this number, which has been verified;
 * so the caller can take it or leave it.  With `in_order` only the next number
 * will do; else any that has not been seen and is not from before the first
 * message or the window.  OUT_OF_SEQUENCE.
 */
enum ssp_err krb_window_take(const struct krb_window *window, uint64_t first, uint64_t seq,
                             bool in_order, struct krb_window *ret);

/* Could krb_window_take() have made it, from one that started at `first`? */
bool krb_window_holds(const struct krb_window *window, uint64_t first);

#endif
