/* SPDX-License-Identifier: Apache-2.0 */
/* Our initiator against acceptors that are made by hand, and what credentials leave to choose. */
#include <string.h>

#include "negotiate/handmade.h"

/* The offer has been made, and the acceptor's NTLM has its answer in the job. */
static struct nego_init offer(struct bout *bout)
{
    bout_begin(bout, false);
    assert_int_equal(bout_nego(bout), SEC_I_CONTINUE_NEEDED);
    struct nego_init init = bout_unwrap_init(bout);
    assert_true(init.has_token);
    assert_int_equal(bout_ntlm(bout), SEC_I_CONTINUE_NEEDED);
    return init;
}

/* Until our initiator has sent its last token, whose MIC is given. */
static struct nego_resp answer(struct bout *bout, enum nego_verdict verdict)
{
    bout->hand.resp.verdict = verdict;
    bout->hand.resp.oid = oid_of(NEGO_MECH_NTLM);
    bout_wrap_resp(bout);
    assert_int_equal(bout_nego(bout), SEC_I_CONTINUE_NEEDED);
    struct nego_resp resp = bout_unwrap_resp(bout);
    assert_int_equal(bout_ntlm(bout), SEC_E_OK);
    return resp;
}

static SECURITY_STATUS last_word(struct bout *bout, enum nego_verdict verdict)
{
    bout->hand.resp = (struct nego_resp){ .verdict = verdict };
    bout->job.n = 0;
    bout_wrap_resp(bout);
    return bout_nego(bout);
}

static void a_favourite_that_is_taken_needs_no_mic(void **state)
{
    struct bout bout;

    (void)state;
    (void)offer(&bout);
    assert_false(answer(&bout, NEGO_INCOMPLETE).has_mic);
    assert_int_equal(last_word(&bout, NEGO_COMPLETED), SEC_E_OK);
    struct loopback loop = { .client = bout.nego, .server = bout.ntlm };
    assert_true(loopback_talks(&loop));
    bout_end(&bout);
}

/* The keystream is put back after each MIC, so a peer that does not do so cannot go on; but the
 * MICs themselves fit. */
static void a_mic_that_is_asked_for_is_made_and_the_peers_is_checked(void **state)
{
    struct bout bout;

    (void)state;
    struct nego_init init = offer(&bout);
    struct nego_resp resp = answer(&bout, NEGO_REQUEST_MIC);
    assert_true(resp.has_mic);
    assert_int_equal(bout_verify_list(&bout, init.list, resp.mic), SEC_E_OK);
    bout.hand.n_oids = init.n;
    memcpy(bout.hand.oids, init.oid, init.n * sizeof(init.oid[0]));
    bout_sign_list(&bout);
    assert_int_equal(last_word(&bout, NEGO_COMPLETED), SEC_E_OK);
    bout_end(&bout);
}

static void the_acceptors_mic_has_to_come_and_to_fit(void **state)
{
    struct bout bout;

    (void)state;
    (void)offer(&bout);
    (void)answer(&bout, NEGO_REQUEST_MIC);
    assert_int_equal(last_word(&bout, NEGO_COMPLETED), SEC_E_DOWNGRADE_DETECTED);
    bout_end(&bout);
    struct nego_init init = offer(&bout);
    (void)answer(&bout, NEGO_REQUEST_MIC);
    bout.hand.n_oids = init.n;
    memcpy(bout.hand.oids, init.oid, init.n * sizeof(init.oid[0]));
    bout_sign_list(&bout);
    bout.hand.mic[5] ^= 1;
    assert_int_equal(last_word(&bout, NEGO_COMPLETED), SEC_E_DOWNGRADE_DETECTED);
    bout.hand.mic[5] ^= 1;
    assert_int_equal(last_word(&bout, NEGO_COMPLETED), SEC_E_OUT_OF_SEQUENCE);
    bout_end(&bout);
}

