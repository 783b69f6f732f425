/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/gss_meeting.h"

bool gss_role[2] = { false, true };

bool gss_we_accept(void **state)
{
    const bool *role = *state;

    return *role;
}

int gss_meeting_setup(void **state)
{
    int failed = world_begin(state);

    gss_accounts();
    return failed;
}

struct gss_meeting gss_meeting_of(bool we_accept, const struct scene *ours,
                                  const struct gss_scene *theirs)
{
    return (struct gss_meeting){
        .we_accept = we_accept,
        .ours = actor_start(ours, we_accept),
        .spare = actor_start(ours, we_accept),
        .theirs = gss_peer_of(theirs, !we_accept),
        .status = SEC_I_CONTINUE_NEEDED,
    };
}

void gss_meeting_move(struct gss_meeting *meeting)
{
    struct actor from = meeting->ours;
    struct job job = JOB_INIT;

    job.arg = SECPKG_CONTEXT_EXPORT_DELETE_OLD;
    assert_int_equal(actor_do(&from, party_export, &job), SEC_E_OK);
    assert_int_equal(actor_do(&meeting->spare, party_import, &job), SEC_E_OK);
    meeting->ours = meeting->spare;
    meeting->spare = from;
}

/* False when somebody refused. */
static bool take_leg(struct gss_meeting *meeting, bool is_ours, struct job *job)
{
    if (!is_ours)
        return !GSS_ERROR(gss_peer_leg(&meeting->theirs, job));
    meeting->status = actor_do(&meeting->ours, party_leg, job);
    return meeting->status >= 0;
}

void gss_meeting_shake(struct gss_meeting *meeting, unsigned move_after)
{
    struct job job = JOB_INIT;
    unsigned ours = 0;
    bool is_ours = !meeting->we_accept;

    /* Ends: NTLM's sides run out of tokens. */
    do {
        if (!take_leg(meeting, is_ours, &job))
            return;
        if (is_ours && ++ours == move_after)
            gss_meeting_move(meeting);
        is_ours = !is_ours;
    } while (job.n != 0);
}

bool gss_meeting_agrees(const struct gss_meeting *meeting)
{
    return meeting->status == SEC_E_OK && meeting->theirs.major == GSS_S_COMPLETE;
}

struct gss_meeting gss_meeting_usual(bool we_accept)
{
    struct gss_meeting meeting = gss_meeting_of(we_accept, &scene_ntlm, &gss_usual);

    gss_meeting_shake(&meeting, 0);
    assert_int_equal(meeting.status, SEC_E_OK);
    assert_int_equal(meeting.theirs.major, GSS_S_COMPLETE);
    return meeting;
}

void gss_meeting_we_say(struct gss_meeting *meeting, const char *text)
{
    struct job job = job_text(text);

    assert_int_equal(actor_do(&meeting->ours, party_seal, &job), SEC_E_OK);
    assert_int_equal(gss_peer_unseal(&meeting->theirs, &job), GSS_S_COMPLETE);
    assert_true(job_says(&job, text));
    assert_int_equal(actor_do(&meeting->ours, party_sign, &job), SEC_E_OK);
    assert_int_equal(gss_peer_verify(&meeting->theirs, &job), GSS_S_COMPLETE);
    assert_true(job_says(&job, text));
}

void gss_meeting_they_say(struct gss_meeting *meeting, const char *text)
{
    struct job job = job_text(text);

    assert_int_equal(gss_peer_seal(&meeting->theirs, &job), GSS_S_COMPLETE);
    assert_int_equal(actor_do(&meeting->ours, party_unseal, &job), SEC_E_OK);
    assert_true(job_says(&job, text));
    assert_int_equal(gss_peer_sign(&meeting->theirs, &job), GSS_S_COMPLETE);
    assert_int_equal(actor_do(&meeting->ours, party_verify, &job), SEC_E_OK);
    assert_true(job_says(&job, text));
}

void gss_meeting_talk(struct gss_meeting *meeting)
{
    gss_meeting_we_say(meeting, "words of ours that nobody else should read");
    gss_meeting_they_say(meeting, "words of theirs");
}

void gss_meeting_end(struct gss_meeting *meeting)
{
    gss_peer_end(&meeting->theirs);
}
