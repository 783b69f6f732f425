/* SPDX-License-Identifier: Apache-2.0 */
/* A half-done handshake stays in lsad while its blob, which is a ticket only, is on its way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "lsad/caller.h"

enum { KIND_AT = 10, KIND_KEPT = 3, TICKET_ONLY = 160 /* bytes: no state is in it */ };
enum { HALF_WAY = 3 /* legs */ };

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

/* The server has answered, and its answer is with the client; job holds the client's last token. */
static struct cast half_way(struct job *job)
{
    struct cast cast = cast_start();

    cast.heir = actor_start(cast_scene(), true); /* in the server's role */
    *job = (struct job)JOB_INIT;
    for (unsigned leg = 0; leg < HALF_WAY; leg++)
        assert_int_equal(cast_leg(leg % 2 == 0 ? &cast.client : &cast.server, job),
                         cast_leg_status(cast_scene(), leg));
    return cast;
}

/* The legs that are left, and messages in both directions. */
static void finishes(const struct cast *cast, const struct actor *server, struct job *job)
{
    for (unsigned leg = HALF_WAY; leg < cast_scene()->legs; leg++)
        assert_int_equal(cast_leg(leg % 2 == 0 ? &cast->client : server, job),
                         cast_leg_status(cast_scene(), leg));
    cast_talk(&cast->client, server);
}

static void is_a_ticket_without_any_state(void **state)
{
    struct job job;
    struct cast cast = half_way(&job);
    struct job blob = cast_export(&cast.server, delete_old);

    (void)state;
    assert_int_equal(blob.bytes[KIND_AT], KIND_KEPT);
    assert_true(blob.n < TICKET_ONLY);
    assert_int_equal(actor_do(&cast.heir, party_import, &blob), SEC_E_OK);
    finishes(&cast, &cast.heir, &job);
}

static void outlives_its_exporter(void **state)
{
    struct job job;
    struct cast cast = half_way(&job);
    struct job blob = cast_export(&cast.server, delete_old);

    (void)state;
    actor_end(&cast.server);
    assert_int_equal(actor_do(&cast.heir, party_import, &blob), SEC_E_OK);
    finishes(&cast, &cast.heir, &job);
}

static void goes_to_one_importer_only(void **state)
{
    struct job job;
    struct cast cast = half_way(&job);
    struct actor late = actor_start(cast_scene(), true);
    struct job blob = cast_export(&cast.server, delete_old);

    (void)state;
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_OK);
    assert_int_equal(cast_import(&late, &blob), SEC_E_CONTEXT_EXPIRED);
}

static void is_its_exporters_again_after_a_thaw(void **state)
{
    struct job job;
    struct cast cast = half_way(&job);
    struct job blob = cast_export(&cast.server, 0);

    (void)state;
    finishes(&cast, &cast.server, &job);
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_CONTEXT_EXPIRED);
    cast_talk(&cast.client, &cast.server);
}

static void is_not_its_exporters_after_an_import(void **state)
{
    struct job job;
    struct cast cast = half_way(&job);
    struct job blob = cast_export(&cast.server, 0);
    struct job copy = job;

    (void)state;
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_OK);
    assert_int_equal(cast_leg(&cast.server, &copy), SEC_E_CONTEXT_EXPIRED);
    finishes(&cast, &cast.heir, &job);
}

static uint32_t own_tickets(void)
{
    int fd = caller_greeted();
    struct caller_counts counts = caller_count(fd, geteuid());

    assert_int_equal(close(fd), 0);
    return counts.n[CHARGE_TICKET];
}

static void goes_with_its_lsad(void **state)
{
    struct job job;
    struct cast cast = half_way(&job);
    struct job blob = cast_export(&cast.server, delete_old);

    (void)state;
    world_kill_lsad();
    world_start_lsad();
    uint32_t before = own_tickets(); /* its own among them */
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(own_tickets(), before - 1);
}

/* Their contexts wait for importers; the processes are gone. */
static void counts_no_exporter_that_has_ended(void **state)
{
    enum { ROUNDS = 60 /* more than lsad takes of one user */ };

    (void)state;
    world_kill_lsad();
    world_configure("run", "[lsad]\nprocesses = 40\n");
    world_start_lsad();
    for (size_t i = 0; i < ROUNDS; i++) {
        struct actor client = actor_start(cast_scene(), false);
        struct job job = JOB_INIT;

        assert_int_equal(cast_leg(&client, &job), SEC_I_CONTINUE_NEEDED);
        assert_true(cast_export(&client, delete_old).n != 0);
        actor_end(&client);
    }
}

/* A new lsad, whose log comes back to be read. */
static FILE *restart_and_listen(void)
{
    int ends[2] = { -1, -1 };
    int errors = dup(STDERR_FILENO);

    world_kill_lsad();
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(setenv("OPENSSPI_TRACE", "stderr", 1), 0);
    world_start_lsad();
    assert_int_equal(unsetenv("OPENSSPI_TRACE"), 0);
    assert_int_equal(dup2(errors, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(close(errors) + close(ends[1]), 0);
    FILE *log = fdopen(ends[0], "r");
    assert_non_null(log);
    return log;
}

static bool waits_for(FILE *log, const char *words)
{
    char line[512] = "";

    while (strstr(line, words) == NULL)
        if (fgets(line, sizeof(line), log) == NULL)
            return false;
    return true;
}

static void is_let_go_unasked_when_its_time_is_over(void **state)
{
    FILE *log = restart_and_listen();
    struct job job;
    struct cast cast = half_way(&job);

    (void)state;
    assert_int_equal(actor_does(&cast.server, party_lifetime, 1), SEC_E_OK);
    struct job blob = cast_export(&cast.server, delete_old);
    assert_true(waits_for(log, "half-done handshakes let go that nobody imported: 1"));
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(fclose(log), 0);
    world_kill_lsad();
    world_start_lsad();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(is_a_ticket_without_any_state),
        ACTOR_TEST(outlives_its_exporter),
        ACTOR_TEST(goes_to_one_importer_only),
        ACTOR_TEST(is_its_exporters_again_after_a_thaw),
        ACTOR_TEST(is_not_its_exporters_after_an_import),
        ACTOR_TEST(goes_with_its_lsad),
        ACTOR_TEST(counts_no_exporter_that_has_ended),
        ACTOR_TEST(is_let_go_unasked_when_its_time_is_over),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
