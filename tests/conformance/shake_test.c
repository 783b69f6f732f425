/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials and handshakes: whatever the package, and whatever happens between the legs. */
#include <stdlib.h>
#include <string.h>

#include "conformance/leg.h"

/* ---- Handshakes -------------------------------------------------------- */

static void ends_with_a_session_that_protects(void **state)
{
    assert_int_equal(loopback_shake(loop_of(state), ALL_LEGS), SEC_E_OK);
    assert_true(loopback_talks(loop_of(state)));
}

static void gives_what_was_asked_for(void **state)
{
    struct loopback *loop = loop_of(state);

    assert_int_equal(loopback_shake(loop, ALL_LEGS), SEC_E_OK);
    assert_int_equal(loop->client.attributes & subject->scene->initiator_asks,
                     subject->scene->initiator_asks);
    assert_int_equal(loop->server.attributes & subject->scene->acceptor_asks,
                     subject->scene->acceptor_asks);
}

static void writes_into_the_callers_memory(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;

    get_credentials(loop);
    for (unsigned i = 0; i == 0 || job.n != 0; i++) {
        uint8_t place[JOB_BYTES];
        struct leg leg;

        leg_with(&leg, &job, place, sizeof(place));
        status = leg_take(whose(loop, i), &leg, 0);
        assert_true(status >= 0);
        if (loop->way != NULL)
            loop->way(whose(loop, i));
        assert_ptr_equal(leg.out.pvBuffer, place);
        job.n = leg.out.cbBuffer;
        memcpy(job.bytes, place, job.n);
    }
    assert_int_equal(status, SEC_E_OK);
    assert_true(loopback_talks(loop));
}

/* The same leg made a token of that size before. */
static void is_about(ULONG size, ULONG told)
{
    assert_true(size + subject->size_varies >= told && size <= told + subject->size_varies);
}

/* Tries it with too little room; the size that it told, 0 when it has nothing to say. */
static ULONG size_of_leg(struct party *party, struct job *job, struct leg *leg)
{
    uint8_t small[1] = { 0x5a };

    leg_with(leg, job, small, sizeof(small));
    if (leg_take(party, leg, 0) != SEC_E_BUFFER_TOO_SMALL)
        return 0;
    assert_true(leg->out.cbBuffer > sizeof(small));
    assert_int_equal(small[0], 0x5a);
    return leg->out.cbBuffer;
}

/* Each leg is tried with too little room first: the size is told, and the leg can be taken again.
 */
static void tells_the_size_and_takes_nothing_when_there_is_too_little_room(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;

    get_credentials(loop);
    for (unsigned i = 0; i == 0 || job.n != 0; i++) {
        struct party *party = whose(loop, i);
        uint8_t place[JOB_BYTES];
        struct leg leg = { 0 };
        ULONG told = size_of_leg(party, &job, &leg);

        if (told != 0) {
            leg_with(&leg, &job, place, told + subject->size_varies);
            assert_true(leg_take(party, &leg, 0) >= 0);
        }
        is_about(leg.out.cbBuffer, told);
        job.n = leg.out.cbBuffer;
        memcpy(job.bytes, place, job.n);
        if (loop->way != NULL)
            loop->way(party);
    }
    assert_true(loopback_talks(loop));
}

/* ---- Tokens that are none ---------------------------------------------- */

/* The first bytes of a token, which is told from all of it or waited for. */
static void cut_it(struct loopback *loop, unsigned leg, struct job *job)
{
    struct job cut = *job;

    cut.n = subject->cut;
    assert_int_equal(loopback_do(loop, whose(loop, leg), party_leg, &cut), subject->on_cut);
    assert_int_equal(cut.n, subject->on_cut < 0 ? subject->cut : 0);
    if (subject->on_cut < 0)
        return;
    job->n -= subject->cut;
    memmove(job->bytes, job->bytes + subject->cut, job->n);
}

/* Each token is spoilt first, and comes unspoilt after: the handshake survives. */
static void goes_on_after_a_token_that_was_cut(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;
    SECURITY_STATUS status = loopback_do(loop, &loop->client, party_leg, &job);

    for (unsigned i = 1; status >= 0 && job.n != 0; i++) {
        cut_it(loop, i, &job);
        status = loopback_do(loop, whose(loop, i), party_leg, &job);
    }
    assert_int_equal(status, SEC_E_OK);
    assert_true(loopback_talks(loop));
}

static void begins_no_session_with_rubbish(void **state)
{
    struct job job = job_text("this is no token of any package at all");

    assert_int_equal(loopback_do(loop_of(state), &loop_of(state)->server, party_leg, &job),
                     subject->on_rubbish);
    assert_false(loop_of(state)->server.has_ctx);
}

