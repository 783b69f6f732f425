/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/loopback.h"

void loopback_begin(struct loopback *loop, const struct scene *scene, way_fn *way)
{
    *loop = (struct loopback){ party_of(scene, false), party_of(scene, true), way };
}

void loopback_end(struct loopback *loop)
{
    party_end(&loop->client);
    party_end(&loop->server);
}

static void part(struct party *party)
{
    struct job job = JOB_INIT;

    if (party->has_ctx)
        (void)party_delete(party, &job);
}

void loopback_part(struct loopback *loop)
{
    part(&loop->client);
    part(&loop->server);
}

SECURITY_STATUS loopback_do(struct loopback *loop, struct party *party, deed_fn *deed,
                            struct job *job)
{
    SECURITY_STATUS status = deed(party, job);

    if (loop->way != NULL && party->has_ctx)
        loop->way(party);
    return status;
}

SECURITY_STATUS loopback_shake(struct loopback *loop, unsigned legs)
{
    struct job job = JOB_INIT;
    SECURITY_STATUS status = SEC_E_OK;

    for (unsigned leg = 0; leg < legs && status >= 0; leg++) {
        if (leg > 0 && job.n == 0)
            break;
        status = loopback_do(loop, leg % 2 == 0 ? &loop->client : &loop->server, party_leg, &job);
    }
    return status;
}

static bool arrives(struct loopback *loop, struct party *from, struct party *to,
                    deed_fn *const deeds[2])
{
    static const char words[] = "words that nobody else should read";
    struct job job = job_text(words);

    return loopback_do(loop, from, deeds[0], &job) == SEC_E_OK &&
           loopback_do(loop, to, deeds[1], &job) == SEC_E_OK && job_says(&job, words);
}

bool loopback_passes(struct loopback *loop, struct party *from, struct party *to)
{
    static deed_fn *const sealed[] = { party_seal, party_unseal };
    static deed_fn *const clear[] = { party_sign, party_verify };

    if (!arrives(loop, from, to, sealed))
        return false;
    struct job job = job_text("in clear");
    return from->scene->is_stream
               ? loopback_do(loop, from, party_sign, &job) == SEC_E_UNSUPPORTED_FUNCTION
               : arrives(loop, from, to, clear);
}

bool loopback_talks(struct loopback *loop)
{
    return loopback_passes(loop, &loop->client, &loop->server) &&
           loopback_passes(loop, &loop->server, &loop->client);
}
