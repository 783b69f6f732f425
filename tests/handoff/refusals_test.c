/* SPDX-License-Identifier: Apache-2.0 */
/* Who may not import what, and that being refused costs the rightful heir nothing. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "handoff/cast.h"

/* Offsets in an envelope, docs/formats/envelope.md. */
enum { BOOT_ID_AT = 32, KEY_ID_AT = 48 };
enum { NOBODY = 65534 };

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

static struct job without_token(struct job blob)
{
    if (blob.fd >= 0)
        (void)close(blob.fd);
    blob.fd = -1;
    return blob;
}

static struct job export_plainly(const struct actor *from, ULONG flags)
{
    return without_token(cast_export(from, flags));
}

static void still_goes_to(const struct cast *cast, const struct job *blob)
{
    assert_int_equal(cast_import(&cast->heir, blob), SEC_E_OK);
    cast_talk(&cast->client, &cast->heir);
}

/* ---- Once -------------------------------------------------------------- */

static void is_imported_once(void **state)
{
    struct cast cast = cast_meet();
    struct actor thief = actor_start(cast_scene(), true);
    struct job blob = export_plainly(&cast.server, delete_old);

    (void)state;
    still_goes_to(&cast, &blob);
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(cast_import(&thief, &blob), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(cast_import(&cast.server, &blob), SEC_E_CONTEXT_EXPIRED);
    cast_talk(&cast.client, &cast.heir);
}

/* ---- In time ----------------------------------------------------------- */

/* The end of the lifetime is an event: nothing here depends on how long anything takes. */
static void wait_until_over(unsigned ms)
{
    struct timespec at = { 0 };

    assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &at), 0);
    at.tv_nsec += (long)ms * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &at, NULL) != 0)
        ;
}

static void is_refused_when_its_time_is_over(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    assert_int_equal(actor_does(&cast.server, party_lifetime, 1), SEC_E_OK);
    struct job blob = export_plainly(&cast.server, 0);
    wait_until_over(1);
    assert_int_equal(cast_import(&cast.heir, &blob), SEC_E_CONTEXT_EXPIRED);
    cast_talk(&cast.client, &cast.server); /* the frozen one is nobody else's, so it thaws */
}

