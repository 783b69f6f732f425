/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A security context as the application's process has it.
 *
 * It begins in the hands of the LSA (NEGOTIATING), and when the handshake is over
 * the package's user half takes it (LIVE): from then on a message call is a plain
 * function call.  A context that came from another process is LIVE with no LSA
 * context behind it.  Export without DELETE_OLD leaves it FROZEN:
 *
 *                      mapped                  export
 *     NEGOTIATING ──────────────► LIVE ◄──────────────────► FROZEN ───► LOST
 *          ▲                            own ticket claimed  ▲    importer was faster
 *          └────────────────────────────────────────────────┘
 *
 * A FROZEN context answers what is asked about it, but protects nothing: the first
 * call that would use its keys claims its own ticket, and goes on only when nobody
 * has imported the blob.  So at most one process protects messages at a time.
 *
 * Two locks, one a direction: sending and receiving go on side by side, each by one
 * thread at a time.  Whatever changes the state holds both, so whoever holds either
 * sees a state that stays.  Every call into the package runs under one of them.
 *
 * The object lives while its handle does or somebody uses it (base/idmap.h), so no
 * call can be running when it goes.
 */
#ifndef SSP_SSPI_USER_CTX_H
#define SSP_SSPI_USER_CTX_H

#include <pthread.h>
#include <stdatomic.h>

#include "sspi/library.h"

enum ctx_state {
    CTX_EMPTY, /* not begun, or gone: only its handle is left */
    CTX_NEGOTIATING,
    CTX_LIVE,
    CTX_FROZEN,
    CTX_LOST,
};

struct user_ctx {
    pthread_mutex_t send;
    pthread_mutex_t receive;
    const struct library *lib;
    _Atomic uint64_t id; /* 0 until the handle is made */
    uint64_t epoch;      /* of the process it was made in */
    enum ctx_state state;
    enum ctx_state thaws_to; /* FROZEN: what it was */
    struct ticket_id ticket; /* FROZEN */
    uint64_t lsa;            /* the LSA's context; 0: none */
    ULONG package;
    LSA_SEC_HANDLE handle;                          /* what the package calls it */
    PSECPKG_USER_FUNCTION_TABLE table;              /* LIVE, or frozen when it was */
    const OPENSSPI_USER_EXTENSION_TABLE *extension; /* the same; NULL: the package has none */
    TimeStamp expiry;
    bool to_other_uid; /* how the next export is sealed: OPENSSPI_ATTR_EXPORT_* */
    uint32_t uid_to;
    uint32_t lifetime_ms;
};

enum direction { DIR_SEND, DIR_RECEIVE };

/* An EMPTY context with a handle, in use by the caller.  SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS user_ctx_new(const struct library *lib, struct user_ctx **ret);
void user_ctx_destroy(void *object); /* for the idmap: nobody uses it any more */

/* The context of a handle, in use by the caller until user_ctx_put(); NULL when the handle is not
 * valid, or was made in the process that this one was forked from. */
struct user_ctx *user_ctx_get(const SecHandle *handle);
void user_ctx_put(struct user_ctx **ctx); /* for ssp_cleanup(); NULL is fine */

/* The handle dies now, the context with its last user.  False when it was not valid.  Works on a
 * context of the parent process too, which is only forgotten. */
bool user_ctx_close(const SecHandle *handle);

/*
 * Before and after a call that uses the keys of one direction: locks it and sees to it that the
 * context is LIVE, thawing it if need be.  On failure nothing is locked:
 * SEC_E_INVALID_HANDLE when the context is still negotiating, or gone; SEC_E_CONTEXT_EXPIRED when
 * it has been imported elsewhere; SEC_E_UNSUPPORTED_FUNCTION when the package has no user half.
 */
SECURITY_STATUS user_ctx_enter(struct user_ctx *ctx, enum direction dir);
void user_ctx_leave(struct user_ctx *ctx, enum direction dir);

void user_ctx_lock(struct user_ctx *ctx); /* both directions */
void user_ctx_unlock(struct user_ctx *ctx);

/* Under both locks: a frozen context becomes what it was.  SEC_E_CONTEXT_EXPIRED when an importer
 * was faster, from then on for ever; SEC_E_INVALID_HANDLE when it is gone. */
SECURITY_STATUS user_ctx_thaw(struct user_ctx *ctx);

/* What the context is, or will be when it thaws. */
bool user_ctx_is(const struct user_ctx *ctx, enum ctx_state state);

/*
 * The same for calls that can be told beforehand to fail: they answer without claiming the ticket,
 * which would make the blob worthless for nothing.  make_live() is for what the user half does;
 * statuses of user_ctx_enter().  thaw_for_lsa() is for what the LSA does:
 * SEC_E_UNSUPPORTED_FUNCTION when no LSA context is behind this one.
 */
SECURITY_STATUS user_ctx_make_live(struct user_ctx *ctx);
SECURITY_STATUS user_ctx_thaw_for_lsa(struct user_ctx *ctx);

/* Under both locks: the package's user half has its context from now on. */
void user_ctx_come_alive(struct user_ctx *ctx, const struct lsa_package_info *package);

/* Under both locks: the user half starts from what a finished handshake packed.  The bytes stay the
 * caller's. */
SECURITY_STATUS user_ctx_start(struct user_ctx *ctx, PSecBuffer packed);

/* Under both locks: nothing of the session remains, in the package or the LSA. */
void user_ctx_end(struct user_ctx *ctx);

#endif
