/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/tickets.h"

#include "base/cleanup.h"
#include "packages/schannel/conn.h"
#include "packages/schannel/record.h"

enum { NEW_SESSION_TICKET = 4 };

/* RFC 8446 4 */
static bool holds_tickets(struct view messages)
{
    struct rd in = rd_of(messages);

    while (rd_ok(&in) && in.left.n != 0) {
        uint8_t type = rd_u8(&in);
        size_t n = (size_t)rd_u8(&in) << 16;

        n |= rd_be16(&in);
        (void)rd_view(&in, n);
        if (type != NEW_SESSION_TICKET)
            return false;
    }
    return rd_ok(&in) && messages.n != 0;
}

size_t tls_tickets_whole(const struct tls_core *core, struct view rest)
{
    ssp_cleanup(secret_wipe) struct secret copy = { 0 };
    ssp_cleanup(tls_core_wipe) struct tls_core reader = *core;
    ssp_cleanup(tls_conn_close) struct tls_conn conn = { .core = &reader };
    size_t used = 0;

    if (rest.n == 0 || secret_new(rest, &copy) != SSP_OK)
        return 0;
    while (used < copy.n) {
        struct tls_opened opened;
        size_t missing = 0;

        if (tls_record_open(&conn, copy.p + used, copy.n - used, &opened, &missing) != SSP_OK ||
            opened.type != TLS_TYPE_HANDSHAKE ||
            !holds_tickets((struct view){ opened.text, opened.n }))
            break;
        used += opened.whole_n;
    }
    return used;
}