static void keeps_the_lifetime_that_was_set_for_every_export(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    assert_int_equal(actor_does(&cast.server, party_lifetime, 1), SEC_E_OK);
    (void)export_plainly(&cast.server, 0);
    struct job second = export_plainly(&cast.server, 0);
    wait_until_over(1);
    assert_int_equal(cast_import(&cast.heir, &second), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(actor_does(&cast.server, party_lifetime, OPENSSPI_EXPORT_LIFETIME_MAX),
                     SEC_E_OK);
    struct job third = export_plainly(&cast.server, 0);
    still_goes_to(&cast, &third);
}

static void takes_no_lifetime_out_of_bounds(void **state)
{
    struct cast cast = cast_meet();

    (void)state;
    assert_int_equal(actor_does(&cast.server, party_lifetime, 0), SEC_E_INVALID_PARAMETER);
    assert_int_equal(actor_does(&cast.server, party_lifetime, OPENSSPI_EXPORT_LIFETIME_MAX + 1),
                     SEC_E_INVALID_PARAMETER);
    cast_talk(&cast.client, &cast.server);
}

/* ---- By its package ---------------------------------------------------- */

static SECURITY_STATUS import_as_unknown(struct party *party, struct job *job)
{
    static const struct scene unknown = { .package = "No such package" };

    party->scene = &unknown;
    SECURITY_STATUS status = party_import(party, job);
    party->scene = cast_scene();
    return status;
}

static SECURITY_STATUS import_as_mock(struct party *party, struct job *job)
{
    party->scene = &scene_mock;
    SECURITY_STATUS status = party_import(party, job);
    party->scene = cast_scene();
    return status;
}

static void is_refused_by_another_package(void **state)
{
    struct cast cast = cast_meet();
    struct job blob = export_plainly(&cast.server, delete_old);
    struct job first = blob;
    struct job second = blob;

    (void)state;
    assert_int_equal(actor_do(&cast.heir, import_as_unknown, &first), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(actor_do(&cast.heir, import_as_mock, &second), SEC_E_SECPKG_NOT_FOUND);
    still_goes_to(&cast, &blob);
}

/* ---- With its own token ------------------------------------------------ */

static void is_refused_with_the_token_of_another_logon(void **state)
{
    struct cast cast = cast_meet();
    struct cast other = cast_meet();
    struct job blob = export_plainly(&cast.server, delete_old);
    struct job wrong = cast_export(&other.server, delete_old);
    struct job with_wrong = blob;

    (void)state;
    assert_true(wrong.fd >= 0);
    with_wrong.fd = wrong.fd;
    assert_int_equal(actor_do(&cast.heir, party_import, &with_wrong), SEC_E_LOGON_DENIED);
    still_goes_to(&cast, &blob);
}

static void is_refused_with_what_is_no_token(void **state)
{
    struct cast cast = cast_meet();
    struct job blob = export_plainly(&cast.server, delete_old);
    struct job with_file = blob;

    (void)state;
    with_file.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(actor_do(&cast.heir, party_import, &with_file), SEC_E_LOGON_DENIED);
    still_goes_to(&cast, &blob);
}

static void is_refused_with_a_token_when_it_had_none(void **state)
{
    struct cast cast = cast_meet();
    struct job client = cast_export(&cast.client, delete_old);
    struct job server = cast_export(&cast.server, delete_old);

    (void)state;
    assert_int_equal(client.fd, -1); /* an initiator has nobody's token */
    client.fd = server.fd;
    assert_int_equal(actor_do(&cast.heir, party_import, &client), SEC_E_LOGON_DENIED);
}

/* ---- Where its key is -------------------------------------------------- */

static void is_refused_where_another_key_is_used(void **state)
{
    struct cast cast = cast_meet();
    struct actor stranger = actor_start(cast_scene(), true);
    struct job blob = export_plainly(&cast.server, delete_old);

    (void)state;
    assert_int_equal(actor_does(&cast.heir, party_import, 0), SEC_E_INVALID_TOKEN); /* started */
    world_configure("elsewhere", "");
    assert_int_equal(cast_import(&stranger, &blob), SEC_E_INVALID_TOKEN);
    world_configure("run", "");
    still_goes_to(&cast, &blob);
}

static void is_refused_with_another_boot_or_key_in_its_header(void **state)
{
    static const size_t places[] = { BOOT_ID_AT, KEY_ID_AT };
    struct cast cast = cast_meet();
    struct job blob = export_plainly(&cast.server, delete_old);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct job altered = blob;

        memset(altered.bytes + places[i], 0, 16);
        assert_int_equal(cast_import(&cast.heir, &altered), SEC_E_INVALID_TOKEN);
    }
    still_goes_to(&cast, &blob);
}

/* ---- By its user ------------------------------------------------------- */

/* Whose home, if it were root's, nobody could not look into for a configuration. */
static SECURITY_STATUS become_nobody(struct party *party, struct job *job)
{
    (void)party;
    (void)job;
    bool is_done = setenv("HOME", "/nonexistent", 1) == 0 && unsetenv("XDG_CONFIG_HOME") == 0 &&
                   setgid(NOBODY) == 0 && setuid(NOBODY) == 0;
    return is_done ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static void give_to_nobody(const char *path, mode_t mode)
{
    assert_int_equal(chmod(path, mode), 0);
    assert_int_equal(chown(path, NOBODY, NOBODY), 0);
}

/* A configuration that nobody can read, and a runtime folder of nobody's own. */
static void make_room_for_nobody(void)
{
    assert_int_equal(chmod(world_path(""), 0711), 0);
    assert_int_equal(mkdir(world_path("nobodys"), 0700), 0);
    give_to_nobody(world_path("nobodys"), 0700);
    world_configure("nobodys", "");
    assert_int_equal(chmod(world_path("conf"), 0644), 0);
    assert_int_equal(chmod(world_path("packages"), 0755), 0);
}

static int restore(void **state)
{
    int status = actors_end(state);

    world_configure("run", "");
    (void)chmod(world_path("packages"), 0700);
    (void)unlink(world_path("nobodys/seal.key"));
    (void)rmdir(world_path("nobodys/tickets"));
    (void)rmdir(world_path("nobodys"));
    return status | chmod(world_path(""), 0700);
}

/* Different users share no key unless a daemon holds it. */
static void is_refused_by_another_user(void **state)
{
    struct cast cast = cast_meet();
    struct actor nobody = actor_start(cast_scene(), true);
    struct job blob = export_plainly(&cast.server, delete_old);

    (void)state;
    assert_int_equal(actor_does(&cast.heir, party_import, 0), SEC_E_INVALID_TOKEN); /* started */
    make_room_for_nobody();
    assert_int_equal(actor_does(&nobody, become_nobody, 0), SEC_E_OK);
    assert_int_equal(cast_import(&nobody, &blob), SEC_E_INVALID_TOKEN);
    still_goes_to(&cast, &blob);
}

static void copy_key(void)
{
    uint8_t bytes[256];
    int from = open(world_path("run/seal.key"), O_RDONLY | O_CLOEXEC);
    int to = open(world_path("nobodys/seal.key"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ssize_t n = read(from, bytes, sizeof(bytes));

    assert_true(n > 0 && (size_t)n < sizeof(bytes));
    assert_int_equal(write(to, bytes, (size_t)n), n);
    assert_int_equal(close(from), 0);
    assert_int_equal(close(to), 0);
    give_to_nobody(world_path("nobodys/seal.key"), 0600);
}

static void is_refused_by_another_user_even_with_the_key(void **state)
{
    struct cast cast = cast_meet();
    struct actor nobody = actor_start(cast_scene(), true);
    struct job blob = export_plainly(&cast.server, delete_old);

    (void)state;
    assert_int_equal(actor_does(&cast.heir, party_import, 0), SEC_E_INVALID_TOKEN); /* started */
    make_room_for_nobody();
    copy_key();
    assert_int_equal(actor_does(&nobody, become_nobody, 0), SEC_E_OK);
    assert_int_equal(cast_import(&nobody, &blob), SEC_E_NOT_OWNER);
    still_goes_to(&cast, &blob);
}

static SECURITY_STATUS export_to_uid(struct party *party, struct job *job)
{
    OPENSSPI_EXPORT_TO_UID to = { job->arg };
    SECURITY_STATUS status =
        SetContextAttributesW(&party->ctx, OPENSSPI_ATTR_EXPORT_TO_UID, &to, sizeof(to));

    job->arg = 0;
    return status == SEC_E_OK ? party_export(party, job) : status;
}

static void goes_to_no_other_user_without_a_daemon(void **state)
{
    struct cast cast = cast_meet();
    struct job blob = JOB_INIT;

    (void)state;
    assert_int_equal(actor_does(&cast.server, export_to_uid, geteuid() + 1),
                     SEC_E_UNSUPPORTED_FUNCTION);
    cast_talk(&cast.client, &cast.server);
    blob.arg = geteuid();
    assert_int_equal(actor_do(&cast.server, export_to_uid, &blob), SEC_E_OK);
    assert_int_equal(actor_do(&cast.heir, party_import, &blob), SEC_E_OK);
    cast_talk(&cast.client, &cast.heir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(is_imported_once),
        ACTOR_TEST(is_refused_when_its_time_is_over),
        ACTOR_TEST(keeps_the_lifetime_that_was_set_for_every_export),
        ACTOR_TEST(takes_no_lifetime_out_of_bounds),
        ACTOR_TEST(is_refused_by_another_package),
        ACTOR_TEST(is_refused_with_the_token_of_another_logon),
        ACTOR_TEST(is_refused_with_what_is_no_token),
        ACTOR_TEST(is_refused_with_a_token_when_it_had_none),
        cmocka_unit_test_teardown(is_refused_where_another_key_is_used, restore),
        ACTOR_TEST(is_refused_with_another_boot_or_key_in_its_header),
        CASE_IF(geteuid() == 0 && !world_has_lsad(),
                cmocka_unit_test_teardown(is_refused_by_another_user, restore)),
        CASE_IF(geteuid() == 0 && !world_has_lsad(),
                cmocka_unit_test_teardown(is_refused_by_another_user_even_with_the_key, restore)),
        CASE_IF(!world_has_lsad(), ACTOR_TEST(goes_to_no_other_user_without_a_daemon)),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
