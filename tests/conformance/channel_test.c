/* SPDX-License-Identifier: Apache-2.0 */
/* A stream from its first byte to its last: handshakes in pieces, new keys, what both ends know of
 * it, and its end. */
#include <schannel.h>
#include <string.h>

#include "conformance/leg.h"
#include "conformance/note.h"

static ULONG stream_of(const struct party *party)
{
    return party->accepts ? ASC_REQ_STREAM : ISC_REQ_STREAM;
}

static ULONG explain_of(const struct party *party)
{
    return party->accepts ? ASC_REQ_EXTENDED_ERROR : ISC_REQ_EXTENDED_ERROR;
}

/* ---- Handshakes -------------------------------------------------------- */

/* One call with what has come; job is the answer, what was not used stays. */
static SECURITY_STATUS take(struct party *party, struct job *come, struct job *job)
{
    static struct job place; /* too large for a frame */
    struct leg leg;

    place = (struct job)JOB_INIT;
    leg_feed(&leg, come->bytes, come->n, place.bytes, sizeof(place.bytes));
    SECURITY_STATUS status = leg_take(party, &leg, stream_of(party));
    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    ULONG left = leg.in[1].BufferType == SECBUFFER_EXTRA ? leg.in[1].cbBuffer : 0;
    assert_true(left <= come->n);
    memmove(come->bytes, come->bytes + come->n - left, left);
    come->n = left;
    memcpy(job->bytes + job->n, place.bytes, leg.out.cbBuffer);
    job->n += leg.out.cbBuffer;
    return status;
}

/* The peer's bytes, so many at a time; the answer replaces them. */
static SECURITY_STATUS feed(struct loopback *loop, struct party *party, struct job *job,
                            uint32_t piece)
{
    static struct job come;
    static struct job answer;
    SECURITY_STATUS status = SEC_E_INCOMPLETE_MESSAGE;

    come = answer = (struct job)JOB_INIT;
    for (uint32_t at = 0; at < job->n; at += piece) {
        uint32_t n = job->n - at < piece ? job->n - at : piece;

        memcpy(come.bytes + come.n, job->bytes + at, n);
        come.n += n;
        do {
            status = take(party, &come, &answer);
            if (status >= 0 && loop->way != NULL)
                loop->way(party);
        } while (status == SEC_I_CONTINUE_NEEDED && come.n != 0);
        assert_true(status >= 0 || status == SEC_E_INCOMPLETE_MESSAGE);
    }
    assert_int_equal(come.n, 0);
    *job = answer;
    return status;
}

static void shakes_hands_in_pieces_of(struct loopback *loop, uint32_t piece)
{
    static struct job job;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;

    job = (struct job)JOB_INIT;
    assert_int_equal(loopback_do(loop, &loop->client, party_leg, &job), SEC_I_CONTINUE_NEEDED);
    for (unsigned leg = 1; job.n != 0; leg++)
        status = feed(loop, whose(loop, leg), &job, piece);
    assert_int_equal(status, SEC_E_OK);
    assert_true(loopback_talks(loop));
}

static void takes_a_handshake_byte_by_byte(void **state)
{
    struct loopback *loop = loop_of(state);

    get_credentials(loop);
    shakes_hands_in_pieces_of(loop, 1);
}

static void takes_a_handshake_in_pieces_that_cut_records(void **state)
{
    struct loopback *loop = loop_of(state);

    get_credentials(loop);
    shakes_hands_in_pieces_of(loop, 301);
}

/* The first message follows the last token in one piece of bytes. */
static void leaves_the_data_behind_its_last_handshake_record(void **state)
{
    struct loopback *loop = loop_of(state);
    static struct job job;
    static struct job answer;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    unsigned leg = 0;
    struct note note;

    job = answer = (struct job)JOB_INIT;
    for (; status == SEC_I_CONTINUE_NEEDED; leg++)
        status = loopback_do(loop, whose(loop, leg), party_leg, &job);
    assert_int_equal(status, SEC_E_OK);
    assert_int_not_equal(job.n, 0); /* the other's handshake is not over yet */
    get_credentials(loop);
    assert_int_equal(note_seal(&whose(loop, leg - 1)->ctx, "at once", 7, &note), SEC_E_OK);
    ULONG n = note.sizes[0] + note.sizes[1] + note.sizes[2];
    memcpy(job.bytes + job.n, note.bytes, n);
    job.n += n;
    struct party *party = whose(loop, leg);
    while (party->is_met == false)
        assert_true(take(party, &job, &answer) >= 0);
    assert_int_equal(job.n, n);
    if (loop->way != NULL)
        loop->way(party);
    assert_int_equal(party_unseal(party, &job), SEC_E_OK);
    assert_true(job_says(&job, "at once"));
}

