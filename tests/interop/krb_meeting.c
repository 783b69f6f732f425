/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/krb_meeting.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/kdc.h"

/* As kdc_types[] has them (RFC 3961 8, RFC 8009 7). */
static const int32_t enctypes[KRB_TYPES] = { 20, 19, 18, 17 };

bool krb_is_chosen(void)
{
    return getenv("KRB_CHOSEN") != NULL; // NOLINT(concurrency-mt-unsafe): nobody sets it
}

struct krb_scenes krb_scenes_usual(void)
{
    struct krb_scenes scenes = { scene_kerberos, gss_kerberos };

    scenes.ours.user = NULL;
    if (krb_is_chosen())
        scenes.ours.package = "Negotiate";
    scenes.theirs.spnego = krb_is_chosen();
    return scenes;
}

/* "HTTP@host" is GSS-API's form. */
void krb_scenes_aim_at(struct krb_scenes *scenes, const char *service)
{
    static char names[8][2][128];
    static size_t turn;
    char *ours = names[turn % 8][0];
    char *theirs = names[turn++ % 8][1];

    (void)snprintf(ours, sizeof(names[0][0]), "%s", service);
    (void)snprintf(theirs, sizeof(names[0][1]), "%s", service);
    *strchr(theirs, '/') = '@';
    scenes->ours.target = ours;
    scenes->theirs.target = theirs;
}

struct krb_scenes krb_scenes_of_type(size_t type)
{
    struct krb_scenes scenes = krb_scenes_usual();

    krb_scenes_aim_at(&scenes, kdc_service_of(kdc_types[type]));
    scenes.theirs.enctype = enctypes[type];
    return scenes;
}

void krb_scenes_ask(struct krb_scenes *scenes, ULONG isc, OM_uint32 gss)
{
    scenes->ours.initiator_asks |= isc;
    scenes->theirs.asks |= gss;
}

struct gss_meeting krb_meet(bool we_accept, const struct krb_scenes *scenes, unsigned move_after)
{
    struct gss_meeting meeting = gss_meeting_of(we_accept, &scenes->ours, &scenes->theirs);

    gss_meeting_shake(&meeting, move_after);
    assert_int_equal(meeting.status, SEC_E_OK);
    assert_int_equal(meeting.theirs.major, GSS_S_COMPLETE);
    return meeting;
}

void krb_shake_and_hear(struct gss_meeting *meeting)
{
    struct job job = JOB_INIT;
    bool is_ours = !meeting->we_accept;
    bool is_fine = true;

    for (unsigned leg = 0; is_fine && (leg == 0 || job.n != 0); leg++) {
        is_fine = gss_meeting_leg(meeting, is_ours, &job);
        is_ours = !is_ours;
    }
    if (!is_fine && is_ours && job.n != 0)
        (void)gss_meeting_leg(meeting, true, &job);
}

void assert_refused(bool we_accept, const struct krb_scenes *scenes, SECURITY_STATUS want)
{
    struct gss_meeting meeting = gss_meeting_of(we_accept, &scenes->ours, &scenes->theirs);

    krb_shake_and_hear(&meeting);
    assert_int_equal(meeting.status, want);
    gss_meeting_end(&meeting);
}
