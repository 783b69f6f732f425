/* SPDX-License-Identifier: Apache-2.0 */
/* What lsad's service manager keeps for the next one: the test is the manager.  A blob leads to one
 * owner at most, whatever is restored. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "handoff/cast.h"
#include "handoff/snapshot.h"
#include "harness/daemon.h"
#include "lsad/caller.h"

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

/* ---- The manager ----------------------------------------------------------------------------- */

/* stored: -1 for nothing; stays the caller's. */
static struct daemon run_with(int stored)
{
    const struct daemon_setup setup = { .log_fd = -1,
                                        .listen_fd = -1,
                                        .stored_fd = stored >= 0 ? &stored : NULL };
    struct daemon daemon = daemon_run_with(world_path("conf"), world_path("run.sock"), &setup);

    assert_true(daemon_tells(&daemon, "READY=1"));
    return daemon;
}

/* Yields what it gave to be kept until its end. */
static int end(struct daemon *daemon)
{
    assert_int_equal(kill(daemon->pid, SIGTERM), 0);
    assert_true(daemon_tells(daemon, "STOPPING=1"));
    assert_false(daemon_tells(daemon, "")); /* no word, but maybe more to keep */
    assert_int_equal(daemon_end(daemon), 0);
    return daemon->stored;
}

static int be_killed(struct daemon *daemon)
{
    assert_int_equal(kill(daemon->pid, SIGKILL), 0);
    assert_int_equal(daemon_end(daemon), -1);
    return daemon->stored;
}

static void drop(int stored)
{
    assert_true(stored >= 0);
    assert_int_equal(close(stored), 0);
}

