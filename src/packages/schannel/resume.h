/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's sessions that can be resumed, by the name of the server.  They live
 * with the credential, so all who use it share them, and nobody else does.
 *
 * One is given away once (RFC 8446 C.4: a ticket that is used twice links two
 * connections; of TLS 1.2, which hides less, it may come back), and one whose certificate the
 * application was to look at itself is given to such handshakes only.
 */
#ifndef SSP_SCHANNEL_RESUME_H
#define SSP_SCHANNEL_RESUME_H

#include "base/secret.h"

enum { TLS_RESUME_MAX = 64 }; /* sessions; the oldest goes first */

struct tls_resume;

struct tls_session { /* owns; ssp_cleanup(tls_session_wipe) */
    struct secret host;
    struct secret data;  /* GnuTLS's form, keys included */
    struct secret chain; /* the server's certificates, which a resumed handshake does not show */
    bool is_manual;
    int64_t expiry; /* FILETIME */
};

/* NO_MEMORY. */
enum ssp_err tls_resume_new(struct tls_resume **ret);
void tls_resume_free(struct tls_resume *resume); /* NULL is fine */

/* Takes the session over. */
void tls_resume_put(struct tls_resume *resume, struct tls_session *session);

/* Gives one away that is for that server and that handshake; false: there is none. */
bool tls_resume_take(struct tls_resume *resume, struct view host, bool is_manual, int64_t now,
                     struct tls_session *ret);

void tls_session_wipe(struct tls_session *session);

#endif
