/* SPDX-License-Identifier: Apache-2.0 */
/* A session goes from process to process, and the peer notices nothing. */
#include <unistd.h>

#include "handoff/cast.h"

enum { HOPS = 100, STOPS = 5 };

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;
static const ULONG reset_new = SECPKG_CONTEXT_EXPORT_RESET_NEW;

static void close_token(struct job *job)
{
    if (job->fd >= 0)
        (void)close(job->fd);
    job->fd = -1;
}

/* ---- When, and who ----------------------------------------------------- */

static void moves_the_server_before_any_message(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    cast_talk(&cast.client, &cast.heir);
}

static void moves_the_client_before_any_message(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    cast_hand_over(&cast.client, &cast.heir, delete_old);
    cast_talk(&cast.heir, &cast.server);
}

static void moves_the_server_between_messages(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    cast_talk(&cast.client, &cast.server);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    cast_talk(&cast.client, &cast.heir);
}

static void moves_the_client_between_messages(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    cast_talk(&cast.client, &cast.server);
    cast_hand_over(&cast.client, &cast.heir, delete_old);
    cast_talk(&cast.heir, &cast.server);
}

static void moves_both_ends_at_once(void **state)
{
    struct cast cast = cast_meet();
    struct actor second = actor_start(cast_scene(), true);

    (void)state;
    cast_talk(&cast.client, &cast.server);
    struct job client = cast_export(&cast.client, delete_old);
    struct job server = cast_export(&cast.server, delete_old);
    assert_int_equal(actor_do(&cast.heir, party_import, &client), SEC_E_OK);
    assert_int_equal(actor_do(&second, party_import, &server), SEC_E_OK);
    cast_talk(&cast.heir, &second);
}

static void reads_in_its_new_place_what_was_sent_to_the_old_one(void **state)
{
    struct cast cast = cast_meet();
    struct job first = job_text("sent before");
    struct job second = job_text("sent while it moved");

    (void)state;
    cast_talk(&cast.client, &cast.server);
    assert_int_equal(actor_do(&cast.client, party_seal, &first), SEC_E_OK);
    struct job blob = cast_export(&cast.server, delete_old);
    assert_int_equal(actor_do(&cast.client, party_seal, &second), SEC_E_OK);
    assert_int_equal(actor_do(&cast.heir, party_import, &blob), SEC_E_OK);
    assert_int_equal(actor_do(&cast.heir, party_unseal, &first), SEC_E_OK);
    assert_int_equal(actor_do(&cast.heir, party_unseal, &second), SEC_E_OK);
    assert_true(job_says(&first, "sent before") && job_says(&second, "sent while it moved"));
}

static void refuses_in_its_new_place_what_was_read_in_the_old_one(void **state)
{
    struct cast cast = cast_meet();
    struct job packet = job_text("once");

    (void)state;
    assert_int_equal(actor_do(&cast.client, party_seal, &packet), SEC_E_OK);
    struct job again = packet;
    assert_int_equal(actor_do(&cast.server, party_unseal, &packet), SEC_E_OK);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    assert_true(actor_do(&cast.heir, party_unseal, &again) < 0);
    if (cast_scene()->is_stream) /* where what comes out of order ends it */
        assert_int_equal(cast_say(&cast.client, &cast.heir), SEC_E_CONTEXT_EXPIRED);
    else
        cast_talk(&cast.client, &cast.heir);
}

/* The one that stays says something at every stop, so that a lost message would show. */
static void hop(const struct actor *peer, const struct actor *first, const struct actor *spare)
{
    struct actor stops[STOPS] = { *first, *spare };

    for (size_t i = 2; i < STOPS; i++)
        stops[i] = actor_start(cast_scene(), true);
    for (size_t i = 0; i < HOPS; i++) {
        cast_hand_over(&stops[i % STOPS], &stops[(i + 1) % STOPS], delete_old);
        cast_talk(peer, &stops[(i + 1) % STOPS]);
    }
}

static void moves_the_server_a_hundred_times(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    hop(&cast.client, &cast.server, &cast.heir);
}

static void moves_the_client_a_hundred_times(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    hop(&cast.server, &cast.client, &cast.heir);
}

