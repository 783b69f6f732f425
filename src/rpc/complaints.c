/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/complaints.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/trace.h"

#define WHILE_NS (COMPLAINT_SECONDS * UINT64_C(1000000000))

static void unlock(pthread_mutex_t **lock)
{
    (void)pthread_mutex_unlock(*lock);
}

void complaints_init(struct complaints *complaints)
{
    memset(complaints, 0, sizeof(*complaints));
    (void)pthread_mutex_init(&complaints->lock, NULL);
}

void complaints_done(struct complaints *complaints)
{
    (void)pthread_mutex_destroy(&complaints->lock);
}

bool complaints_may(struct complaints *complaints, uid_t uid, uint64_t now, uint32_t *ret_left_out)
{
    (void)pthread_mutex_lock(&complaints->lock);
    ssp_cleanup(unlock) pthread_mutex_t *held = &complaints->lock;
    struct complaint_place *place = &complaints->place[uid % COMPLAINT_PLACES];

    *ret_left_out = 0;
    if (place->said == 0 || now - place->since >= WHILE_NS) {
        *ret_left_out = place->left_out;
        *place = (struct complaint_place){ .since = now };
    }
    if (place->said == COMPLAINT_LINES) {
        place->left_out += place->left_out < UINT32_MAX ? 1 : 0;
        return false;
    }
    place->said++;
    return true;
}

void complaints_say(struct complaints *complaints, const struct client_id *who, uint64_t now,
                    const char *format, ...)
{
    char text[256];
    uint32_t left_out = 0;
    va_list args;

    if (!complaints_may(complaints, who->uid, now, &left_out))
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (left_out != 0)
        trace(TRACE_WARNING, "%u lines about such users were left out before this one",
              (unsigned)left_out);
    trace(TRACE_WARNING, "uid %u, pid %d: %s", (unsigned)who->uid, (int)who->pid, text);
}
