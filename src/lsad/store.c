/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"
#include "handoff/snapshot.h"
#include "lsad/service.h"

/* So that nobody cuts it short while it is read; it can be written to, to wipe it. */
enum { SEALS = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL };

/* ---- Taking ---------------------------------------------------------------------------------- */

struct bytes { /* ssp_cleanup(bytes_free) */
    uint8_t *p;
    size_t n;
};

static void bytes_free(struct bytes *bytes)
{
    ssp_wipe_free(bytes->p, bytes->n);
}

static enum ssp_err wipe(int fd, size_t n)
{
    static const uint8_t zeroes[4096];
    size_t at = 0;

    while (at < n) {
        size_t part = n - at < sizeof(zeroes) ? n - at : sizeof(zeroes);
        ssize_t done = pwrite(fd, zeroes, part, (off_t)at);

        if (done <= 0)
            return ssp_fail(IO);
        at += (size_t)done;
    }
    return SSP_OK;
}

/* Once it is read here, nobody reads it again. */
static enum ssp_err read_once(int fd, struct snapshot *ret)
{
    ssp_cleanup(bytes_free) struct bytes bytes = { 0 };
    int seals = fcntl(fd, F_GET_SEALS);

    if (seals < 0 || (seals & SEALS) != SEALS)
        return ssp_fail(UNSAFE_FILE);
    if (lseek(fd, 0, SEEK_SET) != 0)
        return ssp_fail(IO);
    SSP_TRY(fd_read_all(fd, &bytes.p, &bytes.n));
    SSP_TRY(wipe(fd, bytes.n));
    return snapshot_decode((struct view){ bytes.p, bytes.n }, ret);
}

static size_t put_tickets(const struct lsa *lsa, const struct snapshot *snapshot, int tickets_fd)
{
    uint64_t now = lsa->clock->boottime();
    size_t n = 0;

    for (size_t i = 0; i < snapshot->n; i++) {
        const struct snapshot_ticket *t = &snapshot->tickets[i];

        if (t->ticket.expires < now && t->ticket.keeper == 0)
            continue;
        if (ticket_create(tickets_fd, &t->id, &t->ticket) == SSP_OK)
            n++;
    }
    return n;
}

static enum ssp_err take(int fd, struct lsa *lsa)
{
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
    ssp_cleanup(home_unref) struct home *home = NULL;
    bool is_new = false;

    SSP_TRY(read_once(fd, &snapshot));
    SSP_TRY(home_restore(lsa, &snapshot.key, &home, &is_new));
    if (is_new && ct_eq(VIEW_OF(home->key.id), VIEW_OF(snapshot.key.id)))
        trace(TRACE_NOTICE, "from the service manager: the seal key, and %zu tickets",
              put_tickets(lsa, &snapshot, home->dir.tickets_fd));
    return SSP_OK;
}

void store_take(int fd, struct lsa *lsa)
{
    ssp_cleanup(fd_close) int taken = fd;

    if (taken < 0)
        return;
    enum ssp_err e = take(taken, lsa);
    if (e != SSP_OK)
        trace(TRACE_WARNING, "what the service manager kept is not used: %s", ssp_err_text(e));
}

/* ---- Giving ---------------------------------------------------------------------------------- */

static void remember(void *arg, const struct ticket_id *id, const struct ticket *ticket)
{
    if (snapshot_add(arg, id, ticket) != SSP_OK)
        trace(TRACE_DEBUG, "a ticket is in the runtime folder only");
}

static enum ssp_err memory_with(const struct snapshot *snapshot, int *ret_fd)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(SNAPSHOT_MAX);
    ssp_cleanup(fd_close) int fd =
        memfd_create(SERVICE_STORE_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    snapshot_encode(snapshot, &out);
    SSP_TRY(out.err);
    if (fd < 0)
        return ssp_fail(IO);
    SSP_TRY(fd_write_all(fd, (struct view){ out.p, out.n }));
    if (fcntl(fd, F_ADD_SEALS, SEALS) != 0)
        return ssp_fail(IO);
    *ret_fd = fd;
    fd = -1;
    return SSP_OK;
}

static enum ssp_err give(struct lsa *lsa, enum store_what what)
{
    ssp_cleanup(home_unref) struct home *home = NULL;
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
    ssp_cleanup(fd_close) int fd = -1;

    SSP_TRY(home_get(lsa, &home));
    snapshot.key = home->key;
    if (what == STORE_KEY_AND_TICKETS)
        ticket_each(home->dir.tickets_fd, remember, &snapshot);
    SSP_TRY(memory_with(&snapshot, &fd));
    service_store(fd);
    return SSP_OK;
}

void store_give(struct lsa *lsa, enum store_what what)
{
    if (!service_is_managed())
        return;
    enum ssp_err e = give(lsa, what);
    if (e != SSP_OK)
        trace(TRACE_WARNING, "the service manager keeps nothing for later: %s", ssp_err_text(e));
}