/* ---- What was negotiated ----------------------------------------------- */

static const struct scene signing = {
    .package = "NTLM",
    .user = WORLD_USER,
    .domain = WORLD_DOMAIN,
    .password = WORLD_PASSWORD,
    .initiator_asks = ISC_REQ_INTEGRITY,
    .acceptor_asks = ASC_REQ_INTEGRITY,
};

static void signs_on_where_only_signing_was_negotiated(void **state)
{
    struct cast cast = cast_start_in(&signing);
    struct job packet = job_text("in clear");

    (void)state;
    assert_int_equal(cast_shake(&cast.client, &cast.server), SEC_E_OK);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    assert_int_equal(actor_does(&cast.heir, party_seal, 0), SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(actor_do(&cast.heir, party_sign, &packet), SEC_E_OK);
    assert_int_equal(actor_do(&cast.client, party_verify, &packet), SEC_E_OK);
    assert_true(job_says(&packet, "in clear"));
}

static void carries_a_session_of_another_package(void **state)
{
    struct cast cast = cast_start_in(&scene_mock);

    (void)state;
    assert_int_equal(cast_shake(&cast.client, &cast.server), SEC_E_OK);
    cast_talk(&cast.client, &cast.server);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    cast_talk(&cast.client, &cast.heir);
}

/* ---- DELETE_OLD -------------------------------------------------------- */

static void leaves_nothing_behind_when_told_to_delete(void **state)
{
    static deed_fn *const deeds[] = { party_seal, party_sign, party_export, party_leg,
                                      party_lifetime };
    struct cast cast = cast_meet();
    struct job blob = cast_export(&cast.server, delete_old);

    (void)state;
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
        assert_int_equal(actor_does(&cast.server, deeds[i], 1), SEC_E_INVALID_HANDLE);
    assert_int_equal(actor_does(&cast.server, party_delete, 0), SEC_E_INVALID_HANDLE);
    assert_int_equal(actor_do(&cast.heir, party_import, &blob), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
}

static void keeps_the_context_when_an_export_is_refused(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    cast_talk(&cast.client, &cast.server);
    assert_int_equal(actor_does(&cast.server, party_export, delete_old | 8),
                     SEC_E_INVALID_PARAMETER);
    if (!cast_scene()->is_stream) /* the kernel speaks no protocol but TLS */
        assert_int_equal(actor_does(&cast.server, party_export, SECPKG_CONTEXT_EXPORT_TO_KERNEL),
                         SEC_E_UNSUPPORTED_FUNCTION);
    cast_talk(&cast.client, &cast.server);
}

static void ends_in_the_process_that_gave_it_to_the_kernel(void **state)
{
    static deed_fn *const deeds[] = { party_seal, party_unseal };
    struct cast cast = cast_meet();
    struct job kernel = cast_export(&cast.server, SECPKG_CONTEXT_EXPORT_TO_KERNEL);

    (void)state;
    assert_int_equal(kernel.n, sizeof(OPENSSPI_KERNEL_TLS));
    close_token(&kernel);
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
        assert_int_equal(actor_does(&cast.server, deeds[i], 0), SEC_E_INVALID_HANDLE);
    assert_int_equal(cast_import(&cast.heir, &kernel), SEC_E_INVALID_TOKEN);
}

/* ---- FROZEN ------------------------------------------------------------ */

static void thaws_the_old_context_when_nobody_imported(void **state)
{
    struct cast cast = cast_meet();
    struct job blob = cast_export(&cast.server, 0);

    (void)state;
    close_token(&blob);
    cast_talk(&cast.client, &cast.server);
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_CONTEXT_EXPIRED);
    cast_talk(&cast.client, &cast.server);
}

static void thaws_to_read_as_well_as_to_write(void **state)
{
    struct cast cast = cast_meet();
    struct job packet = job_text("wake up");

    (void)state;
    struct job blob = cast_export(&cast.server, 0);
    close_token(&blob);
    assert_int_equal(actor_do(&cast.client, party_seal, &packet), SEC_E_OK);
    assert_int_equal(actor_do(&cast.server, party_unseal, &packet), SEC_E_OK);
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_CONTEXT_EXPIRED);
}