static void answers_rubbish_with_an_alert_for_those_who_send_it(void **state)
{
    static const uint8_t unexpected[] = { 21, 3, 3, 0, 2, 2, 10 }; /* RFC 8446 6.2 */
    struct loopback *loop = loop_of(state);
    struct job job = job_text("GET / HTTP/1.1\r\n\r\n");
    uint8_t place[64];
    struct leg leg;

    get_credentials(loop);
    leg_with(&leg, &job, place, sizeof(place));
    assert_int_equal(leg_take(&loop->server, &leg, explain_of(&loop->server)),
                     SEC_E_ILLEGAL_MESSAGE);
    assert_int_equal(leg.attributes & ASC_RET_EXTENDED_ERROR, ASC_RET_EXTENDED_ERROR);
    assert_int_equal(leg.out.cbBuffer, sizeof(unexpected));
    assert_memory_equal(place, unexpected, sizeof(unexpected));
    leg_with(&leg, &job, place, sizeof(place));
    assert_int_equal(leg_take(&loop->server, &leg, 0), SEC_E_ILLEGAL_MESSAGE);
    assert_int_equal(leg.out.cbBuffer, sizeof(place));
    assert_false(loop->server.has_ctx);
}

/* ---- What both know ---------------------------------------------------- */

static struct view bindings_of(struct party *party, ULONG attribute)
{
    SecPkgContext_Bindings bindings = { 0 };

    assert_int_equal(QueryContextAttributesW(&party->ctx, attribute, &bindings), SEC_E_OK);
    struct view copy =
        guarded((struct view){ (const uint8_t *)bindings.Bindings, bindings.BindingsLength });
    assert_int_equal(FreeContextBuffer(bindings.Bindings), SEC_E_OK);
    return copy;
}

static void binds_both_ends_to_the_same_channel(void **state)
{
    static const ULONG kinds[] = { SECPKG_ATTR_UNIQUE_BINDINGS, SECPKG_ATTR_ENDPOINT_BINDINGS };
    struct loopback *loop = loop_of(state);

    for (size_t i = 0; i < 2; i++) {
        struct view client = bindings_of(&loop->client, kinds[i]);

        assert_view_equal(bindings_of(&loop->server, kinds[i]), client);
        assert_true(loopback_talks(loop)); /* which moves it */
        assert_view_equal(bindings_of(&loop->server, kinds[i]), client);
    }
}

static struct view material_of(struct party *party)
{
    static char label[] = "EXPORTER-of-a-test";
    SecPkgContext_KeyingMaterialInfo info = { .cbLabel = sizeof(label),
                                              .pszLabel = label,
                                              .cbKeyingMaterial = 32 };
    SecPkgContext_KeyingMaterial material = { 0 };

    assert_int_equal(
        SetContextAttributesW(&party->ctx, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof(info)),
        SEC_E_OK);
    assert_int_equal(QueryContextAttributesW(&party->ctx, SECPKG_ATTR_KEYING_MATERIAL, &material),
                     SEC_E_OK);
    struct view copy =
        guarded((struct view){ material.pbKeyingMaterial, material.cbKeyingMaterial });
    assert_int_equal(FreeContextBuffer(material.pbKeyingMaterial), SEC_E_OK);
    return copy;
}

static void exports_the_same_keys_at_both_ends_whatever_was_said(void **state)
{
    struct loopback *loop = loop_of(state);
    struct view client = material_of(&loop->client);

    assert_int_equal(client.n, 32);
    assert_view_equal(material_of(&loop->server), client);
    assert_true(loopback_talks(loop));
    assert_view_equal(material_of(&loop->client), client);
    assert_view_equal(material_of(&loop->server), client);
}

/* ---- New keys ---------------------------------------------------------- */

static SECURITY_STATUS update(struct party *party, ULONG flags)
{
    OPENSSPI_TLS_KEY_UPDATE_TOKEN token = { OPENSSPI_TLS_KEY_UPDATE, flags };
    SecBuffer buffer = { sizeof(token), SECBUFFER_TOKEN, &token };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &buffer };

    return ApplyControlToken(&party->ctx, &desc);
}

/* With the next message, or by a call of the handshake's function, which an answer follows. */
static void has_new_keys(struct loopback *loop, struct party *party, ULONG flags, bool is_by_leg)
{
    struct party *peer = party == &loop->client ? &loop->server : &loop->client;
    struct job job = JOB_INIT;

    assert_int_equal(update(party, flags), SEC_E_OK);
    go_on(loop);
    if (is_by_leg) {
        assert_int_equal(loopback_do(loop, party, party_leg, &job), SEC_E_OK);
        assert_int_not_equal(job.n, 0);
        assert_int_equal(loopback_do(loop, peer, party_leg, &job), SEC_E_OK);
        assert_true((job.n != 0) == (flags != 0));
    }
    if (job.n != 0)
        assert_int_equal(loopback_do(loop, party, party_leg, &job), SEC_E_OK);
    assert_true(loopback_talks(loop));
    assert_true(loopback_talks(loop));
}

