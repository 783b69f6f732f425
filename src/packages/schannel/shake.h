/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TLS handshake, done by GnuTLS over memory: the port behind which the rest
 * of this package does not know that library's sessions.
 *
 * GnuTLS gets whole records and reads none that it does not need, so what is
 * left when the handshake is over belongs to the session's own record engine,
 * to the byte.  What it has to say comes out as records; a server's session
 * tickets are among them, so its record state is taken after they are written.
 *
 * A handshake cannot be taken back: a step changes it for good, and after one
 * that failed it is over.
 */
#ifndef SSP_SCHANNEL_SHAKE_H
#define SSP_SCHANNEL_SHAKE_H

#include "base/wr.h"
#include "packages/schannel/cred.h"
#include "packages/schannel/pack.h"

enum {
    TLS_OUT_MAX = 64 * 1024, /* bytes that one step has to say */
    TLS_IN_MAX = 512 * 1024, /* bytes of a whole handshake: nobody needs so many */
};

struct tls_shake;

struct tls_shake_ask { /* borrowed */
    enum tls_role role;
    struct tls_cred *cred;
    const char *host;      /* client: ASCII, or an address as text; empty: nobody's */
    struct view protocols; /* ALPN: each name after its length in one byte; empty: none */
    enum tls_asks asks;    /* server: what it wants of clients */
    bool is_manual;        /* the application looks at the peer's certificate */
    int64_t now;           /* FILETIME */
};

struct tls_shake_result {   /* ssp_cleanup(tls_shake_result_wipe) */
    struct tls_core core;   /* all but attributes, times, logon and token */
    struct tls_names names; /* all but the peer's */
    bool is_verified;       /* the peer showed a certificate, and it was looked at here */
};

/* Errors of site.h; BAD_ARGUMENT for a host that is no name; NO_MEMORY, INTERNAL. */
enum ssp_err tls_shake_new(const struct tls_shake_ask *ask, struct tls_shake **ret);
void tls_shake_free(struct tls_shake *shake); /* NULL is fine */
void tls_shake_freep(struct tls_shake **shake);

/*
 * Takes whole records, writes records.  *ret_used tells how many bytes of in were
 * taken: all of them, unless the handshake is over (*ret_done).  Errors of
 * failure.h, with the alert in out.
 */
enum ssp_err tls_shake_step(struct tls_shake *shake, struct view in, struct wr *out,
                            size_t *ret_used, bool *ret_done);

/* What came is no record: the alert that says so. */
void tls_shake_refuse(struct tls_shake *shake, int alert, struct wr *out);

/* Once it is over: what the session goes on with.  rest is what came after the last record that the
 * handshake took: a server's tickets are looked for in it, and it stays as it is.  NO_ALGORITHM for
 * a suite that the record engine does not know; NO_MEMORY, TOO_LARGE, INTERNAL. */
enum ssp_err tls_shake_finish(struct tls_shake *shake, struct view rest,
                              struct tls_shake_result *ret);

void tls_shake_result_wipe(struct tls_shake_result *result);

#endif
