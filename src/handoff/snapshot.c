/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/snapshot.h"

#include <stdlib.h>

#include "base/cleanup.h"

enum { VERSION = 1, KEY_SIZE = 32, TICKET_SIZE = 32 };

static const uint8_t magic[7] = { 'S', 'S', 'P', 'I', 'S', 'N', 'P' };

void snapshot_done(struct snapshot *snapshot)
{
    free(snapshot->tickets);
    explicit_bzero(snapshot, sizeof(*snapshot));
}

enum ssp_err snapshot_add(struct snapshot *snapshot, const struct ticket_id *id,
                          const struct ticket *ticket)
{
    if (snapshot->n == SNAPSHOT_TICKETS)
        return ssp_fail(TOO_LARGE);
    if (snapshot->tickets == NULL)
        snapshot->tickets = calloc(SNAPSHOT_TICKETS, sizeof(*snapshot->tickets));
    if (snapshot->tickets == NULL)
        return ssp_fail(NO_MEMORY);
    snapshot->tickets[snapshot->n++] = (struct snapshot_ticket){ *id, *ticket };
    return SSP_OK;
}

/* ---- One ticket: writer and reader as neighbours ---- */

static void put_ticket(const struct snapshot_ticket *ticket, struct wr *out)
{
    wr_view(out, VIEW_OF(ticket->id.b));
    wr_le64(out, ticket->ticket.expires);
    wr_le32(out, (uint32_t)ticket->ticket.keeper);
    wr_le32(out, ticket->ticket.uid);
}

static void get_ticket(struct rd *in, struct snapshot_ticket *ret)
{
    rd_copy(in, ret->id.b, sizeof(ret->id.b));
    ret->ticket.expires = rd_le64(in);
    ret->ticket.keeper = (pid_t)rd_le32(in);
    ret->ticket.uid = rd_le32(in);
}

/* ---- All of it ---- */

void snapshot_encode(const struct snapshot *snapshot, struct wr *out)
{
    wr_view(out, VIEW_OF(magic));
    wr_u8(out, VERSION);
    wr_view(out, VIEW_OF(snapshot->key.boot));
    wr_view(out, VIEW_OF(snapshot->key.id));
    wr_view(out, key_view(&snapshot->key.key));
    wr_le32(out, snapshot->n);
    for (size_t i = 0; i < snapshot->n; i++)
        put_ticket(&snapshot->tickets[i], out);
}

static enum ssp_err get_tickets(struct rd *in, struct snapshot *snapshot)
{
    uint32_t n = rd_le32(in);

    if (!rd_ok(in) || n > SNAPSHOT_TICKETS || in->left.n != (size_t)n * TICKET_SIZE)
        return ssp_fail(BAD_PACKED);
    if (n == 0)
        return SSP_OK;
    snapshot->tickets = calloc(n, sizeof(*snapshot->tickets));
    if (snapshot->tickets == NULL)
        return ssp_fail(NO_MEMORY);
    while (snapshot->n < n)
        get_ticket(in, &snapshot->tickets[snapshot->n++]);
    return SSP_OK;
}

static enum ssp_err get_start(struct rd *in)
{
    struct view start = rd_view(in, sizeof(magic));
    uint8_t version = rd_u8(in);

    if (!rd_ok(in) || !ct_eq(start, VIEW_OF(magic)))
        return ssp_fail(BAD_PACKED);
    return version == VERSION ? SSP_OK : ssp_fail(UNSUPPORTED);
}

enum ssp_err snapshot_decode(struct view bytes, struct snapshot *ret)
{
    ssp_cleanup(snapshot_done) struct snapshot snapshot = { .n = 0 };
    struct rd in = rd_of(bytes);

    SSP_TRY(get_start(&in));
    rd_copy(&in, snapshot.key.boot, sizeof(snapshot.key.boot));
    rd_copy(&in, snapshot.key.id, sizeof(snapshot.key.id));
    struct view key = rd_view(&in, KEY_SIZE);
    SSP_TRY(get_tickets(&in, &snapshot));
    if (rd_end(&in) != SSP_OK)
        return ssp_fail(BAD_PACKED);
    key_set(&snapshot.key.key, key);
    *ret = snapshot;
    snapshot.tickets = NULL; /* the caller's; what is left here is wiped */
    return SSP_OK;
}
