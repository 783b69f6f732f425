/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "handoff/ticket.h"
#include "harness/harness.h"

enum { NOW = 1000, RACERS = 8, RACE_TICKETS = 1000, OWNER = 9 };

static char folder[] = "/tmp/opensspi-ticket-test-XXXXXX";
static int dir_fd = -1;

static int open_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return dir_fd < 0 ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    ticket_purge(dir_fd);
    fd_close(&dir_fd);
    return rmdir(folder);
}

static int empty_folder(void **state)
{
    ticket_purge(dir_fd);
    return free_guarded(state);
}

static struct ticket_id id_of(unsigned n)
{
    struct ticket_id id = { { 0xa0, (uint8_t)(n >> 8), (uint8_t)n } };

    return id;
}

static enum ssp_err let_go(const struct ticket_id *id, pid_t pid)
{
    return ticket_release(dir_fd, id, &(struct ticket_keeper){ pid, OWNER });
}

static enum ssp_err take_back(const struct ticket_id *id, pid_t pid)
{
    return ticket_take_back(dir_fd, id, &(struct ticket_keeper){ pid, OWNER });
}

static bool exists(const char *name)
{
    struct stat st;

    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void put_file(const char *name, struct view bytes)
{
    ssp_cleanup(fd_close) int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
}

static void make_old(const char *name)
{
    static const struct timespec long_ago[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

    assert_int_equal(utimensat(dir_fd, name, long_ago, AT_SYMLINK_NOFOLLOW), 0);
}

static void writes_what_the_format_says(void **state)
{
    const struct ticket_id id = { { 0x00, 0x1f, 0xe2, [15] = 0xff } };
    char text[64] = { 0 };

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ 0x0102030405060708, 77, 0x1234 }),
                     SSP_OK);
    assert_int_equal(readlinkat(dir_fd, "001fe2000000000000000000000000ff", text, sizeof(text) - 1),
                     34);
    assert_string_equal(text, "0102030405060708.0000004d.00001234");
}

static void is_let_go_by_its_keeper_and_stays_good(void **state)
{
    const struct ticket_id id = id_of(1);
    char text[64] = { 0 };

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ NOW, getpid(), OWNER }), SSP_OK);
    assert_int_equal(let_go(&id, getpid() + 1), SSP_ERR_EXPIRED);
    assert_int_equal(let_go(&id, 0), SSP_ERR_EXPIRED);
    assert_int_equal(let_go(&id, getpid()), SSP_OK);
    assert_int_equal(readlinkat(dir_fd, "a0000100000000000000000000000000", text, sizeof(text) - 1),
                     34);
    assert_string_equal(text, "00000000000003e8.00000000.00000009");
    assert_false(exists("a0000100000000000000000000000000~"));
    assert_int_equal(let_go(&id, getpid()), SSP_ERR_EXPIRED);
    assert_int_equal(take_back(&id, getpid()), SSP_ERR_EXPIRED);
    assert_int_equal(ticket_claim(dir_fd, &id), SSP_OK);
}

static void is_swept_when_it_was_let_go(void **state)
{
    const struct ticket_id id = id_of(1);

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ NOW - 1, getpid(), OWNER }),
                     SSP_OK);
    ticket_sweep(dir_fd, NOW, 100);
    assert_int_equal(let_go(&id, getpid()), SSP_OK);
    ticket_sweep(dir_fd, NOW, 100);
    assert_int_equal(ticket_claim(dir_fd, &id), SSP_ERR_EXPIRED);
}

static void does_not_come_back_when_a_claim_was_faster(void **state)
{
    const struct ticket_id id = id_of(1);

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ NOW, getpid(), OWNER }), SSP_OK);
    assert_int_equal(ticket_claim(dir_fd, &id), SSP_OK);
    assert_int_equal(let_go(&id, getpid()), SSP_ERR_EXPIRED);
    assert_int_equal(ticket_claim(dir_fd, &id), SSP_ERR_EXPIRED);
}

/* Of a ticket, a claim and a letting go at the same time. */
static atomic_int claimed;

static void claim_or_let_go(size_t nth, void *arg)
{
    const struct ticket_id *id = arg;

    if (nth % 2 == 0)
        (void)!let_go(id, getpid());
    else if (ticket_claim(dir_fd, id) == SSP_OK)
        atomic_fetch_add(&claimed, 1);
}

