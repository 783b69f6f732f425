/* SPDX-License-Identifier: Apache-2.0 */
/* The LSA half's handshakes against each other, in memory, as a client's and a server's calls would
 * make them; and credentials for them. */
#ifndef SSP_TEST_TLS_PAIR_H
#define SSP_TEST_TLS_PAIR_H

#include "base/tls_auth.h"
#include "packages/schannel/context.h"

enum { PAIR_ROOM = 64 * 1024 };

struct tls_end {
    struct tls_contexts *contexts;
    struct tls_cred *cred;
    bool accept;
    ULONG asked;
    const char16_t *target;
    struct view protocols; /* SEC_APPLICATION_PROTOCOLS */
    LSA_SEC_HANDLE context;
    uint8_t in[PAIR_ROOM]; /* what has come and is not used */
    size_t n_in;
    uint8_t out[PAIR_ROOM]; /* what the last leg said */
    size_t n_out;
    enum ssp_err err;
    size_t missing;
    struct pkg_answer answer;
    struct tls_core core; /* when done */
    struct tls_names names;
    unsigned legs; /* so many have been made */
    struct {
        bool is_due;
        unsigned leg; /* its allocation `nth` fails */
        size_t nth;
        bool came; /* set when it did */
    } fault;
};

/* The LSA's functions that a leg needs, and what was asked of them. */
extern struct tls_lsa {
    int sessions;
    int audits;
    char16_t user[64];
    char16_t domain[64];
} tls_lsa;
extern const LSA_SECPKG_FUNCTION_TABLE tls_lsa_functions;

/* One leg with what has come; the rest stays in `in`. */
enum ssp_err tls_end_leg(struct tls_end *end);

/* Both to their end, or until one fails: what a side says goes over in pieces of that size. */
void tls_pair_run(struct tls_end *client, struct tls_end *server, size_t piece);

void tls_end_done(struct tls_end *end);

#endif
