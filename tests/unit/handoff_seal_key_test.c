/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "handoff/seal_key.h"
#include "handoff/ticket.h"
#include "harness/harness.h"

enum { FILE_SIZE = 72, STARTERS = 12, STRANGER = 54321 };

struct place {
    char path[64];
    struct runtime_dir dir;
};

static int setup(void **state)
{
    static struct place place;

    (void)snprintf(place.path, sizeof(place.path), "/tmp/opensspi-key-test-XXXXXX");
    place.dir = (struct runtime_dir)RUNTIME_DIR_INIT;
    if (mkdtemp(place.path) == NULL || runtime_dir_open(place.path, &place.dir) != SSP_OK)
        return -1;
    *state = &place;
    return 0;
}

/* Nothing else may be there: no temporary file of any attempt. */
static int teardown(void **state)
{
    struct place *place = *state;

    ticket_purge(place->dir.tickets_fd);
    (void)unlinkat(place->dir.fd, "seal.key", 0);
    (void)unlinkat(place->dir.fd, "tickets", AT_REMOVEDIR);
    runtime_dir_close(&place->dir);
    return rmdir(place->path) == 0 ? free_guarded(state) : -1;
}

/* A port that counts up, so that tests know what was drawn. */
static uint8_t next_byte;

static enum ssp_err count_up(uint8_t *dst, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dst[i] = next_byte++;
    return SSP_OK;
}

static enum ssp_err have_none(uint8_t *dst, size_t n)
{
    memset(dst, 0, n); /* what nobody may use */
    return ssp_fail(INTERNAL);
}

static const struct rand counting = { count_up };
static const struct rand empty = { have_none };

static enum ssp_err load_key(const struct runtime_dir *dir, const struct rand *rand,
                             const struct seal_key *known, struct seal_key *ret)
{
    struct seal_file file = { 0 };
    enum ssp_err e = seal_key_load(dir, rand, known, ret, &file);

    assert_int_equal(seal_key_is_there(dir, &file), e == SSP_OK);
    return e;
}