/* A reply that is refused leaves the negotiation where it was. */
static void refuses_replies_that_cannot_be(void **state)
{
    static const uint8_t foreign[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1e };
    struct bout bout;

    (void)state;
    (void)offer(&bout);
    struct job challenge = bout.job;
    bout.hand.resp = (struct nego_resp){ .verdict = NEGO_UNSAID, .oid = oid_of(NEGO_MECH_NTLM) };
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN);
    bout.job = challenge;
    bout.hand.resp = (struct nego_resp){ .verdict = NEGO_INCOMPLETE, .oid = VIEW_OF(foreign) };
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN);
    bout.job.n = 0; /* nothing for the package */
    bout.hand.resp.oid = oid_of(NEGO_MECH_NTLM);
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN);
    bout.job = challenge;
    bout_wrap_init(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN);
    bout.job = challenge; /* and the right one */
    (void)answer(&bout, NEGO_INCOMPLETE);
    assert_int_equal(last_word(&bout, NEGO_INCOMPLETE), SEC_E_INVALID_TOKEN);
    bout.hand.resp = (struct nego_resp){ .verdict = NEGO_COMPLETED, .oid = VIEW_OF(foreign) };
    bout.job.n = 0; /* [MS-SPNG] 3.3.5: the mechanism is not looked at any more */
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_OK);
    bout_end(&bout);
}

static void an_acceptor_that_is_done_too_early_is_refused(void **state)
{
    struct bout bout;

    (void)state;
    (void)offer(&bout);
    bout.hand.resp.verdict = NEGO_COMPLETED;
    bout.hand.resp.oid = oid_of(NEGO_MECH_NTLM);
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN);
    bout_end(&bout);
}

static void an_acceptor_may_reject(void **state)
{
    struct bout bout;

    (void)state;
    (void)offer(&bout);
    struct job challenge = bout.job;
    assert_int_equal(last_word(&bout, NEGO_REJECT), SEC_E_LOGON_DENIED);
    bout.job = challenge;
    (void)answer(&bout, NEGO_INCOMPLETE);
    assert_int_equal(last_word(&bout, NEGO_REJECT), SEC_E_LOGON_DENIED);
    bout_end(&bout);
}

static void a_token_after_the_last_one_is_refused(void **state)
{
    struct bout bout;

    (void)state;
    (void)offer(&bout);
    struct job challenge = bout.job;
    (void)answer(&bout, NEGO_INCOMPLETE);
    bout.job = challenge;
    bout_wrap_resp(&bout);
    assert_int_equal(bout_nego(&bout), SEC_E_INVALID_TOKEN);
    assert_int_equal(last_word(&bout, NEGO_COMPLETED), SEC_E_OK);
    bout_end(&bout);
}

static void hints_are_read_and_change_nothing(void **state)
{
    struct loopback loop;
    struct job job = JOB_INIT;

    (void)state;
    loopback_begin(&loop, &scene_negotiate, NULL);
    assert_int_equal(party_leg(&loop.server, &job), SEC_I_CONTINUE_NEEDED);
    struct job bad = job;
    bad.bytes[bad.n - 1] ^= 0; /* as it came */
    bad.n -= 1;
    bad.bytes[1]--; /* shorter, but inside it is not */
    assert_int_equal(party_leg(&loop.client, &bad), SEC_E_INVALID_TOKEN);
    for (unsigned i = 0; i < 4; i++) {
        struct party *party = i % 2 == 0 ? &loop.client : &loop.server;
        SECURITY_STATUS status = party_leg(party, &job);

        assert_true(status >= 0);
    }
    assert_int_equal(party_leg(&loop.client, &job), SEC_E_OK);
    assert_true(loopback_talks(&loop));
    loopback_end(&loop);
}

/* ---- What credentials leave -------------------------------------------- */

static SECURITY_STATUS acquire_with(const char *list)
{
    SEC_WINNT_AUTH_IDENTITY_EXA identity = {
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
        .Length = sizeof(identity),
        .User = (unsigned char *)(uintptr_t)WORLD_USER,
        .UserLength = sizeof(WORLD_USER) - 1,
        .Domain = (unsigned char *)(uintptr_t)WORLD_DOMAIN,
        .DomainLength = sizeof(WORLD_DOMAIN) - 1,
        .Password = (unsigned char *)(uintptr_t)WORLD_PASSWORD,
        .PasswordLength = sizeof(WORLD_PASSWORD) - 1,
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
        .PackageList = (unsigned char *)(uintptr_t)list,
        .PackageListLength = (ULONG)strlen(list),
    };
    CredHandle cred = { 0 };
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t) "Negotiate", SECPKG_CRED_OUTBOUND,
                                  NULL, &identity, NULL, NULL, &cred, NULL);

    if (status == SEC_E_OK)
        assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    return status;
}

