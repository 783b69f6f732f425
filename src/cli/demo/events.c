/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
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

enum ssp_err event_receive(int fd, struct event *ret)
{
    char text[sizeof(struct event) + 32] = "";
    struct event event = { 0 };
    ssize_t n = 0;

    do {
        n = recv(fd, text, sizeof(text) - 1, 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return ssp_fail(IO);
    if (n == 0)
        return ssp_fail(INCOMPLETE);
    if (sscanf(text, "%" SCNu64 " %7s %23s %255[^\n]", &event.at_us, event.who, event.key,
               event.value) < 3)
        return ssp_fail(BAD_TOKEN);
    *ret = event;
    return SSP_OK;
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