/* As it is after RuntimeDirectory= has done its work. */
static void clear_folder(void)
{
    ssp_cleanup(fd_close) int tickets =
        open(world_path("run/tickets"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(tickets >= 0);
    ticket_purge(tickets);
    assert_int_equal(rmdir(world_path("run/tickets")), 0);
    assert_int_equal(unlink(world_path("run/seal.key")), 0);
    assert_int_equal(rmdir(world_path("run")), 0);
}

static size_t tickets_in(int stored)
{
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
    uint8_t *bytes = NULL;
    size_t n = 0;

    assert_int_equal(lseek(stored, 0, SEEK_SET), 0);
    assert_int_equal(fd_read_all(stored, &bytes, &n), SSP_OK);
    assert_int_equal(snapshot_decode((struct view){ bytes, n }, &snapshot), SSP_OK);
    ssp_wipe_free(bytes, n);
    return snapshot.n;
}

/* ---- What is kept ---------------------------------------------------------------------------- */

static void gives_the_key_before_it_is_ready_and_tickets_in_the_end(void **state)
{
    struct daemon daemon = run_with(-1);
    int seals = fcntl(daemon.stored, F_GET_SEALS);

    (void)state;
    assert_true(daemon.stored >= 0);
    assert_int_equal(tickets_in(daemon.stored), 0);
    assert_int_equal(seals & (F_SEAL_SHRINK | F_SEAL_GROW), F_SEAL_SHRINK | F_SEAL_GROW);
    struct cast cast = cast_meet();
    struct job job = cast_export(&cast.server, delete_old);
    int stored = end(&daemon);
    assert_int_equal(tickets_in(stored), 1);
    drop(stored);
    assert_int_equal(close(job.fd), 0);
    clear_folder();
}

static void keeps_a_blob_good_without_the_folder(void **state)
{
    struct daemon first = run_with(-1);
    struct cast cast = cast_meet();
    struct job job = cast_export(&cast.server, delete_old);
    int stored = end(&first);

    (void)state;
    clear_folder();
    struct daemon second = run_with(stored);
    drop(stored);
    assert_int_equal(actor_do(&cast.heir, party_import, &job), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
    drop(end(&second));
}

static void keeps_tokens_good_when_it_was_killed(void **state)
{
    struct daemon first = run_with(-1);
    struct cast cast = cast_meet();
    int stored = be_killed(&first);

    (void)state;
    clear_folder();
    struct daemon second = run_with(stored);
    drop(stored);
    cast_hand_over(&cast.server, &cast.heir, delete_old); /* exports what its token says */
    cast_talk(&cast.client, &cast.heir);
    drop(end(&second));
}

/* ---- One owner at most ----------------------------------------------------------------------- */

static void leaves_a_blob_lost_whose_ticket_went_with_the_folder(void **state)
{
    struct daemon first = run_with(-1);
    struct cast cast = cast_meet();
    struct job job = cast_export(&cast.server, delete_old);
    int stored = be_killed(&first); /* which gave no tickets */

    (void)state;
    clear_folder();
    struct daemon second = run_with(stored);
    drop(stored);
    assert_int_equal(cast_import(&cast.heir, &job), SEC_E_CONTEXT_EXPIRED);
    drop(end(&second));
    assert_int_equal(close(job.fd), 0);
}

/* The manager may pass the same again: to one that comes after a crash. */
static void uses_what_was_kept_once(void **state)
{
    struct daemon first = run_with(-1);
    struct cast cast = cast_meet();
    struct actor late = actor_start(&scene_ntlm, true);
    struct job job = cast_export(&cast.server, delete_old);
    int stored = end(&first);

    (void)state;
    clear_folder();
    struct daemon second = run_with(stored);
    assert_int_equal(cast_import(&cast.heir, &job), SEC_E_OK);
    drop(be_killed(&second));
    clear_folder();
    struct daemon third = run_with(stored);
    drop(stored);
    assert_int_equal(cast_import(&late, &job), SEC_E_INVALID_TOKEN); /* the key is gone as well */
    drop(end(&third));
    assert_int_equal(close(job.fd), 0);
}

static void believes_the_folder_where_it_is_still_there(void **state)
{
    struct daemon first = run_with(-1);
    struct cast cast = cast_meet();
    struct actor late = actor_start(&scene_ntlm, true);
    struct job job = cast_export(&cast.server, delete_old);
    int stored = end(&first);

    (void)state;
    struct daemon second = run_with(-1); /* by hand, say */
    assert_int_equal(cast_import(&cast.heir, &job), SEC_E_OK);
    drop(end(&second));
    struct daemon third = run_with(stored);
    drop(stored);
    assert_int_equal(cast_import(&late, &job), SEC_E_CONTEXT_EXPIRED);
    drop(end(&third));
    assert_int_equal(close(job.fd), 0);
}

static void goes_on_without_what_does_not_hold(void **state)
{
    static const uint8_t bytes[76];
    int fds[3] = { memfd_create("zeroes", MFD_CLOEXEC | MFD_ALLOW_SEALING),
                   memfd_create("unsealed", MFD_CLOEXEC), open("/dev/null", O_RDWR | O_CLOEXEC) };

    (void)state;
    assert_int_equal(write(fds[0], bytes, sizeof(bytes)), sizeof(bytes));
    assert_int_equal(fcntl(fds[0], F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL), 0);
    for (size_t i = 0; i < 3; i++) {
        struct daemon daemon = run_with(fds[i]);

        assert_int_equal(close(caller_greeted()), 0);
        drop(end(&daemon));
        drop(fds[i]);
    }
}

/* The world's own lsad makes room for those of the cases. */
static int begin(void **state)
{
    int status = world_begin(state);

    return world_stop_lsad() ? status : -1;
}

static int finish(void **state)
{
    world_start_lsad();
    return world_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(gives_the_key_before_it_is_ready_and_tickets_in_the_end),
        ACTOR_TEST(keeps_a_blob_good_without_the_folder),
        ACTOR_TEST(keeps_tokens_good_when_it_was_killed),
        ACTOR_TEST(leaves_a_blob_lost_whose_ticket_went_with_the_folder),
        ACTOR_TEST(uses_what_was_kept_once),
        ACTOR_TEST(believes_the_folder_where_it_is_still_there),
        ACTOR_TEST(goes_on_without_what_does_not_hold),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
