/* SPDX-License-Identifier: Apache-2.0 */
/* Two Kerberos state machines against each other, over a library that is none (krb_fake.h). */
#ifndef SSP_TEST_KRB_PAIR_H
#define SSP_TEST_KRB_PAIR_H

#include "harness/harness.h"

#include "harness/krb_fake.h"

extern struct krb_fake_env fake; /* of the case that runs */

/* Setup and teardown of a case; the latter looks for tickets that nobody has forgotten. */
int krb_pair_begin(void **state);
int krb_pair_end(void **state);

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, krb_pair_begin, krb_pair_end)

struct side {
    bool accepts;
    uint32_t asked;
    struct view bindings;
    const char *target;
    struct krb_cred *cred;
    struct krb_turn turn; /* of the last leg */
    enum ssp_err e;
};

struct side initiator(uint32_t asked);
struct side acceptor(uint32_t asked);
void end_side(struct side *side);

/* The half of the turn before goes into the next. */
void leg(struct side *side, struct view token);
struct view token_of(const struct side *side);

/* All legs, until one side is done with or fails. */
void shake(struct side *a, struct side *b);

void assert_sessions_fit(const struct side *a, const struct side *b);

#endif
