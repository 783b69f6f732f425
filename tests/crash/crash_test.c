/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody dies in the middle of a hand-over.  Each case runs one hand-over again and again, and
 * each time its victim dies one point later (crash/points.h), until it comes through unharmed: so
 * every point is visited.  With CRASH_STRIDE set it dies that many points later, for builds in
 * which processes start slowly.  Each time
 *   - one process at most can go on with the session, and with it the peer notices nothing,
 *   - the next export sweeps what nobody will claim,
 *   - no file holds the key of the session.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crash/files.h"
#include "crash/points.h"
#include "handoff/cast.h"

enum { MAX_POINTS = 1000, LEGS = 3 };

enum victim { EXPORTER, IMPORTER, LSAD, VICTIMS };
static const char *const victims[VICTIMS] = { "exporter", "importer", "lsad" };

struct passage {
    const char *what;
    ULONG flags;
    bool is_half_done; /* the server's last leg is left to who comes to own the context */
};

static const struct passage passages[] = {
    { "session", SECPKG_CONTEXT_EXPORT_DELETE_OLD, false },
    { "session that may thaw", 0, false },
    { "half-done handshake", SECPKG_CONTEXT_EXPORT_DELETE_OLD, true },
    { "half-done handshake that may thaw", 0, true },
};
enum { PASSAGES = sizeof(passages) / sizeof(passages[0]) };

/* ---- Deeds; job->fd is the line between exporter and importer ---------- */

/* The blob comes back as well: a copy that somebody kept. */
static SECURITY_STATUS give(struct party *party, struct job *job)
{
    OPENSSPI_PARCEL parcel = { .package = "NTLM", .connection = -1 };
    int line = job->fd;

    job->fd = -1;
    SECURITY_STATUS status = party_export(party, job);
    if (status == SEC_E_OK) {
        parcel.context = (SecBuffer){ job->n, SECBUFFER_TOKEN, job->bytes };
        parcel.token = opensspi_handle_from_fd(job->fd);
        job->fd = -1;
        status = opensspi_send_context(line, &parcel);
    }
    if (parcel.token != NULL)
        (void)CloseHandle(parcel.token);
    (void)close(line);
    return status;
}

static SECURITY_STATUS take(struct party *party, struct job *job)
{
    OPENSSPI_PARCEL parcel;
    int line = job->fd;

    job->fd = -1;
    SECURITY_STATUS status = opensspi_receive_context(line, &parcel);
    (void)close(line);
    if (status != SEC_E_OK)
        return status;
    status = ImportSecurityContextA(parcel.package, &parcel.context, parcel.token, &party->ctx);
    party->has_ctx = status == SEC_E_OK;
    opensspi_free_parcel(&parcel);
    return status;
}

/* The victim's first point is the answer to this errand. */
static SECURITY_STATUS begin_to_die(struct party *party, struct job *job)
{
    (void)party;
    (void)job;
    points_begin(getpid());
    return SEC_E_OK;
}

/* ---- One hand-over ----------------------------------------------------- */

struct trial {
    const struct passage *passage;
    struct cast cast;
    struct actor late;        /* somebody who has a copy of the blob */
    const struct actor *dead; /* NULL: nobody, or lsad */
    struct job blob;
    struct job proof; /* of the client, for the server's last leg */
    struct job key;
    SECURITY_STATUS given;
    SECURITY_STATUS taken;
};

/* Up to the hand-over. */
static void begin(const struct passage *passage, struct trial *trial)
{
    const struct cast *cast = &trial->cast;
    static struct job copy;

    *trial = (struct trial){ .passage = passage,
                             .cast.client = actor_start(&scene_ntlm, false),
                             .cast.server = actor_start(&scene_ntlm, true),
                             .cast.heir = actor_start(&scene_ntlm, true),
                             .late = actor_start(&scene_ntlm, true),
                             .blob = JOB_INIT,
                             .proof = JOB_INIT,
                             .key = JOB_INIT };
    for (unsigned leg = 0; leg < LEGS; leg++)
        assert_true(cast_leg(leg == 1 ? &cast->server : &cast->client, &trial->proof) >= 0);
    copy = trial->proof;
    if (!passage->is_half_done)
        assert_int_equal(cast_leg(&cast->server, &copy), SEC_E_OK);
    assert_int_equal(actor_do(&cast->client, party_key, &trial->key), SEC_E_OK);
    assert_int_equal(trial->key.n, 16);
    assert_int_equal(actor_does(&cast->server, party_lifetime, OPENSSPI_EXPORT_LIFETIME_MAX),
                     SEC_E_OK);
}

/* One that dies of it has not done it. */
static SECURITY_STATUS try(struct trial *trial, const struct actor *actor, deed_fn *deed,
                           struct job *job)
{
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;

    if (!actor_try(actor, deed, job, &status)) {
        trial->dead = actor;
        *job = (struct job)JOB_INIT;
    }
    return status;
}

