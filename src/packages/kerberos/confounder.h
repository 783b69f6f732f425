/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random blocks that messages begin with (RFC 3961 6), fetched many at a time: to
 * ask the kernel takes as long as to encrypt a kilobyte.  They lie with the keys
 * of their context, in pages that a child of fork() does not get, and each is
 * given out once.
 */
#ifndef SSP_KERBEROS_CONFOUNDER_H
#define SSP_KERBEROS_CONFOUNDER_H

#include "base/rd.h"

enum { KRB_CONFOUNDER_SIZE = 16, KRB_CONFOUNDERS = 32 };

struct krb_confounders { /* zeroed: empty */
    uint8_t b[KRB_CONFOUNDERS * KRB_CONFOUNDER_SIZE];
    size_t left; /* blocks at the front that have not been given out */
};

/* INTERNAL when the kernel has none. */
enum ssp_err krb_confounder_take(struct krb_confounders *all, uint8_t ret[KRB_CONFOUNDER_SIZE]);

#endif
