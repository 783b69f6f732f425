/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every call that the client library makes to its Local Security Authority, in
 * one table.  lsa/local.c fills it straight from the LSA core in this process
 * (the embedded LSA); a socket to a daemon can fill it just as well, and
 * src/sspi cannot tell which.  One conformance suite runs through every filling.
 *
 * Calls answer with the SECURITY_STATUS that the application is to see: a
 * package's own status passes through here (lsa/status.h maps NTSTATUS).  On
 * failure outputs are untouched, and nothing was made or consumed; a leg says what it leaves.
 *
 * Handles of credentials and contexts are the LSA's ids (base/idmap.h), never
 * pointers; 0 is none.  Buffers that a call allocates come from the one heap
 * (base/heap.h) and are the caller's.  Every call may be made from any thread.
 */
#ifndef SSP_LSA_PORT_H
#define SSP_LSA_PORT_H

#include <ntsecpkg.h>
#include <opensspi.h>
#include <sspi.h>

#include "base/rd.h"
#include "handoff/ticket.h"

struct lsa_port;

/* What the client knows about a package: its SecPkgInfo, and where its user half comes from. */
struct lsa_package_info {
    ULONG id; /* stable for the life of the LSA; index into the client's list of user halves */
    ULONG capabilities;
    USHORT version;
    USHORT rpc_id;
    ULONG max_token;
    const char16_t *name;             /* the LSA's, until it goes */
    const char16_t *comment;          /* the LSA's, until it goes */
    PSECPKG_USER_FUNCTION_TABLE user; /* NULL: messages are not protected by this package */
    const OPENSSPI_USER_EXTENSION_TABLE *extension; /* of the user half; NULL: it has none */
    const ULONG *thunks; /* context attributes that the LSA half answers even when the user half
                          * lives (SecpkgContextThunks); the LSA's, until it goes */
    size_t n_thunks;
};

struct lsa_acquire {
    const char16_t *principal; /* NULL: the client's own */
    const char16_t *package;
    ULONG use;            /* SECPKG_CRED_* */
    const LUID *logon_id; /* NULL: the client's own session */
    void *auth_data;      /* in the client's memory; the package knows its form */
    bool ansi;            /* the client called the A function: SECPKG_CALL_ANSI */
    size_t bytes;         /* of all that it comes with, where somebody counts them */
    ULONG gatherer;       /* which package's user half gathered what follows */
    struct view gathered; /* of the client's own credentials; may be empty */
};

/* One leg of a handshake, either role. */
struct lsa_leg {
    bool accept;
    uint64_t cred;          /* 0: none given */
    uint64_t ctx;           /* 0: the first leg */
    const char16_t *target; /* initiator; may be NULL */
    ULONG requirements;     /* ISC_REQ_* or ASC_REQ_* */
    ULONG data_rep;
    PSecBufferDesc in;  /* may be NULL */
    PSecBufferDesc out; /* may be NULL */
};

/* All of it is written when the status is not an error.  When it is one, attributes alone are: not
 * 0 when out has a token for the peer all the same (ISC_RET_EXTENDED_ERROR). */
struct lsa_leg_result {
    uint64_t ctx;                  /* the context; the same one on later legs */
    ULONG package;                 /* lsa_package_info.id */
    LSA_SEC_HANDLE package_handle; /* what the package calls its context */
    ULONG attributes;              /* ISC_RET_* or ASC_RET_* */
    TimeStamp expiry;
    bool mapped;      /* the handshake is over: packed starts the user half */
    SecBuffer packed; /* from the heap; the caller's */
};

/* What is sealed into an envelope, beside the package's bytes. */
struct lsa_seal {
    ULONG package;
    ULONG flags;       /* SECPKG_CONTEXT_EXPORT_* as the application gave them */
    bool to_other_uid; /* else uid_to is not looked at: the exporter's own uid */
    uint32_t uid_to;
    uint32_t lifetime_ms; /* 0: as configured */
    TimeStamp context_expiry;
    HANDLE token; /* the context's, or NULL: its logon id binds the importer's token */
};

struct lsa_sealed {
    SecBuffer blob; /* SECBUFFER_TOKEN, from the heap; the caller's */
    struct ticket_id ticket;
};

struct lsa_opened {
    bool negotiating;
    ULONG package;
    struct secret packed;          /* established: for the package's ImportContext; the caller's */
    uint64_t ctx;                  /* negotiating: the context, now this client's */
    LSA_SEC_HANDLE package_handle; /* negotiating */
    TimeStamp expiry;              /* negotiating: of the context, as the exporter knew it */
};

