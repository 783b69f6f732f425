/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/cast.h"

#include <stdlib.h>

#include <unistd.h>

const struct scene *cast_scene(void)
{
    const char *package =
        getenv("HANDOFF_PACKAGE"); // NOLINT(concurrency-mt-unsafe): nobody sets it

    return package == NULL ? &scene_ntlm : scene_of(package);
}

struct cast cast_start_in(const struct scene *scene)
{
    return (struct cast){
        .client = actor_start(scene, false),
        .server = actor_start(scene, true),
        .heir = actor_start(scene, false),
    };
}

struct cast cast_start(void)
{
    return cast_start_in(cast_scene());
}

struct cast cast_meet(void)
{
    struct cast cast = cast_start();

    assert_int_equal(cast_shake(&cast.client, &cast.server), SEC_E_OK);
    return cast;
}

SECURITY_STATUS cast_leg(const struct actor *actor, struct job *job)
{
    return actor_do(actor, party_leg, job);
}

SECURITY_STATUS cast_shake(const struct actor *client, const struct actor *server)
{
    struct job job = JOB_INIT;
    SECURITY_STATUS status = cast_leg(client, &job);

    for (bool is_servers = true; status >= 0 && job.n != 0; is_servers = !is_servers)
        status = cast_leg(is_servers ? server : client, &job);
    return status;
}

static SECURITY_STATUS carry(const struct actor *from, const struct actor *to, deed_fn *protect,
                             deed_fn *unprotect)
{
    static const char words[] = "words that nobody else should read";
    struct job job = job_text(words);
    SECURITY_STATUS status = actor_do(from, protect, &job);

    if (status == SEC_E_OK)
        status = actor_do(to, unprotect, &job);
    if (status == SEC_E_OK)
        assert_true(job_says(&job, words));
    return status;
}

SECURITY_STATUS cast_say(const struct actor *from, const struct actor *to)
{
    SECURITY_STATUS status = carry(from, to, party_seal, party_unseal);

    return status == SEC_E_OK ? carry(from, to, party_sign, party_verify) : status;
}

void cast_talk(const struct actor *one, const struct actor *other)
{
    assert_int_equal(cast_say(one, other), SEC_E_OK);
    assert_int_equal(cast_say(other, one), SEC_E_OK);
}

struct job cast_export(const struct actor *from, ULONG flags)
{
    struct job job = JOB_INIT;

    job.arg = flags;
    assert_int_equal(actor_do(from, party_export, &job), SEC_E_OK);
    return job;
}

void cast_hand_over(const struct actor *from, const struct actor *to, ULONG flags)
{
    struct job job = cast_export(from, flags);

    assert_int_equal(actor_do(to, party_import, &job), SEC_E_OK);
}

SECURITY_STATUS cast_import(const struct actor *to, const struct job *blob)
{
    struct job copy = *blob;

    copy.fd = -1;
    return actor_do(to, party_import, &copy);
}