/* The exporter's end of the line is closed when it is done or dead, so the importer never waits. */
static void hand_over(struct trial *trial)
{
    struct job import = JOB_INIT;
    int line[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line), 0);
    trial->blob.arg = trial->passage->flags;
    trial->blob.fd = line[0];
    import.fd = line[1];
    trial->given = try(trial, &trial->cast.server, give, &trial->blob);
    trial->taken = try(trial, &trial->cast.heir, take, &import);
}

static const struct actor *actor_of(const struct trial *trial, enum victim victim)
{
    return victim == EXPORTER ? &trial->cast.server : &trial->cast.heir;
}

static void begin_death_of(struct trial *trial, enum victim victim)
{
    struct job job = JOB_INIT;

    if (victim == LSAD)
        points_begin(world_lsad_pid());
    else
        (void)try(trial, actor_of(trial, victim), begin_to_die, &job);
}

/* A victim may also die when it has done its part, and wait unseen. */
static void bury(struct trial *trial, enum victim victim)
{
    if (victim == LSAD) {
        world_kill_lsad(); /* it may have wanted to anyway */
        world_start_lsad();
        return;
    }
    trial->dead = actor_of(trial, victim);
    actor_bury(trial->dead);
}

/* ---- Judgement --------------------------------------------------------- */

/* Whether this one can go on; with an established session it has said something then. */
static bool can_go_on(const struct trial *trial, const struct actor *actor)
{
    static const char words[] = "it is me";
    struct job job = trial->passage->is_half_done ? trial->proof : job_text(words);

    if (trial->passage->is_half_done)
        return cast_leg(actor, &job) == SEC_E_OK;
    if (actor_do(actor, party_seal, &job) != SEC_E_OK)
        return false;
    assert_int_equal(actor_do(&trial->cast.client, party_unseal, &job), SEC_E_OK);
    assert_true(job_says(&job, words));
    return true;
}

static void try_the_copy(const struct trial *trial)
{
    if (trial->blob.n == 0)
        return;
    SECURITY_STATUS status = cast_import(&trial->late, &trial->blob);
    assert_true(status == SEC_E_OK || status == SEC_E_CONTEXT_EXPIRED);
}

/* The one who can go on, NULL when nobody can.  Every second time the copy comes last: then it is
 * up to the exporter whether there is anything left to import. */
static const struct actor *find_owner(const struct trial *trial, bool copy_comes_last)
{
    const struct actor *who[] = { &trial->cast.server, &trial->cast.heir, &trial->late };
    const struct actor *owner = NULL;

    if (!copy_comes_last)
        try_the_copy(trial);
    for (size_t i = 0; i < 3; i++) {
        if (copy_comes_last && who[i] == &trial->late)
            try_the_copy(trial);
        if (who[i] == trial->dead || !can_go_on(trial, who[i]))
            continue;
        assert_null(owner);
        owner = who[i];
    }
    return owner;
}

/* All are gone; the tickets that they left get old, and somebody else's export sweeps them.  Lsad
 * may still be making one, for a client that died before it was told. */
static void sweep(const struct trial *trial)
{
    const struct actor *who[] = { &trial->cast.server, &trial->cast.heir, &trial->late };
    unsigned tries = 1000;

    for (size_t i = 0; i < 3; i++)
        if (who[i] != trial->dead)
            actor_kill(who[i]);
    do {
        assert_true(tries-- > 0);
        files_age_tickets();
        assert_int_equal(actor_does(&trial->cast.client, party_export, 0), SEC_E_OK);
    } while (files_tickets() != 1); /* its own */
}

/* ---- Every point ------------------------------------------------------- */

struct death {
    const struct passage *passage;
    enum victim victim;
    const char *call; /* "": any */
};

/* False when the victim came through. */
static bool dies_at(const struct death *death, unsigned point)
{
    static struct trial trial; /* too large for a frame */

    begin(death->passage, &trial);
    points_set(death->call, point);
    begin_death_of(&trial, death->victim);
    hand_over(&trial);
    bool died = points_end();
    if (died)
        bury(&trial, death->victim);
    print_message(" %s;", died ? points_page()->where : "unharmed");
    assert_false(files_hold((struct view){ trial.key.bytes, trial.key.n }));
    const struct actor *owner = find_owner(&trial, point % 2 == 0);
    if (owner != NULL)
        cast_talk(&trial.cast.client, owner);
    sweep(&trial);
    if (!died) {
        assert_int_equal(trial.given, SEC_E_OK);
        assert_int_equal(trial.taken, SEC_E_OK);
        assert_ptr_equal(owner, &trial.cast.heir);
    }
    return died;
}

static unsigned stride(void)
{
    const char *told = getenv("CRASH_STRIDE"); // NOLINT(concurrency-mt-unsafe): nobody sets it

    return told == NULL ? 1 : (unsigned)strtoul(told, NULL, 10);
}

