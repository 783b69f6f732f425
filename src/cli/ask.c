/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"

static const char *const texts[] = {
    [ASK_OK] = "fine",
    [ASK_MISMATCH] = "the two entries differ",
    [ASK_EMPTY] = "an empty password is none",
    [ASK_TOO_LONG] = "too long, or with a NUL in it",
    [ASK_FAILED] = "no line to read",
};

const char *ask_text(enum ask_result result)
{
    return texts[result];
}

struct line { /* ssp_cleanup(line_wipe) */
    uint8_t b[ASK_MAX + 1];
    size_t n;
};

static void line_wipe(struct line *line)
{
    explicit_bzero(line, sizeof(*line));
}

/* Byte by byte: what follows the line is somebody else's, and stdio would keep a copy of it. */
static enum ask_result read_line(struct line *ret)
{
    ret->n = 0;
    for (;;) {
        uint8_t c = 0;
        ssize_t got = read(STDIN_FILENO, &c, 1);

        if (got < 0 || (got == 0 && ret->n == 0))
            return ASK_FAILED;
        if (got == 0 || c == '\n')
            return ret->n == 0 ? ASK_EMPTY : ASK_OK;
        if (c == '\0' || ret->n == ASK_MAX)
            return ASK_TOO_LONG;
        ret->b[ret->n++] = c;
    }
}

static volatile sig_atomic_t caught;

static void note_signal(int number)
{
    caught = number;
}

static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP };
enum { N_SIGNALS = sizeof(signals) / sizeof(signals[0]) };

struct quiet_terminal { /* echo off; a signal that would end us waits until echo is back */
    struct termios before;
    struct sigaction actions[N_SIGNALS];
};

static int quiet_begin(struct quiet_terminal *ret)
{
    struct sigaction note = { .sa_handler = note_signal }; /* no SA_RESTART: read() shall return */

    if (tcgetattr(STDIN_FILENO, &ret->before) != 0)
        return -1;
    caught = 0;
    for (size_t i = 0; i < N_SIGNALS; i++)
        (void)sigaction(signals[i], &note, &ret->actions[i]);
    struct termios quiet = ret->before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
}

static void quiet_end(const struct quiet_terminal *quiet)
{
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet->before);
    for (size_t i = 0; i < N_SIGNALS; i++)
        (void)sigaction(signals[i], &quiet->actions[i], NULL);
    if (caught != 0)
        (void)raise(caught);
}

static enum ask_result ask_quietly(const char *prompt, struct line *ret)
{
    struct quiet_terminal quiet;

    if (quiet_begin(&quiet) != 0)
        return ASK_FAILED;
    (void)fputs(prompt, stderr);
    enum ask_result result = read_line(ret);
    (void)fputc('\n', stderr);
    quiet_end(&quiet);
    return result;
}

static enum ask_result ask_twice(const char *prompt, struct line *ret)
{
    ssp_cleanup(line_wipe) struct line again = { 0 };
    enum ask_result result = ask_quietly(prompt, ret);

    if (result == ASK_OK)
        result = ask_quietly("And again: ", &again);
    if (result != ASK_OK)
        return result;
    bool same = ct_eq((struct view){ ret->b, ret->n }, (struct view){ again.b, again.n });
    return same ? ASK_OK : ASK_MISMATCH;
}

enum ask_result ask_new_password(const char *prompt, struct secret *ret)
{
    ssp_cleanup(line_wipe) struct line line = { 0 };
    enum ask_result result =
        isatty(STDIN_FILENO) == 1 ? ask_twice(prompt, &line) : read_line(&line);

    if (result == ASK_OK && secret_new((struct view){ line.b, line.n }, ret) != SSP_OK)
        return ASK_FAILED;
    return result;
}
