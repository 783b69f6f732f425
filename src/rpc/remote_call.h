/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of remote.h: one call to lsad, as every entry of the port makes it. */
#ifndef SSP_RPC_REMOTE_CALL_H
#define SSP_RPC_REMOTE_CALL_H

#include "rpc/remote.h"
#include "rpc/remote_packages.h"

struct remote {
    struct lsa_port port; /* first: the library holds a pointer to it */
    char *folder;
    struct pool pool;
    struct remote_packages packages;
};

struct exchange { /* ssp_cleanup(exchange_done) */
    enum rpc_call call;
    struct frame frame;
    union rpc_answer answer;
};

#define EXCHANGE(name)                          \
    {                                           \
        .call = RPC_##name, .frame = FRAME_INIT \
    }

void exchange_done(struct exchange *exchange);

/* The call's status, or that of not reaching lsad; the answer is in the exchange.  token is lent,
 * NULL: none goes along. */
SECURITY_STATUS remote_call(struct lsa_port *port, const void *ask, HANDLE token,
                            struct exchange *exchange);

/* Lent, and only to be encoded: nothing writes through them. */
struct str16 remote_lend(const char16_t *text);
struct secret remote_lend_bytes(struct view bytes);

/* A copy for the application.  NO_MEMORY. */
enum ssp_err remote_to_heap(const struct secret *bytes, SecBuffer *ret);

/* Learns about a package that lsad was given after this process asked for all. */
SECURITY_STATUS remote_know_package(struct lsa_port *port, ULONG package);

/* Entries of the port that have a file of their own. */
SECURITY_STATUS remote_leg(struct lsa_port *port, const struct lsa_leg *what,
                           struct lsa_leg_result *ret);
SECURITY_STATUS remote_delete_ctx(struct lsa_port *port, uint64_t ctx);

#endif