static void is_claimed_once_while_it_is_let_go(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 300; n++) {
        struct ticket_id id = id_of(n);

        claimed = 0;
        assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ NOW, getpid(), OWNER }),
                         SSP_OK);
        run_threads(4, claim_or_let_go, &id);
        assert_int_equal(claimed + (ticket_claim(dir_fd, &id) == SSP_OK), 1);
    }
}

struct visits {
    unsigned n;
    struct ticket_id id;
    struct ticket ticket;
};

static void visit(void *arg, const struct ticket_id *id, const struct ticket *ticket)
{
    struct visits *visits = arg;

    visits->n++;
    visits->id = *id;
    visits->ticket = *ticket;
}

static void is_visited_with_what_it_says(void **state)
{
    const struct ticket_id id = { { 0x00, 0x1f, 0xe2, [15] = 0xff } };
    struct visits visits = { 0 };

    (void)state;
    put_file("other", hex("00"));
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ NOW, 77, UINT32_MAX }), SSP_OK);
    ticket_each(dir_fd, visit, &visits);
    assert_int_equal(visits.n, 1);
    assert_memory_equal(visits.id.b, id.b, sizeof(id.b));
    assert_true(visits.ticket.expires == NOW && visits.ticket.keeper == 77 &&
                visits.ticket.uid == UINT32_MAX);
    ticket_each(-1, visit, &visits);
    assert_int_equal(visits.n, 1);
}

static void is_claimed_once(void **state)
{
    const struct ticket_id id = id_of(1);

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ .expires = NOW }), SSP_OK);
    assert_int_equal(ticket_claim(dir_fd, &id), SSP_OK);
    assert_int_equal(ticket_claim(dir_fd, &id), SSP_ERR_EXPIRED);
}

static void is_not_claimed_by_another_id(void **state)
{
    const struct ticket_id made = id_of(1);
    const struct ticket_id other = id_of(2);

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &made, &(struct ticket){ .expires = NOW }), SSP_OK);
    assert_int_equal(ticket_claim(dir_fd, &other), SSP_ERR_EXPIRED);
    assert_int_equal(ticket_claim(dir_fd, &made), SSP_OK);
}

static void is_not_made_twice_nor_over_anything_else(void **state)
{
    const struct ticket_id id = id_of(3);

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ .expires = NOW }), SSP_OK);
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ .expires = NOW }), SSP_ERR_IO);
    assert_int_equal(ticket_claim(dir_fd, &id), SSP_OK);
    put_file("a0000300000000000000000000000000", hex("00"));
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ .expires = NOW }), SSP_ERR_IO);
}

static void reports_a_folder_that_is_gone(void **state)
{
    const struct ticket_id id = id_of(5);

    (void)state;
    assert_int_equal(ticket_create(-1, &id, &(struct ticket){ .expires = NOW }), SSP_ERR_IO);
    assert_int_equal(ticket_claim(-1, &id), SSP_ERR_IO);
    ticket_sweep(-1, NOW, 10); /* and nothing to sweep */
}

static void sweeps_what_is_over_and_nothing_else(void **state)
{
    const struct ticket_id over = id_of(1);
    const struct ticket_id just = id_of(2);
    const struct ticket_id valid = id_of(3);

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &over, &(struct ticket){ .expires = NOW - 1 }), SSP_OK);
    assert_int_equal(ticket_create(dir_fd, &just, &(struct ticket){ .expires = NOW }), SSP_OK);
    assert_int_equal(ticket_create(dir_fd, &valid, &(struct ticket){ .expires = UINT64_MAX }),
                     SSP_OK);
    ticket_sweep(dir_fd, NOW, 100);
    assert_int_equal(ticket_claim(dir_fd, &over), SSP_ERR_EXPIRED);
    assert_int_equal(ticket_claim(dir_fd, &just), SSP_OK);
    assert_int_equal(ticket_claim(dir_fd, &valid), SSP_OK);
}

static void sweeps_what_stands_behind_tickets_that_stay(void **state)
{
    enum { STAY = 60, GO = 30 };

    (void)state;
    for (unsigned i = 0; i < STAY + GO; i++) {
        const struct ticket_id id = id_of(i);

        assert_int_equal(
            ticket_create(dir_fd, &id,
                          &(struct ticket){ .expires = i % 3 == 0 ? NOW - 1 : NOW + 1 }),
            SSP_OK);
    }
    for (unsigned i = 0; i < STAY + GO; i++)
        ticket_sweep(dir_fd, NOW, 2);
    for (unsigned i = 0; i < STAY + GO; i++) {
        const struct ticket_id id = id_of(i);

        assert_int_equal(ticket_claim(dir_fd, &id), i % 3 == 0 ? SSP_ERR_EXPIRED : SSP_OK);
    }
}