static void goes_on_with_new_keys_in_either_direction(void **state)
{
    static const ULONG flags[] = { 0, OPENSSPI_TLS_KEY_UPDATE_BOTH };
    struct loopback *loop = loop_of(state);

    for (size_t i = 0; i < 4; i++) {
        has_new_keys(loop, &loop->client, flags[i % 2], i < 2);
        has_new_keys(loop, &loop->server, flags[i % 2], i < 2);
    }
}

static void has_its_keys_for_life(void **state)
{
    struct loopback *loop = loop_of(state);

    assert_int_equal(update(&loop->client, 0), SEC_E_UNSUPPORTED_FUNCTION);
    assert_true(loopback_talks(loop));
}

/* ---- The end ----------------------------------------------------------- */

static struct job goodbye_of(struct loopback *loop, struct party *party)
{
    DWORD word = SCHANNEL_SHUTDOWN;
    SecBuffer buffer = { sizeof(word), SECBUFFER_TOKEN, &word };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &buffer };
    struct job job = JOB_INIT;

    assert_int_equal(ApplyControlToken(&party->ctx, &desc), SEC_E_OK);
    go_on(loop);
    assert_int_equal(loopback_do(loop, party, party_leg, &job), SEC_E_OK);
    assert_int_not_equal(job.n, 0);
    return job;
}

static void ends_in_one_direction_and_then_in_the_other(void **state)
{
    struct loopback *loop = loop_of(state);
    struct job goodbye = goodbye_of(loop, &loop->client);
    struct job words = job_text("not so fast");

    assert_int_equal(loopback_do(loop, &loop->server, party_unseal, &goodbye),
                     SEC_I_CONTEXT_EXPIRED);
    assert_int_equal(loopback_do(loop, &loop->server, party_seal, &words), SEC_E_OK);
    assert_int_equal(loopback_do(loop, &loop->client, party_unseal, &words), SEC_E_OK);
    assert_true(job_says(&words, "not so fast"));
    assert_true(party_seal(&loop->client, &words) < 0);
    goodbye = goodbye_of(loop, &loop->server);
    assert_int_equal(loopback_do(loop, &loop->client, party_unseal, &goodbye),
                     SEC_I_CONTEXT_EXPIRED);
}

/* ---- Certificates --------------------------------------------------------------------- */

static PCCERT_CONTEXT cert_of(struct party *party, ULONG attribute)
{
    PCCERT_CONTEXT cert = NULL;

    assert_int_equal(QueryContextAttributesW(&party->ctx, attribute, (void *)&cert), SEC_E_OK);
    return cert;
}

/* Whoever has the certificate and not its key can show it to nobody. */
static SECURITY_STATUS acquire_with(PCCERT_CONTEXT cert, ULONG use)
{
    SCH_CREDENTIALS data = { .dwVersion = SCH_CREDENTIALS_VERSION, .cCreds = 1, .paCred = &cert };
    CredHandle cred;

    SecInvalidateHandle(&cred);
    return AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)SCHANNEL_NAME_A, use, NULL, &data,
                                     NULL, NULL, &cred, NULL);
}

static void shows_each_side_its_own_certificate_without_the_key(void **state)
{
    struct loopback *loop = loop_of(state);
    struct party *sides[] = { &loop->client, &loop->server };

    go_on(loop);
    for (size_t i = 0; i < 2; i++) {
        PCCERT_CONTEXT own = cert_of(sides[i], SECPKG_ATTR_LOCAL_CERT_CONTEXT);
        PCCERT_CONTEXT seen = cert_of(sides[1 - i], SECPKG_ATTR_REMOTE_CERT_CONTEXT);

        assert_int_equal(own->cbCertEncoded, seen->cbCertEncoded);
        assert_memory_equal(own->pbCertEncoded, seen->pbCertEncoded, own->cbCertEncoded);
        assert_int_equal(acquire_with(own, SECPKG_CRED_INBOUND), SEC_E_UNKNOWN_CREDENTIALS);
        assert_int_equal(acquire_with(own, SECPKG_CRED_OUTBOUND), SEC_E_UNKNOWN_CREDENTIALS);
        assert_true(CertFreeCertificateContext(own));
        assert_true(CertFreeCertificateContext(seen));
    }
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        APART_TEST(takes_a_handshake_byte_by_byte),
        APART_TEST(takes_a_handshake_in_pieces_that_cut_records),
        APART_TEST(leaves_the_data_behind_its_last_handshake_record),
        APART_TEST(answers_rubbish_with_an_alert_for_those_who_send_it),
        MET_TEST(binds_both_ends_to_the_same_channel),
        MET_TEST(exports_the_same_keys_at_both_ends_whatever_was_said),
        CASE_IF(subject->updates, MET_TEST(goes_on_with_new_keys_in_either_direction)),
        CASE_IF(!subject->updates, MET_TEST(has_its_keys_for_life)),
        MET_TEST(ends_in_one_direction_and_then_in_the_other),
        MET_TEST(shows_each_side_its_own_certificate_without_the_key),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
