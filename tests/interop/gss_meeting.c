/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/gss_meeting.h"

#include <locale.h>

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
    /* As an acceptor the peer takes users' names from UTF-16 to the locale's encoding. */
    return setlocale(LC_CTYPE, "C.UTF-8") == NULL ? -1 : failed;
}

struct gss_meeting gss_meeting_of(bool we_accept, const struct scene *ours,
                                  const struct gss_scene *theirs)
{
    return (struct gss_meeting){
        .we_accept = we_accept,
        .scene = *ours,
        .ours = actor_start(ours, we_accept),
        .theirs = gss_peer_of(theirs, !we_accept),
        .status = SEC_I_CONTINUE_NEEDED,
    };
}

void gss_meeting_move(struct gss_meeting *meeting)
{
    struct actor from = meeting->ours;
    struct job job = JOB_INIT;

    if (meeting->spare.pid == 0)
        meeting->spare = actor_start(&meeting->scene, meeting->we_accept);
    job.arg = SECPKG_CONTEXT_EXPORT_DELETE_OLD;
    assert_int_equal(actor_do(&from, party_export, &job), SEC_E_OK);
    assert_int_equal(actor_do(&meeting->spare, party_import, &job), SEC_E_OK);
    meeting->ours = meeting->spare;
    meeting->spare = from;
}

bool gss_meeting_leg(struct gss_meeting *meeting, bool is_ours, struct job *job)
{
    if (is_ours)
        meeting->status = actor_do(&meeting->ours, party_leg, job);
    else
        (void)gss_peer_leg(&meeting->theirs, job);
    meeting->legs++;
    bool is_fine = is_ours ? meeting->status >= 0 : !GSS_ERROR(meeting->theirs.major);
    if (is_fine)
        glance_at(job, &meeting->seen);
    return is_fine;
}

void gss_meeting_shake(struct gss_meeting *meeting, unsigned move_after)
{
    struct job job = JOB_INIT;
    unsigned ours = 0;
    bool is_ours = !meeting->we_accept;
    unsigned legs = 0;

    /* Ends: both sides run out of tokens.  In datagram mode the first is empty. */
    while (legs++ < 2 || job.n != 0) {
        if (!gss_meeting_leg(meeting, is_ours, &job))
            return;
        if (is_ours && (++ours == move_after || move_after == GSS_EACH_LEG))
            gss_meeting_move(meeting);
        is_ours = !is_ours;
    }
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

typedef OM_uint32 gss_deed_fn(struct gss_peer *peer, struct job *job);

/* Without extended session security: [MS-NLMP] 3.4.4.1 sets RandomPad to 0 at last and the peer
 * wants that; the example in 4.2.2.4, which we follow to the byte, has it encrypted. */
static void clear_pad(const struct gss_meeting *meeting, struct job *packet)
{
    if (meeting->seen.flags != 0 && (meeting->seen.flags & ESS) == 0)
        memset(packet->bytes + 5, 0, 4);
}

/* Of the next datagram from that side; in a connection each side counts for itself. */
static ULONG number(struct gss_meeting *meeting, int from)
{
    ULONG number = meeting->numbers[from]++;

    if ((meeting->seen.flags & DATAGRAM) != 0)
        gss_peer_number(&meeting->theirs, number);
    return number;
}

static void we_pass(struct gss_meeting *meeting, const char *text, deed_fn *protect,
                    gss_deed_fn *unprotect)
{
    struct job job = job_text(text);

    job.arg = number(meeting, 0);
    assert_int_equal(actor_do(&meeting->ours, protect, &job), SEC_E_OK);
    clear_pad(meeting, &job);
    assert_int_equal(unprotect(&meeting->theirs, &job), GSS_S_COMPLETE);
    assert_true(job_says(&job, text));
}

static void they_pass(struct gss_meeting *meeting, const char *text, gss_deed_fn *protect,
                      deed_fn *unprotect)
{
    struct job job = job_text(text);

    job.arg = number(meeting, 1);
    assert_int_equal(protect(&meeting->theirs, &job), GSS_S_COMPLETE);
    assert_int_equal(actor_do(&meeting->ours, unprotect, &job), SEC_E_OK);
    assert_true(job_says(&job, text));
}

/* gss-ntlmssp seals datagrams with the key of the connection, where [MS-NLMP] 3.4 wants a key of
 * the message's own: those are only signed. */
static bool may_seal(const struct gss_meeting *meeting)
{
    if (meeting->seen.flags == 0)
        return (meeting->theirs.has & GSS_C_CONF_FLAG) != 0;
    return (meeting->seen.flags & (SEAL | DATAGRAM)) == SEAL;
}

void gss_meeting_we_say(struct gss_meeting *meeting, const char *text)
{
    if (may_seal(meeting))
        we_pass(meeting, text, party_seal, gss_peer_unseal);
    we_pass(meeting, text, party_sign, gss_peer_verify);
}

void gss_meeting_they_say(struct gss_meeting *meeting, const char *text)
{
    if (may_seal(meeting))
        they_pass(meeting, text, gss_peer_seal, party_unseal);
    they_pass(meeting, text, gss_peer_sign, party_verify);
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