struct lsa_port_ops {
    /* The packages, in the order of their ids; *ret is the LSA's and grows, never shrinks. */
    SECURITY_STATUS(*packages)
    (struct lsa_port *port, const struct lsa_package_info **ret, size_t *ret_n);
    SECURITY_STATUS (*add_package)(struct lsa_port *port, const char *path, ULONG *ret_id);

    SECURITY_STATUS(*acquire_cred)
    (struct lsa_port *port, const struct lsa_acquire *what, uint64_t *ret_cred,
     TimeStamp *ret_expiry);
    SECURITY_STATUS(*add_cred)
    (struct lsa_port *port, uint64_t cred, const struct lsa_acquire *what, TimeStamp *ret_expiry);
    SECURITY_STATUS (*free_cred)(struct lsa_port *port, uint64_t cred);
    /* Attributes are Windows' structs in their wide form; pointers in them are from the heap. */
    SECURITY_STATUS (*query_cred)(struct lsa_port *port, uint64_t cred, ULONG attribute, void *ret);
    SECURITY_STATUS(*set_cred)
    (struct lsa_port *port, uint64_t cred, ULONG attribute, void *value, ULONG size);

    /* SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_I_COMPLETE_…, or an error.  In any case the types and
     * sizes of the input buffers are as the package left them (SECBUFFER_EXTRA, SECBUFFER_MISSING);
     * where EXTRA points is for the caller to say. */
    SECURITY_STATUS(*leg)
    (struct lsa_port *port, const struct lsa_leg *leg, struct lsa_leg_result *ret);
    SECURITY_STATUS (*delete_ctx)(struct lsa_port *port, uint64_t ctx);
    SECURITY_STATUS (*control)(struct lsa_port *port, uint64_t ctx, PSecBufferDesc input);
    SECURITY_STATUS (*query_ctx)(struct lsa_port *port, uint64_t ctx, ULONG attribute, void *ret);
    SECURITY_STATUS(*set_ctx)
    (struct lsa_port *port, uint64_t ctx, ULONG attribute, void *value, ULONG size);

    /* The passage of a context (docs/architecture.md).  seal() writes the ticket, then yields the
     * blob; seal_negotiating() does so for a context that the LSA still holds, and leaves it there
     * for the caller to delete or keep frozen. */
    SECURITY_STATUS(*seal)
    (struct lsa_port *port, const struct lsa_seal *what, struct view packed,
     struct lsa_sealed *ret);
    SECURITY_STATUS(*seal_negotiating)
    (struct lsa_port *port, uint64_t ctx, const struct lsa_seal *what, struct lsa_sealed *ret);
    /* Verifies, judges (uid, time, package, token) and only then claims: whoever gets SEC_E_OK is
     * the one owner.  Everything before the claim leaves blob and ticket as they were. */
    SECURITY_STATUS(*open)
    (struct lsa_port *port, const char16_t *package, struct view blob, HANDLE token,
     struct lsa_opened *ret);
    /* A frozen context takes its own ticket back: SEC_E_OK, or SEC_E_CONTEXT_EXPIRED when an
     * importer was faster. */
    SECURITY_STATUS (*claim)(struct lsa_port *port, const struct ticket_id *ticket);
    /* A frozen context goes, and will not ask for its ticket any more: the blob stays good for its
     * time, and then the ticket goes as well. */
    SECURITY_STATUS (*release)(struct lsa_port *port, const struct ticket_id *ticket);

    /* Verifies the token's tag: SEC_E_INVALID_TOKEN for what this LSA did not make. */
    SECURITY_STATUS (*query_token)(struct lsa_port *port, HANDLE token, OPENSSPI_TOKEN_INFO *ret);

    /* The same token as others of this user can read it, now the caller's; NULL when it is that
     * already.  The entry is NULL where one LSA reads all tokens. */
    SECURITY_STATUS (*renew_token)(struct lsa_port *port, HANDLE token, HANDLE *ret);

    SECURITY_STATUS(*change_password)
    (struct lsa_port *port, ULONG package, const UNICODE_STRING *domain,
     const UNICODE_STRING *account, const UNICODE_STRING *old_password,
     const UNICODE_STRING *new_password, bool impersonating, PSecBufferDesc output);
    void (*close)(struct lsa_port *port); /* frees everything of this client, and the port */
};

struct lsa_port {
    const struct lsa_port_ops *ops;
};

/* The embedded LSA, with this process as its one client: reads the configuration, loads the
 * packages.  A status as the application is to see it. */
SECURITY_STATUS lsa_local_open(struct lsa_port **ret);

#endif