static void takes_no_second_handshake_when_one_is_over(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = job_text("this is no token of any package at all");

    assert_int_equal(loopback_shake(loop, ALL_LEGS), SEC_E_OK);
    assert_true(party_leg(&loop->server, &job) < 0);
    assert_true(party_leg(&loop->client, &job) < 0);
    if (subject->scene->is_stream) /* there it was the next record, and a wrong one */
        assert_int_equal(party_seal(&loop->client, &job), SEC_E_CONTEXT_EXPIRED);
    else
        assert_true(loopback_talks(loop));
}

/* ---- Arguments --------------------------------------------------------- */

static void wants_what_it_cannot_do_without(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;
    struct leg leg;
    CtxtHandle ctx = { 0 };

    get_credentials(loop);
    leg_with(&leg, &job, NULL, 0);
    assert_int_equal(InitializeSecurityContextA(NULL, NULL, NULL, 0, 0, SECURITY_NATIVE_DREP, NULL,
                                                0, &ctx, &leg.out_desc, NULL, NULL),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(InitializeSecurityContextA(&loop->client.cred, NULL, NULL, 0, 0,
                                                SECURITY_NATIVE_DREP, NULL, 0, NULL, &leg.out_desc,
                                                NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(AcceptSecurityContext(&loop->server.cred, NULL, NULL, 0, SECURITY_NATIVE_DREP,
                                           NULL, &leg.out_desc, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    leg.out_desc.ulVersion = 99;
    assert_int_equal(InitializeSecurityContextA(&loop->client.cred, NULL, NULL, 0, 0,
                                                SECURITY_NATIVE_DREP, NULL, 0, &ctx, &leg.out_desc,
                                                NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
}

static void takes_a_credential_for_what_it_is_for_only(void **state)
{
    struct loopback *loop = loop_of(state);
    CtxtHandle as_ctx = { 0 };
    struct job job = JOB_INIT;
    struct leg leg;

    get_credentials(loop);
    leg_with(&leg, &job, NULL, 0);
    as_ctx = (CtxtHandle){ loop->client.cred.dwLower, loop->client.cred.dwUpper };
    assert_int_equal(InitializeSecurityContextA(&loop->client.cred, &as_ctx, NULL, 0, 0,
                                                SECURITY_NATIVE_DREP, NULL, 0, NULL, &leg.out_desc,
                                                NULL, NULL),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(DeleteSecurityContext(&as_ctx), SEC_E_INVALID_HANDLE);
}

/* ---- Credentials ------------------------------------------------------- */

static void keeps_a_session_when_its_credential_is_freed(void **state)
{
    struct loopback *loop = loop_of(state);

    assert_int_equal(loopback_shake(loop, ALL_LEGS), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&loop->client.cred), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&loop->client.cred), SEC_E_INVALID_HANDLE);
    loop->client.cred = (CredHandle){ 0 };
    assert_true(loopback_talks(loop));
}

static void acquires_credentials_by_either_name(void **state)
{
    CredHandle narrow = { 0 };
    CredHandle wide = { 0 };
    TimeStamp expiry = { 0 };

    (void)state;
    assert_int_equal(AcquireCredentialsHandleA(principal_a(), package_a(), SECPKG_CRED_INBOUND,
                                               NULL, NULL, NULL, NULL, &narrow, &expiry),
                     SEC_E_OK);
    assert_int_equal(AcquireCredentialsHandleW(principal_w(), package_w(), SECPKG_CRED_INBOUND,
                                               NULL, NULL, NULL, NULL, &wide, &expiry),
                     SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&narrow), SEC_E_OK);
    assert_int_equal(FreeCredentialsHandle(&wide), SEC_E_OK);
}

static void begins_alike_in_both_forms(void **state)
{
    const char *narrow = subject->scene->target;
    SEC_WCHAR wide[64] = { 0 };
    struct loopback *loop = loop_of(state);
    struct job job = JOB_INIT;

    for (size_t i = 0; narrow[i] != '\0'; i++)
        wide[i] = (SEC_WCHAR)narrow[i];
    get_credentials(loop);
    for (size_t i = 0; i < 2; i++) {
        SecBuffer token = { 0, SECBUFFER_TOKEN, NULL };
        SecBufferDesc out = { SECBUFFER_VERSION, 1, &token };
        ULONG want = subject->scene->initiator_asks | ISC_REQ_ALLOCATE_MEMORY;
        CtxtHandle ctx = { 0 };
        SECURITY_STATUS status =
            i == 0
                ? InitializeSecurityContextA(&loop->client.cred, NULL,
                                             (SEC_CHAR *)(uintptr_t)narrow, want, 0,
                                             SECURITY_NATIVE_DREP, NULL, 0, &ctx, &out, NULL, NULL)
                : InitializeSecurityContextW(&loop->client.cred, NULL, wide, want, 0,
                                             SECURITY_NATIVE_DREP, NULL, 0, &ctx, &out, NULL, NULL);

        assert_int_equal(status, SEC_I_CONTINUE_NEEDED);
        if (i == 1)
            is_about(token.cbBuffer, job.n);
        job.n = token.cbBuffer;
        assert_int_equal(FreeContextBuffer(token.pvBuffer), SEC_E_OK);
        assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    }
}

static void names_a_credential_in_both_forms(void **state)
{
    struct loopback *loop = loop_of(state);
    SecPkgCredentials_NamesA narrow = { 0 };
    SecPkgCredentials_NamesW wide = { 0 };

    get_credentials(loop);
    assert_int_equal(
        QueryCredentialsAttributesA(&loop->client.cred, SECPKG_CRED_ATTR_NAMES, &narrow), SEC_E_OK);
    assert_int_equal(QueryCredentialsAttributesW(&loop->client.cred, SECPKG_CRED_ATTR_NAMES, &wide),
                     SEC_E_OK);
    assert_string_equal(narrow.sUserName,
                        subject->cred_name != NULL ? subject->cred_name : subject->client_name);
    assert_true(same_text(wide.sUserName, narrow.sUserName));
    assert_int_equal(FreeContextBuffer(narrow.sUserName), SEC_E_OK);
    assert_int_equal(FreeContextBuffer(wide.sUserName), SEC_E_OK);
}

static void answers_nothing_about_a_credential_for_wrong_arguments(void **state)
{
    struct loopback *loop = loop_of(state);
    CredHandle none = { 0 };
    SecPkgCredentials_NamesW names = { 0 };

    get_credentials(loop);
    assert_int_equal(QueryCredentialsAttributesW(&none, SECPKG_CRED_ATTR_NAMES, &names),
                     SEC_E_INVALID_HANDLE);
    assert_int_equal(QueryCredentialsAttributesW(&loop->client.cred, SECPKG_CRED_ATTR_NAMES, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(QueryCredentialsAttributesExA(&loop->client.cred, SECPKG_CRED_ATTR_NAMES,
                                                   &names, sizeof(names) - 1),
                     SEC_E_BUFFER_TOO_SMALL);
    assert_int_equal(QueryCredentialsAttributesW(&loop->client.cred, 0x1234, &names),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_null(names.sUserName);
}

static void acquires_nothing_of_no_package(void **state)
{
    SEC_CHAR unknown[] = "No such package";
    SEC_WCHAR unknown_w[] = u"No such package";
    CredHandle cred = { 0 };

    (void)state;
    assert_int_equal(AcquireCredentialsHandleA(NULL, unknown, SECPKG_CRED_INBOUND, NULL, NULL, NULL,
                                               NULL, &cred, NULL),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(AcquireCredentialsHandleW(NULL, unknown_w, SECPKG_CRED_INBOUND, NULL, NULL,
                                               NULL, NULL, &cred, NULL),
                     SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(AcquireCredentialsHandleA(NULL, package_a(), SECPKG_CRED_INBOUND, NULL, NULL,
                                               NULL, NULL, NULL, NULL),
                     SEC_E_INVALID_PARAMETER);
    assert_int_equal(AcquireCredentialsHandleA(NULL, NULL, SECPKG_CRED_INBOUND, NULL, NULL, NULL,
                                               NULL, &cred, NULL),
                     SEC_E_INVALID_PARAMETER);
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        APART_TEST(ends_with_a_session_that_protects),
        APART_TEST(gives_what_was_asked_for),
        APART_TEST(writes_into_the_callers_memory),
        APART_TEST(tells_the_size_and_takes_nothing_when_there_is_too_little_room),
        APART_TEST(goes_on_after_a_token_that_was_cut),
        APART_TEST(begins_no_session_with_rubbish),
        APART_TEST(takes_no_second_handshake_when_one_is_over),
        APART_TEST(wants_what_it_cannot_do_without),
        APART_TEST(takes_a_credential_for_what_it_is_for_only),
        APART_TEST(keeps_a_session_when_its_credential_is_freed),
        APART_TEST(acquires_credentials_by_either_name),
        APART_TEST(begins_alike_in_both_forms),
        APART_TEST(names_a_credential_in_both_forms),
        APART_TEST(answers_nothing_about_a_credential_for_wrong_arguments),
        APART_TEST(acquires_nothing_of_no_package),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
