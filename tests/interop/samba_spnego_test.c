/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI's Negotiate lets in whom Samba's SPNEGO brings, with Kerberos and with NTLM. */
#include "harness/actor.h"
#include "harness/harness.h"
#include "harness/kdc.h"
#include "harness/world.h"
#include "interop/samba_peer.h"

struct meeting {
    struct actor ours;
    struct actor spare;
    struct samba_peer theirs;
    SECURITY_STATUS status; /* of our last leg */
};

static const struct scene kerberos = {
    .package = "Negotiate",
    .user = KDC_USER,
    .domain = KDC_REALM,
    .password = KDC_PASSWORD,
    .target = KDC_SERVICE,
    .initiator_asks = ISC_REQ_CONFIDENTIALITY,
    .acceptor_asks = ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY,
};

static void move(struct meeting *meeting)
{
    struct actor from = meeting->ours;
    struct job job = JOB_INIT;

    job.arg = SECPKG_CONTEXT_EXPORT_DELETE_OLD;
    assert_int_equal(actor_do(&from, party_export, &job), SEC_E_OK);
    assert_int_equal(actor_do(&meeting->spare, party_import, &job), SEC_E_OK);
    meeting->ours = meeting->spare;
    meeting->spare = from;
}

/* Our leg, and our end is elsewhere after it; whether there is something to answer with. */
static bool answer(struct meeting *meeting, struct job *job)
{
    meeting->status = actor_do(&meeting->ours, party_leg, job);
    if (meeting->status < 0)
        return false;
    move(meeting);
    return job->n != 0;
}

static struct meeting meet(const struct scene *scene, const char *config)
{
    struct meeting meeting = {
        .ours = actor_start(scene, true),
        .spare = actor_start(scene, true),
        .theirs = samba_peer_of(scene, false, config),
        .status = SEC_I_CONTINUE_NEEDED,
    };
    struct job job = JOB_INIT;

    /* Ends: the sides run out of tokens. */
    while (samba_peer_leg(&meeting.theirs, &job) && job.n != 0 && answer(&meeting, &job))
        ;
    return meeting;
}

/* Gives the name of the package that was chosen. */
static SECURITY_STATUS chosen(struct party *party, struct job *job)
{
    SecPkgContext_NegotiationInfoA info = { 0 };
    SECURITY_STATUS status =
        QueryContextAttributesA(&party->ctx, SECPKG_ATTR_NEGOTIATION_INFO, &info);

    if (status != SEC_E_OK)
        return status;
    *job = job_text((const char *)info.PackageInfo->Name);
    return FreeContextBuffer(info.PackageInfo);
}

static void assert_agree(struct meeting *meeting, const char *package)
{
    struct job ours = JOB_INIT;
    struct job theirs = JOB_INIT;

    assert_int_equal(meeting->status, SEC_E_OK);
    assert_true(samba_peer_is_content(&meeting->theirs));
    assert_int_equal(actor_do(&meeting->ours, chosen, &ours), SEC_E_OK);
    assert_true(job_says(&ours, package));
    assert_int_equal(actor_do(&meeting->ours, party_key, &ours), SEC_E_OK);
    samba_peer_key(&meeting->theirs, &theirs);
    assert_int_equal(ours.n, theirs.n);
    assert_memory_equal(ours.bytes, theirs.bytes, ours.n);
    assert_true(samba_peer_end(&meeting->theirs));
}

static void samba_comes_with_kerberos(void **state)
{
    struct meeting meeting = meet(&kerberos, "realm = " KDC_REALM);

    (void)state;
    assert_agree(&meeting, "Kerberos");
}

static void samba_comes_with_ntlm_where_it_finds_no_kdc(void **state)
{
    struct scene scene = kerberos;

    (void)state;
    scene.domain = WORLD_DOMAIN;
    scene.target = "HTTP/server";
    struct meeting meeting = meet(&scene, "");
    assert_agree(&meeting, "NTLM");
}

static void samba_does_not_come_with_the_wrong_password(void **state)
{
    struct scene scene = kerberos;

    (void)state;
    scene.domain = WORLD_DOMAIN;
    scene.target = "HTTP/server";
    scene.password = "not " WORLD_PASSWORD;
    struct meeting meeting = meet(&scene, "");
    assert_int_equal(meeting.status, SEC_E_LOGON_DENIED);
    assert_true(samba_peer_end(&meeting.theirs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(samba_comes_with_kerberos),
        ACTOR_TEST(samba_comes_with_ntlm_where_it_finds_no_kdc),
        ACTOR_TEST(samba_does_not_come_with_the_wrong_password),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
