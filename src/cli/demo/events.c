/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "cli/status.h"

uint64_t event_now_us(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void event_tell(const struct demo_role *role, const char *key, const char *format, ...)
{
    char value[EVENT_TEXT_MAX];
    char text[sizeof(struct event) + 32];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(value, sizeof(value), format, args);
    va_end(args);
    int n = snprintf(text, sizeof(text), "%" PRIu64 " %s %s %s", event_now_us(), role->name, key,
                     value);
    (void)send(role->events_fd, text, (size_t)n, MSG_NOSIGNAL);
}

/* Cuts the next word off *text; false when it does not fit into size. */
static bool take_word(const char **text, char *ret, size_t size)
{
    size_t n = strcspn(*text, " ");

    if (n == 0 || n >= size)
        return false;
    memcpy(ret, *text, n);
    ret[n] = '\0';
    *text += n + ((*text)[n] == ' ' ? 1 : 0);
    return true;
}

static enum ssp_err parse(const char *text, struct event *ret)
{
    char at[24] = "";
    struct event event = { 0 };

    if (!take_word(&text, at, sizeof(at)) || !take_word(&text, event.who, sizeof(event.who)) ||
        !take_word(&text, event.key, sizeof(event.key)))
        return ssp_fail(BAD_TOKEN);
    event.at_us = strtoull(at, NULL, 10);
    (void)snprintf(event.value, sizeof(event.value), "%s", text);
    *ret = event;
    return SSP_OK;
}

enum ssp_err event_receive(int fd, struct event *ret)
{
    char text[sizeof(struct event) + 32] = "";
    ssize_t n = 0;

    do {
        n = recv(fd, text, sizeof(text) - 1, 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return ssp_fail(IO);
    if (n == 0)
        return ssp_fail(INCOMPLETE);
    return parse(text, ret);
}

SECURITY_STATUS demo_blame(const struct demo_role *role, const char *what, SECURITY_STATUS status)
{
    event_tell(role, EVENT_BLAME, "%s: %s", what, status_name(status));
    return status;
}

SECURITY_STATUS demo_blame_err(const struct demo_role *role, const char *what, enum ssp_err e)
{
    event_tell(role, EVENT_BLAME, "%s: %s", what, ssp_err_text(e));
    return ssp_err_status(e);
}
