/* SPDX-License-Identifier: Apache-2.0 */
#include "handover.h"

#include <errno.h>
#include <opensspi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What travels as the parcel's unread bytes: this, and then raw, text and out.  A program whose
 * next version may lay it out otherwise counts the version up, and refuses what it does not know.
 */
struct carried {
    uint32_t version;
    uint32_t n_raw;
    uint32_t n_text;
    uint32_t n_out;
    uint64_t since; /* now_ns() when the predecessor let go */
    struct talk talk;
};

enum { VERSION = 1 };

uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static size_t append(unsigned char *to, size_t at, const void *bytes, size_t n)
{
    memcpy(to + at, bytes, n);
    return at + n;
}

int hand_over(int successor, struct conn *conn)
{
    struct session *session = &conn->session;
    struct carried carried = { VERSION,
                               (uint32_t)session->n_raw,
                               (uint32_t)session->n_text,
                               (uint32_t)session->n_out,
                               now_ns(),
                               conn->talk };
    static unsigned char unread[sizeof(carried) + 3 * ROOM]; /* one at a time */
    size_t n = append(unread, 0, &carried, sizeof(carried));
    OPENSSPI_PARCEL parcel = { .package = "Schannel", .connection = session->fd, .unread = unread };

    n = append(unread, n, session->raw, session->n_raw);
    n = append(unread, n, session->text, session->n_text);
    n = append(unread, n, session->out, session->n_out);
    parcel.unread_size = n;
    if (ExportSecurityContext(&session->tls, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &parcel.context,
                              &parcel.token) != SEC_E_OK)
        return 0;
    SECURITY_STATUS status = opensspi_send_context(successor, &parcel);
    FreeContextBuffer(parcel.context.pvBuffer);
    CloseHandle(parcel.token);
    return status == SEC_E_OK;
}

static const unsigned char *take(unsigned char *to, const unsigned char *from, size_t n)
{
    memcpy(to, from, n);
    return from + n;
}

/* The predecessor is trusted, being this very program, but its next version may not be. */
static int unpack(const OPENSSPI_PARCEL *parcel, struct conn *conn, uint64_t *ret_since)
{
    struct carried carried;
    struct session *session = &conn->session;

    if (parcel->unread_size < sizeof(carried))
        return 0;
    memcpy(&carried, parcel->unread, sizeof(carried));
    if (carried.version != VERSION || carried.n_raw > ROOM || carried.n_text > ROOM ||
        carried.n_out > ROOM ||
        parcel->unread_size != sizeof(carried) + carried.n_raw + carried.n_text + carried.n_out)
        return 0;
    const unsigned char *at = (const unsigned char *)parcel->unread + sizeof(carried);
    at = take(session->raw, at, carried.n_raw);
    at = take(session->text, at, carried.n_text);
    take(session->out, at, carried.n_out);
    session->n_raw = carried.n_raw;
    session->n_text = carried.n_text;
    session->n_out = carried.n_out;
    session->has_tls = session->is_up = 1;
    conn->talk = carried.talk;
    *ret_since = carried.since;
    return 1;
}

struct conn *take_over(int predecessor, uint64_t *ret_ns)
{
    OPENSSPI_PARCEL parcel;
    uint64_t since = 0;
    struct conn *conn = calloc(1, sizeof(*conn));
    SECURITY_STATUS status =
        conn == NULL ? SEC_E_INSUFFICIENT_MEMORY : opensspi_receive_context(predecessor, &parcel);

    if (status != SEC_E_OK) {
        free(conn);
        if (status != SEC_E_INTERNAL_ERROR)
            errno = 0;
        return NULL;
    }
    if (unpack(&parcel, conn, &since) &&
        ImportSecurityContextA(parcel.package, &parcel.context, parcel.token, &conn->session.tls) ==
            SEC_E_OK) {
        conn->session.fd = parcel.connection;
        parcel.connection = -1;
        *ret_ns = now_ns() - since;
    } else {
        free(conn);
        conn = NULL;
        errno = EAGAIN; /* this one is lost, the next one may be good */
    }
    opensspi_free_parcel(&parcel);
    return conn;
}