static void a_package_list_says_what_may_be_negotiated(void **state)
{
    (void)state;
    assert_int_equal(acquire_with("ntlm"), SEC_E_OK);
    assert_int_equal(acquire_with("Kerberos,NTLM"), SEC_E_OK);
    assert_int_equal(acquire_with("!kerberos"), SEC_E_OK);
    assert_int_equal(acquire_with("!kerberos, !ntlm"), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(acquire_with("pku2u"), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(acquire_with("ntlm, !ntlm"), SEC_E_SECPKG_NOT_FOUND);
}

static void datagrams_are_not_negotiated(void **state)
{
    struct scene scene = scene_negotiate;
    struct loopback loop;
    struct job job = JOB_INIT;

    (void)state;
    scene.initiator_asks |= ISC_REQ_DATAGRAM;
    loopback_begin(&loop, &scene, NULL);
    assert_int_equal(party_leg(&loop.client, &job), SEC_E_UNSUPPORTED_FUNCTION);
    loopback_end(&loop);
}

/* ---- Pieces ------------------------------------------------------------ */

enum { PIECE = 50 };

/* One call with so little room, with what the other side gave. */
static SECURITY_STATUS piece(struct party *party, struct job *job)
{
    uint8_t place[PIECE];
    SecBuffer in = { job->n, SECBUFFER_TOKEN, job->bytes };
    SecBuffer out = { sizeof(place), SECBUFFER_TOKEN, place };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    CtxtHandle *old = party->has_ctx ? &party->ctx : NULL;
    SECURITY_STATUS status =
        party->accepts
            ? AcceptSecurityContext(&party->cred, old, &in_desc, party->scene->acceptor_asks,
                                    SECURITY_NATIVE_DREP, &party->ctx, &out_desc,
                                    &party->attributes, NULL)
            : InitializeSecurityContextA(&party->cred, old,
                                         (SEC_CHAR *)(uintptr_t)party->scene->target,
                                         party->scene->initiator_asks, 0, SECURITY_NATIVE_DREP,
                                         job->n != 0 ? &in_desc : NULL, 0, &party->ctx, &out_desc,
                                         &party->attributes, NULL);

    if (status < 0)
        return status;
    party->has_ctx = true;
    job->n = out.cbBuffer;
    memcpy(job->bytes, place, job->n);
    return status;
}

static void a_negotiation_goes_through_in_pieces(void **state)
{
    struct scene scene = scene_negotiate;
    struct loopback other;
    struct loopback loop;
    struct job job = JOB_INIT;
    SECURITY_STATUS status[2] = { SEC_I_CONTINUE_NEEDED, SEC_I_CONTINUE_NEEDED };
    unsigned calls = 0;

    (void)state;
    scene.initiator_asks |= ISC_REQ_FRAGMENT_TO_FIT;
    scene.acceptor_asks |= ASC_REQ_FRAGMENT_TO_FIT;
    loopback_begin(&other, &scene_negotiate, NULL); /* for its credentials */
    assert_int_equal(loopback_shake(&other, 2), SEC_I_CONTINUE_NEEDED);
    loopback_begin(&loop, &scene, NULL);
    loop.client.cred = other.client.cred;
    loop.server.cred = other.server.cred;
    while (status[0] == SEC_I_CONTINUE_NEEDED || status[1] == SEC_I_CONTINUE_NEEDED) {
        unsigned i = calls++ % 2;

        status[i] = piece(i == 0 ? &loop.client : &loop.server, &job);
        assert_true(status[i] >= 0);
        assert_true(calls < 200);
    }
    assert_true(calls > 8);
    loop.client.scene = loop.server.scene = &scene_negotiate;
    assert_true(loopback_talks(&loop));
    loop.client.cred = loop.server.cred = (CredHandle){ 0 };
    loopback_end(&loop);
    loopback_end(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_favourite_that_is_taken_needs_no_mic),
        TEST(a_mic_that_is_asked_for_is_made_and_the_peers_is_checked),
        TEST(the_acceptors_mic_has_to_come_and_to_fit),
        TEST(refuses_replies_that_cannot_be),
        TEST(an_acceptor_that_is_done_too_early_is_refused),
        TEST(an_acceptor_may_reject),
        TEST(a_token_after_the_last_one_is_refused),
        TEST(hints_are_read_and_change_nothing),
        TEST(a_package_list_says_what_may_be_negotiated),
        TEST(datagrams_are_not_negotiated),
        TEST(a_negotiation_goes_through_in_pieces),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