static struct view read_key_file(const struct place *place)
{
    uint8_t bytes[FILE_SIZE + 1];
    ssp_cleanup(fd_close) int fd = openat(place->dir.fd, "seal.key", O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(read(fd, bytes, sizeof(bytes)), FILE_SIZE);
    return guarded((struct view){ bytes, FILE_SIZE });
}

static void write_key_file(const struct place *place, struct view bytes)
{
    (void)unlinkat(place->dir.fd, "seal.key", 0);
    ssp_cleanup(fd_close) int fd =
        openat(place->dir.fd, "seal.key", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
}

/* The file of a fresh key with one byte changed. */
static void write_edited(const struct place *place, size_t at, uint8_t change)
{
    uint8_t bytes[FILE_SIZE];
    struct seal_key key;

    (void)unlinkat(place->dir.fd, "seal.key", 0);
    assert_int_equal(load_key(&place->dir, &system_rand, NULL, &key), SSP_OK);
    memcpy(bytes, read_key_file(place).p, FILE_SIZE);
    bytes[at] ^= change;
    write_key_file(place, VIEW_OF(bytes));
}

static enum ssp_err load(const struct place *place)
{
    struct seal_key key = { .key.n = 42 };
    enum ssp_err e = load_key(&place->dir, &system_rand, NULL, &key);

    if (e != SSP_OK)
        assert_int_equal(key.key.n, 42); /* outputs are left alone on failure */
    return e;
}

static struct view boot_id(void)
{
    char text[64] = { 0 };
    char digits[64] = { 0 };
    size_t n = 0;
    ssp_cleanup(fd_close) int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

    assert_true(read(fd, text, sizeof(text) - 1) >= 36);
    for (size_t i = 0; i < 36; i++)
        if (text[i] != '-')
            digits[n++] = text[i];
    return hex(digits);
}

static void makes_a_key_as_the_format_says(void **state)
{
    const struct place *place = *state;
    struct seal_key key = { 0 };
    struct stat st;
    uint8_t want[FILE_SIZE] = { 'S', 'S', 'P', 'I', 'K', 'E', 'Y', 1 };

    next_byte = 1;
    assert_int_equal(load_key(&place->dir, &counting, NULL, &key), SSP_OK);
    memcpy(want + 8, boot_id().p, 16);
    for (uint8_t i = 0; i < 48; i++) /* key id, then key */
        want[24 + i] = (uint8_t)(1 + i);
    assert_view_equal(read_key_file(place), VIEW_OF(want));
    assert_view_equal(key_view(&key.key), (struct view){ want + 40, 32 });
    assert_view_equal(VIEW_OF(key.id), (struct view){ want + 24, 16 });
    assert_view_equal(VIEW_OF(key.boot), boot_id());
    assert_int_equal(fstatat(place->dir.fd, "seal.key", &st, AT_SYMLINK_NOFOLLOW), 0);
    assert_int_equal(st.st_mode, S_IFREG | 0600);
}

static void reads_the_key_that_is_there(void **state)
{
    const struct place *place = *state;
    struct seal_key first = { 0 };
    struct seal_key second = { 0 };

    assert_int_equal(load_key(&place->dir, &system_rand, NULL, &first), SSP_OK);
    assert_int_equal(load_key(&place->dir, &empty, NULL, &second), SSP_OK); /* draws nothing */
    assert_view_equal(key_view(&first.key), key_view(&second.key));
    assert_view_equal(VIEW_OF(first.id), VIEW_OF(second.id));
    assert_view_equal(VIEW_OF(first.boot), VIEW_OF(second.boot));
}

static void makes_another_key_for_another_folder(void **state)
{
    const struct place *place = *state;
    struct seal_key first = { 0 };
    struct seal_key second = { 0 };

    assert_int_equal(load_key(&place->dir, &system_rand, NULL, &first), SSP_OK);
    assert_int_equal(unlinkat(place->dir.fd, "seal.key", 0), 0);
    assert_int_equal(load_key(&place->dir, &system_rand, NULL, &second), SSP_OK);
    assert_false(ct_eq(key_view(&first.key), key_view(&second.key)));
    assert_false(ct_eq(VIEW_OF(first.id), VIEW_OF(second.id)));
}

static void leaves_nothing_when_there_is_no_randomness(void **state)
{
    const struct place *place = *state;
    struct seal_key key;

    assert_int_equal(load_key(&place->dir, &empty, NULL, &key), SSP_ERR_INTERNAL);
    assert_int_equal(faccessat(place->dir.fd, "seal.key", F_OK, 0), -1);
}

static void puts_back_a_known_key_that_is_gone(void **state)
{
    const struct place *place = *state;
    struct seal_key first = { 0 };
    struct seal_key second = { 0 };
    struct seal_file file = { 0 };

    assert_int_equal(seal_key_load(&place->dir, &system_rand, NULL, &first, &file), SSP_OK);
    assert_int_equal(unlinkat(place->dir.fd, "seal.key", 0), 0);
    assert_false(seal_key_is_there(&place->dir, &file));
    assert_int_equal(load_key(&place->dir, &system_rand, &first, &second), SSP_OK);
    assert_view_equal(key_view(&first.key), key_view(&second.key));
    assert_int_equal(load_key(&place->dir, &empty, NULL, &second), SSP_OK); /* from the file */
    assert_view_equal(VIEW_OF(first.id), VIEW_OF(second.id));
}

static void prefers_the_key_of_others_to_a_known_one(void **state)
{
    const struct place *place = *state;
    struct seal_key known = { 0 };
    struct seal_key theirs = { 0 };
    struct seal_key got = { 0 };
    struct seal_file file = { 0 };

    assert_int_equal(seal_key_load(&place->dir, &system_rand, NULL, &known, &file), SSP_OK);
    assert_int_equal(unlinkat(place->dir.fd, "seal.key", 0), 0);
    assert_int_equal(load_key(&place->dir, &system_rand, NULL, &theirs), SSP_OK);
    assert_false(seal_key_is_there(&place->dir, &file)); /* another file in its place */
    assert_int_equal(load_key(&place->dir, &system_rand, &known, &got), SSP_OK);
    assert_view_equal(key_view(&got.key), key_view(&theirs.key));
}

static void puts_back_no_key_of_an_earlier_boot(void **state)
{
    const struct place *place = *state;
    struct seal_key known = { 0 };
    struct seal_key got = { 0 };

    assert_int_equal(load_key(&place->dir, &system_rand, NULL, &known), SSP_OK);
    assert_int_equal(unlinkat(place->dir.fd, "seal.key", 0), 0);
    known.boot[0] ^= 1;
    assert_int_equal(load_key(&place->dir, &system_rand, &known, &got), SSP_OK);
    assert_view_equal(VIEW_OF(got.boot), boot_id());
    assert_false(ct_eq(key_view(&got.key), key_view(&known.key)));
}

/* ---- many at once ---- */

_Noreturn static void start_up(const struct runtime_dir *dir, int start_fd, int report_fd)
{
    uint8_t bytes[ENVELOPE_ID_SIZE + 32];
    struct seal_key key;

    if (read(start_fd, bytes, 1) != 0 || load_key(dir, &system_rand, NULL, &key) != SSP_OK)
        _exit(1);
    memcpy(bytes, key.id, ENVELOPE_ID_SIZE);
    memcpy(bytes + ENVELOPE_ID_SIZE, key.key.b, 32);
    _exit(write(report_fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes) ? 0 : 2);
}

static void start_all_at_once(const struct place *place, int *ret_report_fd)
{
    int start[2];
    int report[2];

    assert_int_equal(pipe(start), 0);
    assert_int_equal(pipe(report), 0);
    for (unsigned i = 0; i < STARTERS; i++) {
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
            (void)close(start[1]);
            start_up(&place->dir, start[0], report[1]);
        }
    }
    assert_int_equal(close(report[1]), 0);
    assert_int_equal(close(start[0]), 0);
    assert_int_equal(close(start[1]), 0); /* go */
    *ret_report_fd = report[0];
}

static void assert_all_got_the_same(const struct place *place)
{
    uint8_t got[ENVELOPE_ID_SIZE + 32];
    ssp_cleanup(fd_close) int report = -1;
    int status = -1;

    start_all_at_once(place, &report);
    for (unsigned i = 0; i < STARTERS; i++) {
        assert_int_equal(read(report, got, sizeof(got)), sizeof(got));
        assert_view_equal(VIEW_OF(got), (struct view){ read_key_file(place).p + 24, sizeof(got) });
    }
    for (unsigned i = 0; i < STARTERS; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
}

static void gives_all_that_start_at_once_the_same_key(void **state)
{
    const struct place *place = *state;

    for (int round = 0; round < 20; round++) {
        (void)unlinkat(place->dir.fd, "seal.key", 0);
        assert_all_got_the_same(place);
    }
}

static void gives_all_that_start_after_a_reboot_the_same_key(void **state)
{
    const struct place *place = *state;

    for (int round = 0; round < 20; round++) {
        write_edited(place, 8, 1);
        assert_all_got_the_same(place);
    }
}

/* ---- files that are not as they should be ---- */

static void replaces_the_key_of_an_earlier_boot_and_its_tickets(void **state)
{
    const struct place *place = *state;
    const struct ticket_id id = { { 1 } };
    struct seal_key key;

    for (size_t at = 8; at < 24; at++) {
        write_edited(place, at, 0x80);
        const struct view old = read_key_file(place);
        assert_int_equal(
            ticket_create(place->dir.tickets_fd, &id, &(struct ticket){ UINT64_MAX, getpid(), 0 }),
            SSP_OK);
        assert_int_equal(load_key(&place->dir, &system_rand, NULL, &key), SSP_OK);
        assert_view_equal(VIEW_OF(key.boot), boot_id());
        assert_false(ct_eq(key_view(&key.key), (struct view){ old.p + 40, 32 }));
        assert_int_equal(ticket_claim(place->dir.tickets_fd, &id), SSP_ERR_EXPIRED);
    }
}

static void replaces_a_file_that_holds_no_key_but_keeps_the_tickets(void **state)
{
    static const uint8_t garbage[FILE_SIZE + 1] = { 'g', 'a', 'r', 'b' };
    const struct place *place = *state;
    const struct ticket_id id = { { 2 } };

    assert_int_equal(
        ticket_create(place->dir.tickets_fd, &id, &(struct ticket){ .expires = UINT64_MAX }),
        SSP_OK);
    for (size_t n = 0; n <= sizeof(garbage); n++) {
        write_key_file(place, (struct view){ garbage, n });
        assert_int_equal(load(place), SSP_OK);
    }
    assert_int_equal(ticket_claim(place->dir.tickets_fd, &id), SSP_OK);
}

static void replaces_a_key_that_was_cut_short_or_has_bytes_behind_it(void **state)
{
    const struct place *place = *state;
    uint8_t bytes[FILE_SIZE + 1] = { 0 };

    assert_int_equal(load(place), SSP_OK);
    memcpy(bytes, read_key_file(place).p, FILE_SIZE);
    for (size_t n = 0; n <= sizeof(bytes); n++) {
        write_key_file(place, (struct view){ bytes, n });
        assert_int_equal(load(place), SSP_OK);
        bool kept = ct_eq(read_key_file(place), (struct view){ bytes, FILE_SIZE });
        assert_int_equal(kept, n == FILE_SIZE);
    }
}

static void refuses_the_key_of_another_version_and_leaves_it(void **state)
{
    const struct place *place = *state;

    write_edited(place, 7, 3);
    const struct view before = read_key_file(place);
    assert_int_equal(load(place), SSP_ERR_UNSUPPORTED);
    assert_view_equal(read_key_file(place), before);
}

static void refuses_a_file_that_others_could_read_or_write(void **state)
{
    static const mode_t open_to_others[] = { 0601, 0602, 0604, 0610, 0620, 0640, 0666 };
    const struct place *place = *state;

    assert_int_equal(load(place), SSP_OK);
    for (size_t i = 0; i < sizeof(open_to_others) / sizeof(open_to_others[0]); i++) {
        assert_int_equal(fchmodat(place->dir.fd, "seal.key", open_to_others[i], 0), 0);
        assert_int_equal(load(place), SSP_ERR_UNSAFE_FILE);
    }
    assert_int_equal(fchmodat(place->dir.fd, "seal.key", 0600, 0), 0);
    assert_int_equal(load(place), SSP_OK);
}

static void refuses_the_file_of_somebody_else(void **state)
{
    const struct place *place = *state;

    assert_int_equal(load(place), SSP_OK);
    assert_int_equal(fchownat(place->dir.fd, "seal.key", STRANGER, STRANGER, 0), 0);
    assert_int_equal(load(place), SSP_ERR_UNSAFE_FILE);
}

static void refuses_links_pipes_and_folders(void **state)
{
    const struct place *place = *state;
    char target[96];

    assert_int_equal(load(place), SSP_OK);
    (void)snprintf(target, sizeof(target), "%s/tickets/real", place->path);
    assert_int_equal(renameat(place->dir.fd, "seal.key", place->dir.tickets_fd, "real"), 0);
    assert_int_equal(symlinkat(target, place->dir.fd, "seal.key"), 0);
    assert_int_equal(load(place), SSP_ERR_UNSAFE_FILE);
    assert_int_equal(unlinkat(place->dir.fd, "seal.key", 0), 0);
    assert_int_equal(mkfifoat(place->dir.fd, "seal.key", 0600), 0);
    assert_int_equal(load(place), SSP_ERR_UNSAFE_FILE);
    assert_int_equal(unlinkat(place->dir.fd, "seal.key", 0), 0);
    assert_int_equal(mkdirat(place->dir.fd, "seal.key", 0700), 0);
    assert_int_equal(load(place), SSP_ERR_UNSAFE_FILE);
    assert_int_equal(unlinkat(place->dir.fd, "seal.key", AT_REMOVEDIR), 0);
}

static void goes_on_after_a_process_that_died_while_it_made_the_key(void **state)
{
    const struct place *place = *state;
    int fd = openat(place->dir.fd, "seal.key.new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "SSPIK", 5), 5);
    assert_int_equal(close(fd), 0);
    assert_int_equal(load(place), SSP_OK);
}

static void loads_or_reports_no_memory(void **state)
{
    const struct place *place = *state;
    struct seal_key key;
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        fault_malloc_at(nth);
        e = load_key(&place->dir, &system_rand, NULL, &key);
        fault_malloc_at(SIZE_MAX);
    }
    assert_int_equal(e, SSP_OK);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(makes_a_key_as_the_format_says),
        CASE(reads_the_key_that_is_there),
        CASE(makes_another_key_for_another_folder),
        CASE(puts_back_a_known_key_that_is_gone),
        CASE(prefers_the_key_of_others_to_a_known_one),
        CASE(puts_back_no_key_of_an_earlier_boot),
        CASE(leaves_nothing_when_there_is_no_randomness),
        CASE(gives_all_that_start_at_once_the_same_key),
        CASE(gives_all_that_start_after_a_reboot_the_same_key),
        CASE(replaces_the_key_of_an_earlier_boot_and_its_tickets),
        CASE(replaces_a_file_that_holds_no_key_but_keeps_the_tickets),
        CASE(replaces_a_key_that_was_cut_short_or_has_bytes_behind_it),
        CASE(refuses_the_key_of_another_version_and_leaves_it),
        CASE(refuses_a_file_that_others_could_read_or_write),
        CASE_IF(geteuid() == 0, CASE(refuses_the_file_of_somebody_else)),
        CASE(refuses_links_pipes_and_folders),
        CASE(goes_on_after_a_process_that_died_while_it_made_the_key),
        CASE(loads_or_reports_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