/* How many points there were, or a stride more. */
static unsigned dies_everywhere(const struct death *death, void **state)
{
    bool died = true;
    unsigned point = 0;

    print_message("# %s, %s dies:", death->passage->what, victims[death->victim]);
    while (died && point < MAX_POINTS) {
        died = dies_at(death, point);
        assert_int_equal(actors_end(state), 0);
        point += died ? stride() : 0;
    }
    print_message("\n");
    assert_false(died);
    return point;
}

static void one_owner_at_most_when_the_exporter_dies(void **state)
{
    for (size_t i = 0; i < PASSAGES; i++)
        assert_true(dies_everywhere(&(struct death){ &passages[i], EXPORTER, "" }, state) > 10);
}

static void one_owner_at_most_when_the_importer_dies(void **state)
{
    for (size_t i = 0; i < PASSAGES; i++)
        assert_true(dies_everywhere(&(struct death){ &passages[i], IMPORTER, "" }, state) > 10);
}

static void one_owner_at_most_when_lsad_dies(void **state)
{
    static const struct {
        const char *call;
        unsigned points; /* at least */
    } calls[] = {
        { "symlinkat", 2 }, /* the ticket is made, and claimed */
        { "unlinkat", 2 },  { "recvmsg", 4 }, { "sendmsg", 4 }, { "accept4", 2 },
        { "openat", 0 },    { "read", 0 },    { "write", 0 },   { "close", 0 },
    };

    for (size_t i = 0; i < PASSAGES * sizeof(calls) / sizeof(calls[0]); i++) {
        const struct death death = { &passages[i % PASSAGES], LSAD, calls[i / PASSAGES].call };

        assert_true(dies_everywhere(&death, state) >= calls[i / PASSAGES].points);
    }
}

/* ---- Who comes first --------------------------------------------------- */

/* As far as the server lives. */
static void shake(const struct cast *cast)
{
    SECURITY_STATUS status = SEC_E_OK;
    struct job job = JOB_INIT;

    for (unsigned leg = 0; leg <= LEGS; leg++) {
        if (!actor_try(leg % 2 == 0 ? &cast->client : &cast->server, party_leg, &job, &status))
            return;
        assert_true(status >= 0);
    }
}

/* The server is the first to need the folder and the key in it. */
static bool first_one_dies_at(unsigned point)
{
    struct cast cast = cast_start();
    struct job job = JOB_INIT;
    SECURITY_STATUS status = SEC_E_OK;
    char folder[16];

    (void)snprintf(folder, sizeof(folder), "first%u", point);
    world_configure(folder, "");
    points_set("", point);
    if (actor_try(&cast.server, begin_to_die, &job, &status))
        shake(&cast);
    bool died = points_end();
    if (died)
        actor_bury(&cast.server);
    print_message(" %s;", died ? points_page()->where : "unharmed");
    struct cast next = cast_meet();
    cast_hand_over(&next.server, &next.heir, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    cast_talk(&next.client, &next.heir);
    return died;
}

static void the_next_ones_find_all_they_need_when_the_first_one_dies(void **state)
{
    unsigned point = 0;

    print_message("# maker of the seal key dies:");
    while (point < MAX_POINTS && first_one_dies_at(point)) {
        assert_int_equal(actors_end(state), 0);
        point++;
    }
    print_message("\n");
    assert_in_range(point, 20, MAX_POINTS - 1);
}

/* ---- That the test would see it ---------------------------------------- */

static void finds_a_key_that_is_in_a_file(void **state)
{
    uint8_t key[16];
    int fd = open(world_path("leak"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    (void)state;
    for (size_t i = 0; i < sizeof(key); i++) /* it is in no other file: not in this program */
        key[i] = (uint8_t)(37 * i + (size_t)getpid());
    assert_false(files_hold(VIEW_OF(key)));
    assert_int_equal(write(fd, key, sizeof(key)), sizeof(key));
    assert_true(files_hold(VIEW_OF(key)));
    assert_int_equal(close(fd) | unlink(world_path("leak")), 0);
}

/* ---- lsad under the same points ---------------------------------------- */

/* What only lsad, started from here, is to see. */
static int prepare(void **state)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): nothing else runs yet */
    const char *options = getenv("ASAN_OPTIONS");
    const char *library = getenv("POINTS");
    char more[512];

    (void)snprintf(more, sizeof(more), "%s:verify_asan_link_order=0",
                   options == NULL ? "" : options);
    if (library == NULL || points_page() == NULL || setenv("ASAN_OPTIONS", more, 1) != 0 ||
        setenv("LD_PRELOAD", library, 1) != 0)
        return -1;
    /* NOLINTEND(concurrency-mt-unsafe) */
    return world_begin(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_key_that_is_in_a_file),
        ACTOR_TEST(one_owner_at_most_when_the_exporter_dies),
        ACTOR_TEST(one_owner_at_most_when_the_importer_dies),
        CASE_IF(!world_has_lsad(),
                ACTOR_TEST(the_next_ones_find_all_they_need_when_the_first_one_dies)),
        CASE_IF(world_has_lsad(), ACTOR_TEST(one_owner_at_most_when_lsad_dies)),
    };

    return cmocka_run_group_tests(tests, prepare, world_end);
}
