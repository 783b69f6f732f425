/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that were taken and of which nothing came, for want of memory, or of
 * room for the answer.  The replay cache has them, and what is in it cannot be
 * taken back; so they are noted here, by their digest, and may come once more.
 *
 * There are few, and the latest count: one that is pushed out is a replay again.
 */
#ifndef SSP_KERBEROS_RETURNED_H
#define SSP_KERBEROS_RETURNED_H

#include "base/fork_lock.h"
#include "crypto/digest.h"

enum { KRB_RETURNED_MAX = 16 };

struct krb_request_id { /* which one it is */
    uint8_t digest[SHA256_SIZE];
    bool is_there;
};

struct krb_returned {
    struct fork_lock lock;
    size_t next;
    struct krb_request_id requests[KRB_RETURNED_MAX];
};

enum ssp_err krb_returned_init(struct krb_returned *all); /* NO_MEMORY */
void krb_returned_done(struct krb_returned *all);         /* nothing happens to a zeroed one */

struct krb_request_id krb_request_id_of(struct view message);

/* One that is not there is none. */
void krb_returned_add(struct krb_returned *all, const struct krb_request_id *request);

/* Whether it was there; then it is not any more. */
bool krb_returned_take(struct krb_returned *all, const struct krb_request_id *request);

#endif
