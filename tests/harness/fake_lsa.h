/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Local Security Authority made of numbers, for tests of src/sspi: it fills
 * struct lsa_port, its one package has a user half, and every call answers what
 * the test says.  It aborts when the library breaks a promise that packages rely
 * on: one call in each direction at a time, and none on a context that is gone.
 */
#ifndef SSP_TEST_FAKE_LSA_H
#define SSP_TEST_FAKE_LSA_H

#include <stdatomic.h>

#include "lsa/port.h"

enum { FAKE_PACKAGE, FAKE_LSA_ONLY, FAKE_PACKAGES };

/* What the calls answer; 0 is success.  Set by tests, cleared by fake_reset(). */
struct fake_answers {
    SECURITY_STATUS packages;
    SECURITY_STATUS cred;
    SECURITY_STATUS leg;
    bool leg_maps;
    ULONG leg_package;
    SECURITY_STATUS seal;
    SECURITY_STATUS open;
    SECURITY_STATUS claim; /* before it looks whether the ticket is there */
    NTSTATUS instance_init;
    NTSTATUS init_user;
    NTSTATUS delete_user;
    NTSTATUS message;
    bool speaks; /* the user half has its extension table */
    NTSTATUS speech;
    NTSTATUS query;
    NTSTATUS export;
    NTSTATUS import;
    ULONG thunk;  /* the attribute that the LSA half answers; 0: none */
    HANDLE token; /* of every context */
    SECURITY_STATUS renew;
    HANDLE renewed; /* what a token becomes, for others; NULL: it is good as it is */
};

/* What happened. */
struct fake_seen {
    atomic_int lsa_contexts;  /* alive */
    atomic_int user_contexts; /* alive */
    atomic_int creds;         /* alive */
    atomic_int messages;
    atomic_int speeches;       /* calls of the extension table */
    ULONG speech_requirements; /* of the last one */
    atomic_int lsa_queries;
    atomic_int user_queries;
    atomic_int claims;
    atomic_int releases;
    atomic_int opens;
    atomic_int instance_inits;
    atomic_int package_calls; /* into the user half, of any kind */
    struct lsa_seal seal;     /* the last one */
    struct lsa_acquire acquire;
    char16_t text[64]; /* the last principal or target */
    ULONG export_flags;
};

extern struct fake_answers fake;
extern struct fake_seen seen;

/* For lsa_local_open(), which stays as it is over fake_reset(). */
extern SECURITY_STATUS fake_open_status;
extern void (*fake_at_open)(void); /* called in there; NULL for nothing */

/* Setup for a cmocka test. */
int fake_reset(void **state);
#define FAKE_TEST(fn) cmocka_unit_test_setup_teardown(fn, fake_reset, free_guarded)

/* A context of the fake package in that state, LIVE or still NEGOTIATING. */
CtxtHandle fake_live(void);
CtxtHandle fake_negotiating(void);
CredHandle fake_cred(void);

int fake_tickets(void); /* that nobody has claimed */

/* One message in clear in a block of the test's, DATA and TOKEN. */
struct fake_message {
    uint8_t data[16];
    uint8_t token[16];
    SecBuffer buffers[2];
    SecBufferDesc desc;
};
void fake_message(struct fake_message *message);

SECURITY_STATUS fake_encrypt(CtxtHandle *ctx);  /* such a message */
SECURITY_STATUS fake_next_leg(CtxtHandle *ctx); /* of an initiator */

/* Export and import, which succeed. */
SecBuffer fake_exported(CtxtHandle *ctx, ULONG flags);
CtxtHandle fake_imported(SecBuffer *blob);

/* Away with a blob and the contexts that are left (NULL: none), and nothing of them remains. */
void fake_drop(SecBuffer *blob, CtxtHandle *a, CtxtHandle *b);

#endif

enum { FAKE_ATTR_HERE = 0x4711 }; /* the user half takes it, and no other */
