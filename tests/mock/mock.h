/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A third party's security package, in a shared object of its own: it knows the
 * public headers and nothing else of the tree.
 *
 * The protocol, three tokens and a secret that both sides know:
 *
 *     initiator -> acceptor   "MOCKH" nonce_i
 *     acceptor -> initiator   "MOCKC" nonce_a
 *     initiator -> acceptor   "MOCKP" HMAC-SHA-256(secret, nonce_i nonce_a)
 *
 * With ISC_REQ_STREAM or ASC_REQ_STREAM tokens are a stream of bytes, and may come in any pieces.
 * Who refuses a token says so with "MOCKX" status, if the application asks for that.
 *
 * Both derive one key a direction, HMAC-SHA-256(secret, direction nonce_i nonce_a).
 * A signature is the first 16 bytes of an HMAC over sequence number and data; a
 * sealed message is ChaCha20-Poly1305 with the sequence number as nonce.
 *
 * A session goes on speaking: a control token of one word, at most 8 bytes, comes out of the next
 * call of ContinueContext as "MOCKS" word, signed as a message; "bye" ends what the peer sends.
 *
 * How it misbehaves is told by a script: mock_script.c.
 */
#ifndef SSP_TEST_MOCK_H
#define SSP_TEST_MOCK_H

#include <ntsecpkg.h>
#include <opensspi.h>

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOCK_EXPORT __attribute__((visibility("default")))

enum {
    MOCK_NONCE = 16,
    MOCK_KEY = 32,
    MOCK_TAG = 16,
    MOCK_WORD = 8,
    MOCK_TOKEN_MAX = 64,
    MOCK_NAME_MAX = 64,          /* bytes of a user's name in UTF-16 */
    MOCK_ATTR_LEGS = 0x4d4f0001, /* ULONG: answered by the LSA half only (a thunk) */
    MOCK_CRED_ATTR_SCRIPT =
        0x4d4f0002 /* for SetCredentialsAttributes: text for mock_script_run() */
};

struct mock_bytes {
    const uint8_t *p;
    size_t n;
};

/* ---- mock_script.c: what a test tells the package to do ---------------- */

/* Commands, one a line:  "set NAME VALUE" (strtol), "clear".  NAME is that of a table's member,
 * whose status it then is, or of a special trick below. */
void mock_script_run(const char *text, size_t n);
void mock_script_from_environment(void); /* OPENSSPI_MOCK */
bool mock_told(const char *name, long *ret);
#define MOCK_TOLD(name)                       \
    do {                                      \
        long told_ = 0;                       \
        if (mock_told((name), &told_))        \
            return (NTSTATUS)(uint32_t)told_; \
    } while (0)

/* What a test may ask for ("get NAME"). */
extern struct mock_counts {
    _Atomic long creds;
    _Atomic long contexts;
    _Atomic long user_contexts;
    _Atomic long terminated; /* LogonTerminated calls */
    _Atomic long call_attributes;
    _Atomic long call_client_pid;
    _Atomic long logon_low; /* of the last acquired credential */
    _Atomic long instances; /* InstanceInit calls */
} mock_counts;
long mock_count(const char *name);

/* ---- mock_proto.c: keys, messages and the packed form ------------------ */

struct mock_live { /* what a finished handshake leaves, and what is packed */
    bool initiator;
    uint64_t send;
    uint64_t receive;
    uint8_t send_key[MOCK_KEY];
    uint8_t receive_key[MOCK_KEY];
    uint64_t token;          /* HANDLE value in the client; 0 in what is exported */
    uint8_t word[MOCK_WORD]; /* to be said next; zeros: none */
    char16_t user[MOCK_NAME_MAX / 2 + 1];
};

struct mock_handshake {
    bool accept;
    int leg;
    uint8_t secret[MOCK_KEY];
    uint8_t nonces[2 * MOCK_NONCE]; /* initiator's, acceptor's */
    char16_t user[MOCK_NAME_MAX / 2 + 1];
};

void mock_hmac(const uint8_t key[MOCK_KEY], const struct mock_bytes *pieces, size_t n,
               uint8_t ret[MOCK_KEY]);
void mock_proof(const struct mock_handshake *shake, uint8_t ret[MOCK_KEY]);
void mock_derive(const struct mock_handshake *shake, struct mock_live *ret);
bool mock_random(uint8_t *dst, size_t n);

enum { MOCK_PACKED_MAX = 256 };
size_t mock_pack(const struct mock_live *live, uint8_t ret[MOCK_PACKED_MAX]);
bool mock_unpack(struct mock_bytes packed, struct mock_live *ret);
size_t mock_pack_handshake(const struct mock_handshake *shake, uint8_t ret[MOCK_PACKED_MAX]);
bool mock_unpack_handshake(struct mock_bytes packed, struct mock_handshake *ret);

PSecBuffer mock_buffer(PSecBufferDesc desc, ULONG type);
bool mock_same(const uint8_t *a, const uint8_t *b, size_t n);

/* As the caller wants it: into its memory, or into a block of its own (…_REQ_ALLOCATE_MEMORY). */
typedef PVOID(NTAPI mock_alloc_fn)(ULONG n);
NTSTATUS mock_put_token(PSecBuffer out, ULONG requirements, struct mock_bytes token,
                        mock_alloc_fn *alloc);

/* After a call that failed, if the application asked for it (flag: …_REQ_EXTENDED_ERROR): "MOCKX"
 * and the status, for the peer.  False when nothing was written. */
bool mock_explain(PSecBufferDesc out, ULONG requirements, ULONG flag, NTSTATUS status,
                  mock_alloc_fn *alloc);

/* ---- Objects by handle, for both halves -------------------------------- */

struct mock_object {
    LSA_SEC_HANDLE handle;
    struct mock_object *next;
};

struct mock_list {
    pthread_mutex_t mutex;
    struct mock_object *first;
};

#define MOCK_LIST_INIT                  \
    {                                   \
        PTHREAD_MUTEX_INITIALIZER, NULL \
    }

void mock_add(struct mock_list *list, struct mock_object *object, LSA_SEC_HANDLE handle);
void *mock_find(struct mock_list *list, LSA_SEC_HANDLE handle);
void *mock_remove(struct mock_list *list, LSA_SEC_HANDLE handle);
LSA_SEC_HANDLE mock_fresh_handle(void);

/* A handle is a descriptor in disguise (opensspi.h); NULL when there is none to be had. */
HANDLE mock_dup_handle(HANDLE handle);
void mock_close_handle(HANDLE handle);

/* ---- mock_lsa.c and mock_shake.c: the LSA half ------------------------- */

struct mock_cred {
    struct mock_object object;
    uint8_t secret[MOCK_KEY];
    char16_t user[MOCK_NAME_MAX / 2 + 1];
};

extern struct mock_list mock_creds;
extern PLSA_SECPKG_FUNCTION_TABLE mock_lsa;

SpInitLsaModeContextFn mock_init_context;
SpAcceptLsaModeContextFn mock_accept_context;
SpDeleteContextFn mock_delete_context;
SpQueryContextAttributesFn mock_query_context;
NTSTATUS NTAPI mock_export_lsa(LSA_SEC_HANDLE handle, ULONG flags, PSecBuffer ret);
NTSTATUS NTAPI mock_import_lsa(PSecBuffer packed, PLSA_SEC_HANDLE ret);

/* ---- mock_user.c, for mock_speak.c ------------------------------------- */

struct mock_live *mock_live_of(LSA_SEC_HANDLE handle); /* NULL: no such context */
PVOID NTAPI mock_user_alloc(ULONG n);

#endif