static pid_t dead_process(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return pid;
}

static void keeps_a_ticket_as_long_as_its_keeper_lives(void **state)
{
    const struct ticket_id mine = id_of(1);
    const struct ticket_id orphan = id_of(2);

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &mine, &(struct ticket){ NOW - 1, getpid(), OWNER }),
                     SSP_OK);
    assert_int_equal(ticket_create(dir_fd, &orphan, &(struct ticket){ NOW - 1, dead_process(), 0 }),
                     SSP_OK);
    ticket_sweep(dir_fd, NOW, 100);
    assert_int_equal(ticket_claim(dir_fd, &mine), SSP_OK);
    assert_int_equal(ticket_claim(dir_fd, &orphan), SSP_ERR_EXPIRED);
}

static void is_taken_back_by_its_keeper_only(void **state)
{
    const struct ticket_id mine = id_of(1);
    const struct ticket_id nobodys = id_of(2);

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &mine, &(struct ticket){ NOW, 77, OWNER }), SSP_OK);
    assert_int_equal(ticket_create(dir_fd, &nobodys, &(struct ticket){ NOW, 0, OWNER }), SSP_OK);
    assert_int_equal(take_back(&mine, 78), SSP_ERR_EXPIRED);
    assert_int_equal(take_back(&nobodys, 77), SSP_ERR_EXPIRED);
    assert_int_equal(take_back(&nobodys, 0), SSP_ERR_EXPIRED);
    assert_int_equal(take_back(&mine, 77), SSP_OK);
    assert_int_equal(take_back(&mine, 77), SSP_ERR_EXPIRED);
    assert_int_equal(ticket_claim(dir_fd, &nobodys), SSP_OK);
}

/* Whose process has that number now is another question. */
static void is_no_other_users_whose_process_has_the_keepers_number(void **state)
{
    const struct ticket_id id = id_of(1);
    const struct ticket_keeper other = { 77, OWNER + 1 };

    (void)state;
    assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ NOW, 77, OWNER }), SSP_OK);
    assert_int_equal(ticket_release(dir_fd, &id, &other), SSP_ERR_EXPIRED);
    assert_int_equal(ticket_take_back(dir_fd, &id, &other), SSP_ERR_EXPIRED);
    assert_int_equal(take_back(&id, 77), SSP_OK);
}

/* What is no ticket may be one to another version, so it has to be old to be swept. */
static void assert_swept_when_old(const char *name)
{
    ticket_sweep(dir_fd, UINT64_MAX, 100);
    assert_true(exists(name));
    make_old(name);
    ticket_sweep(dir_fd, 0, 100);
    assert_false(exists(name));
}

static void sweeps_old_entries_that_are_not_named_like_tickets(void **state)
{
    static const char *const names[] = {
        "README",
        ".hidden",
        "A0000100000000000000000000000000",  /* upper case */
        "a000010000000000000000000000000",   /* one digit too few */
        "a00001000000000000000000000000000", /* one digit too many */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(symlinkat("0000000000000000.00000000", dir_fd, names[i]), 0);
        assert_swept_when_old(names[i]);
    }
}

static void sweeps_old_entries_that_do_not_read_like_tickets(void **state)
{
    static const char *const texts[] = {
        "0000000000000000.0000000",   "0000000000000000.000000000", "0000000000000000:00000000",
        "000000000000000.00000000",   "00000000000000000.00000000", "000000000000000G.00000000",
        "0000000000000000.0000000G",  "-000000000000001.00000000",  "0x00000000000000.00000000",
        "0000000000000000.0000000\n",
    };
    static const char name[] = "a0000100000000000000000000000000";

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(symlinkat(texts[i], dir_fd, name), 0);
        assert_swept_when_old(name);
    }
}

static void sweeps_links_files_and_pipes_without_touching_what_is_behind_them(void **state)
{
    static const char name[] = "a0000100000000000000000000000000";

    (void)state;
    assert_int_equal(mkdirat(dir_fd, "target", 0700), 0);
    assert_int_equal(symlinkat("target", dir_fd, name), 0);
    assert_swept_when_old(name);
    assert_int_equal(mkfifoat(dir_fd, name, 0600), 0);
    assert_swept_when_old(name);
    put_file(name, hex("00"));
    assert_swept_when_old(name);
    assert_true(exists("target")); /* and a folder stays */
    assert_int_equal(unlinkat(dir_fd, "target", AT_REMOVEDIR), 0);
}

