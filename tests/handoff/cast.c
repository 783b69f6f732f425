/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/cast.h"

#include <stdlib.h>

#include <unistd.h>

const struct scene *cast_scene(void)
{
    const char *name = getenv("HANDOFF_PACKAGE"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    const struct scene *scene = name == NULL ? &scene_ntlm : scene_of(name);

    if (scene == NULL)
        abort();
    return scene;
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

/* ---- Handshakes leg by leg ---------------------------------------------- */

/* A role is done when its peer has the last word, or it has it itself. */
SECURITY_STATUS cast_leg_status(const struct scene *scene, unsigned leg)
{
    return leg + 2 < scene->legs ? SEC_I_CONTINUE_NEEDED : SEC_E_OK;
}

/* Does that role have a context by then, which its last leg left half done? */
static bool is_halt(const struct scene *scene, struct halt halt)
{
    unsigned first = halt.accepts ? 1 : 0;

    if (halt.legs <= first)
        return false;
    unsigned last = halt.legs - 1 - (halt.legs - 1 - first) % 2;
    return cast_leg_status(scene, last) == SEC_I_CONTINUE_NEEDED;
}

bool cast_next_halt(const struct scene *scene, struct halt *halt)
{
    do {
        halt->legs++;
        if (halt->legs >= scene->legs && halt->accepts)
            return false;
        if (halt->legs >= scene->legs)
            *halt = (struct halt){ .accepts = true, .legs = 1 };
    } while (!is_halt(scene, *halt));
    return true;
}

bool cast_stays(const struct scene *scene)
{
    return scene->is_kept && !world_has_lsad();
}

bool cast_has_halts(const struct scene *scene)
{
    return !cast_stays(scene) && cast_next_halt(scene, &(struct halt){ 0 });
}

struct pairs pairs_start(const struct scene *scene)
{
    return (struct pairs){
        .on = { actor_start(scene, false), actor_start(scene, true) },
        .off = { actor_start(scene, false), actor_start(scene, true) },
    };
}

void pairs_clear(const struct pairs *pairs)
{
    for (size_t i = 0; i < 2; i++) {
        (void)actor_does(&pairs->on[i], party_delete, 0); /* that of one who has none fails */
        (void)actor_does(&pairs->off[i], party_delete, 0);
    }
}

void pairs_swap(struct pairs *pairs, bool accepts)
{
    struct actor from = pairs->on[accepts];

    pairs->on[accepts] = pairs->off[accepts];
    pairs->off[accepts] = from;
}

void pairs_move(struct pairs *pairs, bool accepts)
{
    cast_hand_over(&pairs->on[accepts], &pairs->off[accepts], SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    pairs_swap(pairs, accepts);
}

void pairs_take_legs(const struct pairs *pairs, unsigned from, unsigned to, struct job *job)
{
    for (unsigned leg = from; leg < to; leg++)
        assert_int_equal(cast_leg(&pairs->on[leg % 2], job), cast_leg_status(cast_scene(), leg));
}

void pairs_go_to(const struct pairs *pairs, struct halt halt, struct job *job)
{
    pairs_take_legs(pairs, 0, halt.legs, job);
}

void pairs_finish(const struct pairs *pairs, unsigned from, struct job *job)
{
    pairs_take_legs(pairs, from, cast_scene()->legs, job);
    assert_int_equal(job->n, 0);
    cast_talk(&pairs->on[0], &pairs->on[1]);
}

/* ---- Messages ------------------------------------------------------------ */

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

    if (status != SEC_E_OK)
        return status;
    if (!from->scene->is_stream)
        return carry(from, to, party_sign, party_verify);
    assert_int_equal(actor_does(from, party_sign, 0), SEC_E_UNSUPPORTED_FUNCTION);
    return SEC_E_OK;
}

void cast_talk(const struct actor *one, const struct actor *other)
{
    assert_int_equal(cast_say(one, other), SEC_E_OK);
    assert_int_equal(cast_say(other, one), SEC_E_OK);
}

/* ---- The passage ---------------------------------------------------------- */

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
