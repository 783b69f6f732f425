/* SPDX-License-Identifier: Apache-2.0 */
#include "base/trace.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "opensspi: "

static const struct {
    int priority;
    const char *word;
} levels[] = {
    [TRACE_ERROR] = { LOG_ERR, "error: " },
    [TRACE_WARNING] = { LOG_WARNING, "warning: " },
    [TRACE_NOTICE] = { LOG_NOTICE, "" },
    [TRACE_DEBUG] = { LOG_DEBUG, "debug: " },
};

static bool to_stderr;        /* everything */
static bool errors_to_stderr; /* TRACE_ERROR; the rest goes to the log */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_environment(void)
{
    const char *where = secure_getenv("OPENSSPI_TRACE");

    to_stderr = where != NULL && strcmp(where, "stderr") == 0;
    errors_to_stderr = where != NULL && strcmp(where, "errors") == 0;
}

/* Control characters would let a peer forge lines or drive a terminal: C0, DEL, and C1 both bare
 * and as UTF-8 has it (0xc2 0x80 to 0xc2 0x9f). */
static void defang(char *line)
{
    unsigned char before = 0;

    for (char *p = line; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        bool c1 = c >= 0x80 && c < 0xa0 && (before < 0x80 || before == 0xc2);

        if (c < 0x20 || c == 0x7f || c1)
            *p = '?';
        before = c;
    }
}

/* One write(), so that lines of several threads do not mix. */
static void say_on_stderr(enum trace_level level, const char *text)
{
    char line[1200];
    int n = snprintf(line, sizeof(line), PREFIX "%s%s\n", levels[level].word, text);

    if (n <= 0)
        return;
    if ((size_t)n >= sizeof(line)) {
        n = (int)sizeof(line) - 1;
        line[n - 1] = '\n';
    }
    if (write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nobody is left to be told */
}

/* Looks once a second, whichever it finds: without a log daemon, as in many containers, syslog()
 * makes a socket and tries to connect it for every line, in vain. */
static bool is_log_there(void)
{
    static _Atomic time_t looked_at;
    static _Atomic bool was_there;
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    if (atomic_load_explicit(&looked_at, memory_order_acquire) != now.tv_sec + 1) {
        atomic_store_explicit(&was_there, access(_PATH_LOG, F_OK) == 0, memory_order_relaxed);
        atomic_store_explicit(&looked_at, now.tv_sec + 1, memory_order_release);
    }
    return atomic_load_explicit(&was_there, memory_order_relaxed);
}

static bool goes_to_stderr(enum trace_level level)
{
    return to_stderr || (errors_to_stderr && level == TRACE_ERROR);
}

bool trace_is_heard(enum trace_level level)
{
    int kept_errno = errno;

    (void)pthread_once(&once, read_environment);
    bool is_heard = goes_to_stderr(level) || (level != TRACE_DEBUG && is_log_there());
    errno = kept_errno;
    return is_heard;
}

void trace(enum trace_level level, const char *format, ...)
{
    char text[1024];
    int kept_errno = errno;
    va_list args;

    if (!trace_is_heard(level))
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    defang(text);
    if (goes_to_stderr(level))
        say_on_stderr(level, text);
    else
        syslog(LOG_AUTHPRIV | levels[level].priority, PREFIX "%s", text);
    errno = kept_errno;
}
