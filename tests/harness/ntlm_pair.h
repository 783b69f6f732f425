/* SPDX-License-Identifier: Apache-2.0 */
/* Two NTLM state machines in one process, with a fixed clock and fixed randomness: for tests and
 * fuzz targets. */
#ifndef SSP_TEST_NTLM_PAIR_H
#define SSP_TEST_NTLM_PAIR_H

#include "packages/ntlm/leg.h"

/* The account that every pair has, and its NT hash (of "Password"). */
#define PAIR_USER "User"
#define PAIR_DOMAIN "Domain"
#define PAIR_HASH "a4f49c406510bdcab6824ee7c30fd852"

struct pair { /* ssp_cleanup(pair_done) */
    struct ntlm_config client_config;
    struct ntlm_config server_config;
    struct ntlm_sam_verifier sam;
    struct ntlm_env client_env;
    struct ntlm_env server_env;
    struct ntlm_cred *client_cred;
    struct ntlm_cred *server_cred;
    struct ntlm_turn client; /* of the latest leg */
    struct ntlm_turn server;
    char accounts[64]; /* a SAM file of its own */
};

struct pair_legs {
    uint32_t isc;
    uint32_t asc;
    const char *target;
    struct view client_bindings;
    struct view server_bindings;
    bool moved; /* each half-done handshake is packed and unpacked between its legs */
};

/* The text of a [ntlm] section, without its head; aborts when it does not hold. */
void pair_config(const char *section, struct ntlm_config *ret);

void pair_start(struct pair *pair); /* everything preset */
void pair_start_as(struct pair *pair, const char *client, const char *server); /* configured */
void pair_restart(struct pair *pair); /* both sides as if they had not met */
void pair_done(struct pair *pair);

/* Another ServerChallenge than that of [MS-NLMP] 4.2.1, which is the preset one. */
extern const struct rand pair_other_rand;

/* An hour after the clock that both sides have. */
extern const struct clock pair_later_clock;

/* Another user for the client; NULL for no such pointer in the identity. */
void pair_user(struct pair *pair, const char *user, const char *domain, const char *password);

/* The next leg of one side with the other's latest token (or none); its turn is replaced on success
 * only. */
enum ssp_err pair_client_leg(struct pair *pair, const struct pair_legs *legs, struct view token);
enum ssp_err pair_server_leg(struct pair *pair, const struct pair_legs *legs, struct view token);

/* All legs, until both are done or one fails: its error. */
enum ssp_err pair_run(struct pair *pair, const struct pair_legs *legs);

/* Sealed messages both ways, after a handshake that gave both keys; false when one does not come
 * through. */
bool pair_talks(struct pair *pair);

struct view pair_token(const struct ntlm_turn *turn);

/* A SEC_CHANNEL_BINDINGS block around application data; the caller frees with secret_wipe(). */
struct secret pair_bindings(const char *data);

#endif
