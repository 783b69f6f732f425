/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of one direction, derived from a context's key for the usage that its
 * sender has (RFC 4121 2), and made ready: round keys, digested blocks.
 */
#ifndef SSP_KERBEROS_KEYS_H
#define SSP_KERBEROS_KEYS_H

#include "crypto/aes_cts.h"
#include "packages/kerberos/session.h"

struct krb_keys { /* flat: may lie in an arena; ssp_cleanup(krb_keys_wipe) */
    bool is_ready;
    struct aes_key seal;       /* Ke of Wrap tokens, for one of both directions of it */
    struct hmac_key integrity; /* Ki of Wrap tokens */
    struct hmac_key wrap_sum;  /* Kc of Wrap tokens that are not encrypted */
    struct hmac_key mic_sum;   /* Kc of MIC tokens */
};

/*
 * Makes them if that has not happened.  They take longer to make than a packed
 * context to read, and most contexts are packed and read once or more before
 * their first message.
 */
void krb_keys_need_send(const struct krb_session *session, struct krb_keys *keys);
void krb_keys_need_recv(const struct krb_session *session, struct krb_keys *keys);

/* To encrypt again what was received. */
void krb_keys_reseal(const struct krb_session *session, struct aes_key *ret);

void krb_keys_wipe(struct krb_keys *keys);

#endif