static void looks_at_about_as_many_as_it_is_told(void **state)
{
    unsigned left = 0;

    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        const struct ticket_id id = id_of(i);
        assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ .expires = NOW - 1 }),
                         SSP_OK);
    }
    ticket_sweep(dir_fd, NOW, 5);
    for (unsigned i = 0; i < 20; i++) {
        const struct ticket_id id = id_of(i);
        left += ticket_claim(dir_fd, &id) == SSP_OK ? 1 : 0;
    }
    assert_in_range(left, 10, 19);
}

/* ---- the race ---- */

/* Claims every ticket there is once the start pipe is closed, and reports the ones it won. */
_Noreturn static void race(int start_fd, int report_fd)
{
    uint8_t won[RACE_TICKETS];
    uint8_t byte = 0;

    if (read(start_fd, &byte, 1) != 0)
        _exit(1);
    for (unsigned i = 0; i < RACE_TICKETS; i++) {
        const struct ticket_id id = id_of(i);
        enum ssp_err e = ticket_claim(dir_fd, &id);

        if (e != SSP_OK && e != SSP_ERR_EXPIRED)
            _exit(2);
        won[i] = e == SSP_OK;
    }
    _exit(write(report_fd, won, sizeof(won)) == (ssize_t)sizeof(won) ? 0 : 3);
}

static void start_racer(const int start[2], const int report[2])
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(start[1]);
        race(start[0], report[1]);
    }
}

/* Reports are smaller than PIPE_BUF, so they come whole. */
static unsigned count_winners(int report_fd, unsigned winners[RACE_TICKETS])
{
    uint8_t won[RACE_TICKETS];
    unsigned reports = 0;

    while (read(report_fd, won, sizeof(won)) == (ssize_t)sizeof(won)) {
        for (unsigned i = 0; i < RACE_TICKETS; i++)
            winners[i] += won[i];
        reports++;
    }
    return reports;
}

static void each_of_a_thousand_tickets_has_one_winner_of_eight(void **state)
{
    unsigned winners[RACE_TICKETS] = { 0 };
    int start[2];
    int report[2];
    int status = -1;

    (void)state;
    for (unsigned i = 0; i < RACE_TICKETS; i++) {
        const struct ticket_id id = id_of(i);
        assert_int_equal(ticket_create(dir_fd, &id, &(struct ticket){ .expires = UINT64_MAX }),
                         SSP_OK);
    }
    assert_int_equal(pipe(start), 0);
    assert_int_equal(pipe(report), 0);
    for (unsigned i = 0; i < RACERS; i++)
        start_racer(start, report);
    assert_int_equal(close(report[1]), 0);
    assert_int_equal(close(start[0]), 0);
    assert_int_equal(close(start[1]), 0); /* go */
    assert_int_equal(count_winners(report[0], winners), RACERS);
    for (unsigned i = 0; i < RACE_TICKETS; i++)
        assert_int_equal(winners[i], 1);
    for (unsigned i = 0; i < RACERS; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(close(report[0]), 0);
}

#define CASE(fn) cmocka_unit_test_teardown(fn, empty_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(writes_what_the_format_says),
        CASE(is_claimed_once),
        CASE(is_not_claimed_by_another_id),
        CASE(is_not_made_twice_nor_over_anything_else),
        CASE(reports_a_folder_that_is_gone),
        CASE(sweeps_what_is_over_and_nothing_else),
        CASE(sweeps_what_stands_behind_tickets_that_stay),
        CASE(keeps_a_ticket_as_long_as_its_keeper_lives),
        CASE(is_taken_back_by_its_keeper_only),
        CASE(is_no_other_users_whose_process_has_the_keepers_number),
        CASE(is_let_go_by_its_keeper_and_stays_good),
        CASE(is_swept_when_it_was_let_go),
        CASE(does_not_come_back_when_a_claim_was_faster),
        CASE(is_claimed_once_while_it_is_let_go),
        CASE(is_visited_with_what_it_says),
        CASE(sweeps_old_entries_that_are_not_named_like_tickets),
        CASE(sweeps_old_entries_that_do_not_read_like_tickets),
        CASE(sweeps_links_files_and_pipes_without_touching_what_is_behind_them),
        CASE(looks_at_about_as_many_as_it_is_told),
        CASE(each_of_a_thousand_tickets_has_one_winner_of_eight),
    };

    return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