static void never_thaws_when_somebody_imported(void **state)
{
    static deed_fn *const deeds[] = { party_seal, party_sign, party_export };
    struct cast cast = cast_meet();
    struct job packet = job_text("for one only");

    (void)state;
    cast_hand_over(&cast.server, &cast.heir, 0);
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
        assert_int_equal(actor_does(&cast.server, deeds[i], 0), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(actor_do(&cast.client, party_seal, &packet), SEC_E_OK);
    struct job copy = packet;
    assert_int_equal(actor_do(&cast.server, party_unseal, &packet), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(actor_do(&cast.heir, party_unseal, &copy), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
}

static void makes_the_first_blob_worthless_by_exporting_again(void **state)
{
    struct cast cast = cast_meet();
    struct job first = cast_export(&cast.server, 0);
    struct job second = cast_export(&cast.server, 0);

    (void)state;
    close_token(&first);
    close_token(&second);
    assert_int_equal(cast_import(&cast.heir, &first), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(cast_import(&cast.heir, &second), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
}

static void lets_the_heir_go_on_when_the_old_process_ends(void **state)
{
    struct cast cast = cast_meet();
    struct job blob = cast_export(&cast.server, 0);

    (void)state;
    close_token(&blob);
    assert_int_equal(actor_does(&cast.server, party_delete, 0), SEC_E_OK);
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
}

/* ---- RESET_NEW --------------------------------------------------------- */

/* The mechListMIC of a second choice is NTLM's first message. */
static void resets_what_has_protected_nothing(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    if (cast_scene()->acceptor_takes != NULL) {
        assert_int_equal(actor_does(&cast.server, party_export, reset_new | delete_old),
                         SEC_E_UNSUPPORTED_FUNCTION);
        cast_talk(&cast.client, &cast.server);
        return;
    }
    cast_hand_over(&cast.server, &cast.heir, reset_new | delete_old);
    cast_talk(&cast.client, &cast.heir);
}

static void resets_after_messages_what_its_cipher_allows(void **state)
{
    struct cast cast = cast_meet();
    /* Kerberos' messages have a confounder each: the key stream is never the same. */
    SECURITY_STATUS answer = cast_scene()->speaks_kerberos ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION;

    (void)state;
    assert_int_equal(cast_say(&cast.server, &cast.client), SEC_E_OK);
    assert_int_equal(actor_does(&cast.server, party_export, reset_new), answer);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
    assert_int_equal(actor_does(&cast.heir, party_export, reset_new), answer);
    cast_talk(&cast.client, &cast.heir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(moves_the_server_before_any_message),
        ACTOR_TEST(moves_the_client_before_any_message),
        ACTOR_TEST(moves_the_server_between_messages),
        ACTOR_TEST(moves_the_client_between_messages),
        ACTOR_TEST(moves_both_ends_at_once),
        ACTOR_TEST(reads_in_its_new_place_what_was_sent_to_the_old_one),
        ACTOR_TEST(refuses_in_its_new_place_what_was_read_in_the_old_one),
        ACTOR_TEST(moves_the_server_a_hundred_times),
        ACTOR_TEST(moves_the_client_a_hundred_times),
        ACTOR_TEST(signs_on_where_only_signing_was_negotiated),
        ACTOR_TEST(carries_a_session_of_another_package),
        ACTOR_TEST(leaves_nothing_behind_when_told_to_delete),
        ACTOR_TEST(keeps_the_context_when_an_export_is_refused),
        CASE_IF(cast_scene()->is_stream,
                ACTOR_TEST(ends_in_the_process_that_gave_it_to_the_kernel)),
        ACTOR_TEST(thaws_the_old_context_when_nobody_imported),
        ACTOR_TEST(thaws_to_read_as_well_as_to_write),
        ACTOR_TEST(never_thaws_when_somebody_imported),
        ACTOR_TEST(makes_the_first_blob_worthless_by_exporting_again),
        ACTOR_TEST(lets_the_heir_go_on_when_the_old_process_ends),
        ACTOR_TEST(resets_what_has_protected_nothing),
        ACTOR_TEST(resets_after_messages_what_its_cipher_allows),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
