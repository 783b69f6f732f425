/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An LSA with the mock package (tests/mock) in folders of its own, a clock and
 * two clients that tests turn: alice is this process's user, bob is another.
 */
#ifndef SSP_TEST_LSA_FIXTURE_H
#define SSP_TEST_LSA_FIXTURE_H

#include "lsa/core.h"
#include "lsa/port.h"

#define MOCK u"Mock"

struct fixture {
    char dir[64];
    struct lsa *lsa;
    struct client *alice;
    struct client *bob;
};
extern struct fixture fixture;

struct fake_time {
    int64_t filetime;
    uint64_t boottime;
};
extern struct fake_time fake_time;

/* A folder with runtime/ and packages/ in it, empty; and away with all of it. */
void fixture_make_dir(void);
void fixture_remove_dir(void);

void fixture_clear_runtime(void); /* away with runtime/, as by a cleaner of temporary files */

/* A path in the folder; good until the next call but three. */
const char *fixture_path(const char *format, ...) __attribute__((format(printf, 1, 2)));
size_t fixture_tickets(void); /* that nobody has claimed */
void fixture_write(const char *path, mode_t mode, const char *text);
void fixture_copy(const char *from, const char *to, mode_t mode); /* MOCK_PACKAGE for NULL */

/* The LSA of a configuration that begins with [lsa] runtime and packages and goes on with more. */
enum ssp_err fixture_try(const char *more, struct lsa **ret);

/* For cmocka: all of it, with the mock in the package folder. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
struct client *fixture_client(size_t max_creds, size_t max_ctxs); /* of alice's user */

/* Script and counters of the mock (tests/mock/mock_script.c). */
void mock_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
long mock_asked(const char *name);

uint64_t fixture_cred(struct client *client);

/* The two sides of a handshake, leg by leg. */
struct pair {
    uint64_t cred;
    struct lsa_leg_result initiator;
    struct lsa_leg_result acceptor;
    uint8_t token[128];
    ULONG n;
};

SECURITY_STATUS pair_initiate(struct client *client, struct pair *pair);
SECURITY_STATUS pair_accept(struct client *client, struct pair *pair);
HANDLE pair_token(const struct pair *pair);               /* the acceptor's; stays the pair's */
void pair_free(struct client *client, struct pair *pair); /* frees packed contexts, deletes all */

#endif
