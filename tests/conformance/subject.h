/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the suite is run against: a package, and a way.  Both come from the environment, so that one
 * body serves all of them:
 *
 *   CONFORMANCE_PACKAGE   the scene of a row of the table in subject.c
 *   CONFORMANCE_WAY       direct    nothing is done
 *                         moved     after each call the context is exported and imported
 *                         thawed    after each call it is exported, and goes on where it was
 *
 * How the LSA is reached is for the configuration alone to say: nothing here knows.
 */
#ifndef SSP_TEST_SUBJECT_H
#define SSP_TEST_SUBJECT_H

#include "harness/harness.h"
#include "harness/loopback.h"
#include "harness/world.h"

struct subject_attr {
    ULONG id;
    ULONG size;  /* of the structure */
    bool client; /* who can answer it */
    bool server;
    size_t n_pointers; /* in the structure, to what the caller frees */
    size_t pointers[2];
    bool is_certificate; /* and not with FreeContextBuffer() */
};

/* What differs between packages that all keep the contract. */
struct subject {
    const struct scene *scene;
    const char *client_name; /* SECPKG_ATTR_NAMES on the server */
    const char *server_name; /* and on the client; NULL: the same */
    const char *cred_name;   /* SECPKG_CRED_ATTR_NAMES; NULL: the same as the server's */
    const char *acts;        /* the package that protects and names itself; NULL: the scene's own */
    ULONG cut;               /* bytes of a token that are too few to be any of it */
    SECURITY_STATUS on_cut;  /* CONTINUE_NEEDED: takes tokens in pieces, and that was the first */
    SECURITY_STATUS on_rubbish; /* what is no token */
    ULONG signature_size;
    ULONG header_size;  /* of a record */
    ULONG trailer_size; /* the token of a sealed message */
    bool resets;        /* messages may have been protected before RESET_NEW */
    bool unwraps_clear; /* what SECQOP_WRAP_NO_ENCRYPT made is for DecryptMessage */
    ULONG open_legs;    /* after which neither end's handshake is over */
    ULONG size_varies;  /* how many bytes a token may differ from the same one made again */
    bool detects_order; /* not only replays: a message that overtakes another is refused */
    bool any_layout;    /* several data buffers, read-only ones, streams */
    bool checks_qop;
    bool streams; /* tokens may come in any pieces, as the mock's */
    bool speaks;  /* goes on speaking after the handshake, as the mock does */
    bool updates; /* has new keys when it is told to */
    SECURITY_STATUS on_replay;
    const struct subject_attr *attrs; /* all that it answers; ended by size 0 */
};

extern const struct subject *subject;
extern way_fn *subject_way;

/* Whose name attributes and tokens bear. */
const char *subject_acts(void);

/* Sets the two above; before anything else. */
void subject_choose(void);

/* Two parties who have shaken hands, in the subject's way; given to each case as its state. */
int meet(void **state);
int part(void **state);

/* Two parties who have not begun. */
int stay_apart(void **state);

/* What the way does to both, for cases that call the interface themselves. */
void go_on(struct loopback *loop);

static inline struct loopback *loop_of(void **state)
{
    return *state;
}

#define MET_TEST(fn) cmocka_unit_test_setup_teardown(fn, meet, part)
#define APART_TEST(fn) cmocka_unit_test_setup_teardown(fn, stay_apart, part)

/* The name of the subject's package, for Windows' prototypes; the same for the acceptor's
 * principal, which may be NULL. */
SEC_CHAR *package_a(void);
SEC_WCHAR *package_w(void);
SEC_CHAR *principal_a(void);
SEC_WCHAR *principal_w(void);

/* Text that says the same in both forms; ASCII. */
bool same_text(const SEC_WCHAR *wide, const SEC_CHAR *narrow);

#endif
