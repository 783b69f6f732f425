/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sides of a handshake in one process, one token changed on its way, so
 * that everything is right up to there.  Never are both sides done with
 * different keys, and whoever is refused gets the right token accepted after.
 *
 * Input: what the client asks for (1), what the server does (1), the token to
 * change (1), then changes: offset (2), byte to xor (1); a last odd byte cuts.
 */
#include <sspi.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "harness/ntlm_pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t isc_bits[] = { ISC_REQ_INTEGRITY,    ISC_REQ_CONFIDENTIALITY,
                                     ISC_REQ_IDENTIFY,     ISC_REQ_DATAGRAM,
                                     ISC_REQ_NULL_SESSION, ISC_REQ_UNVERIFIED_TARGET_NAME };
static const uint32_t asc_bits[] = { ASC_REQ_INTEGRITY, ASC_REQ_CONFIDENTIALITY, ASC_REQ_DATAGRAM,
                                     ASC_REQ_PROXY_BINDINGS };

static uint32_t pick(const uint32_t *bits, size_t n, uint8_t which)
{
    uint32_t picked = 0;

    for (size_t i = 0; i < n; i++)
        if ((which >> i & 1) != 0)
            picked |= bits[i];
    return picked;
}

struct plan {
    struct pair_legs legs;
    unsigned changed; /* which token: 0 NEGOTIATE, 1 CHALLENGE, 2 AUTHENTICATE */
    struct rd changes;
};

static struct plan read_plan(const uint8_t *data, size_t size)
{
    struct plan plan = { .legs.target = "HTTP/server",
                         .changes = rd_of((struct view){ data, size }) };

    plan.legs.isc = pick(isc_bits, 6, rd_u8(&plan.changes));
    plan.legs.asc = pick(asc_bits, 4, rd_u8(&plan.changes));
    plan.changed = rd_u8(&plan.changes) % 3;
    return plan;
}

static void change(struct plan *plan, struct secret *token)
{
    while (rd_ok(&plan->changes) && plan->changes.left.n >= 3) {
        size_t at = rd_le16(&plan->changes);
        uint8_t with = rd_u8(&plan->changes);

        if (token->n != 0)
            token->p[at % token->n] ^= with;
    }
    if (plan->changes.left.n == 1 && token->n != 0)
        token->n = rd_u8(&plan->changes) % token->n;
}

typedef enum ssp_err leg_fn(struct pair *pair, const struct pair_legs *legs, struct view token);

/* One leg with the token that came, changed if it is its turn; then with the right one. */
static enum ssp_err take(struct pair *pair, struct plan *plan, unsigned nth, struct view token,
                         leg_fn *leg)
{
    ssp_cleanup(secret_wipe) struct secret copy = { 0 };

    if (nth != plan->changed)
        return leg(pair, &plan->legs, token);
    if (secret_new(token, &copy) != SSP_OK)
        abort();
    change(plan, &copy);
    enum ssp_err e = leg(pair, &plan->legs, secret_view(&copy));
    return e == SSP_OK ? e : leg(pair, &plan->legs, token);
}

static enum ssp_err run(struct pair *pair, struct plan *plan)
{
    SSP_TRY(pair_client_leg(pair, &plan->legs, (struct view){ 0 }));
    SSP_TRY(take(pair, plan, 0, pair_token(&pair->client), pair_server_leg));
    SSP_TRY(take(pair, plan, 1, pair_token(&pair->server), pair_client_leg));
    return take(pair, plan, 2, pair_token(&pair->client), pair_server_leg);
}

static void check(struct pair *pair)
{
    const struct ntlm_core *client = &pair->client.core;
    const struct ntlm_core *server = &pair->server.core;
    bool sealed = (client->session.flags & NTLMSSP_NEGOTIATE_SEAL) != 0;

    if (!ct_eq(VIEW_OF(client->session_key), VIEW_OF(server->session_key)))
        abort();
    if (client->is_anonymous != server->is_anonymous)
        abort();
    if (pair_talks(pair) != sealed)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pair pair;
    struct plan plan = read_plan(data, size);

    if (pair.client_cred == NULL)
        pair_start_as(&pair, "", "anonymous = yes\n");
    if (run(&pair, &plan) == SSP_OK)
        check(&pair);
    pair_restart(&pair);
    return 0;
}
