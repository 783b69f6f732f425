/* SPDX-License-Identifier: Apache-2.0 */
/* The front server: authenticates, serves, hands over, and then tries what must not work. */
#include <errno.h>
#include <opensspi.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "cli/cli.h"
#include "cli/demo/agreed.h"
#include "cli/demo/events.h"
#include "cli/demo/greeter.h"
#include "cli/demo/talk.h"
#include "cli/status.h"
#include "handoff/envelope.h"
#include "lsa/inner.h"

/* So few that they end inside the next message. */
enum { UNREAD_BYTES = 7 };

static SECURITY_STATUS serve(struct talk *talk)
{
    SECURITY_STATUS status = talk_accept(talk);
    SecPkgContext_NamesA names = { 0 };

    if (status == SEC_E_OK) {
        status = QueryContextAttributesA(&talk->ctx, SECPKG_ATTR_NAMES, &names);
        if (status != SEC_E_OK)
            return demo_blame(talk->role, "names", status);
        event_tell(talk->role, EVENT_SAY, "has authenticated %s", names.sUserName);
        (void)FreeContextBuffer(names.sUserName);
        status = agreed_tell(talk);
    }
    for (unsigned i = 0; status == SEC_E_OK && i < ROUNDS_BEFORE; i++)
        status = talk_answer(talk);
    event_tell(talk->role, "messages_before", "%u", talk->messages);
    return status;
}

/* Stops in the middle of a message, as a server does that is told to restart. */
static SECURITY_STATUS stop_midway(struct talk *talk)
{
    enum ssp_err e = conn_read_ahead(&talk->conn, UNREAD_BYTES);

    if (e != SSP_OK)
        return demo_blame_err(talk->role, "reading ahead", e);
    event_tell(talk->role, EVENT_SAY, "stops in the middle: %zu bytes of the next message are read",
               talk->conn.ahead_n);
    return SEC_E_OK;
}

static void tell_sizes(const struct demo_role *role, const SecBuffer *blob, uint64_t us)
{
    struct envelope_header header = { 0 };

    event_tell(role, "export_us", "%llu", (unsigned long long)us);
    if (envelope_peek((struct view){ blob->pvBuffer, blob->cbBuffer }, &header) != SSP_OK)
        return; /* its size is missed then */
    size_t packed =
        blob->cbBuffer - ENVELOPE_HEADER_SIZE - header.name_n - INNER_SIZE - AEAD_TAG_SIZE;
    event_tell(role, "blob_bytes", "%u", blob->cbBuffer);
    event_tell(role, "packed_bytes", "%zu", packed);
    event_tell(role, EVENT_SAY, "exports the session in %llu us: %zu bytes, sealed %u",
               (unsigned long long)us, packed, blob->cbBuffer);
}

static SECURITY_STATUS export(struct talk *talk, OPENSSPI_PARCEL *ret)
{
    OPENSSPI_PARCEL parcel = { .connection = talk->conn.fd,
                               .unread = talk->conn.ahead,
                               .unread_size = talk->conn.ahead_n };
    uint64_t begin = event_now_us();
    SECURITY_STATUS status = ExportSecurityContext(&talk->ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD,
                                                   &parcel.context, &parcel.token);

    if (status != SEC_E_OK)
        return demo_blame(talk->role, "ExportSecurityContext", status);
    tell_sizes(talk->role, &parcel.context, event_now_us() - begin);
    (void)snprintf(parcel.package, sizeof(parcel.package), "%s", talk->role->recipe->package);
    *ret = parcel;
    return SEC_E_OK;
}

/* Sends everything and lets go of the connection: from here on the worker has it alone. */
static SECURITY_STATUS hand_over(struct talk *talk, OPENSSPI_PARCEL *parcel)
{
    /* Before, not after: the worker answers at once. */
    event_tell(talk->role, EVENT_SAY,
               "sends session, token, connection and unread bytes in one message");
    SECURITY_STATUS status = opensspi_send_context(talk->role->handover_fd, parcel);

    (void)CloseHandle(parcel->token);
    parcel->token = NULL;
    if (status != SEC_E_OK)
        return demo_blame(talk->role, "opensspi_send_context", status);
    conn_close(&talk->conn);
    return SEC_E_OK;
}

/* The worker says one byte when it is done. */
static SECURITY_STATUS wait_for_worker(const struct demo_role *role)
{
    char done = 0;
    ssize_t n = 0;

    do {
        n = recv(role->handover_fd, &done, 1, 0);
    } while (n < 0 && errno == EINTR);
    return n == 1 ? SEC_E_OK : demo_blame_err(role, "waiting for the worker", SSP_ERR_INCOMPLETE);
}

static void try_old_handle(struct talk *talk)
{
    uint8_t room[256];
    uint8_t text[] = "again";
    SecBuffer buffers[] = { { sizeof(room), SECBUFFER_TOKEN, room },
                            { sizeof(text), SECBUFFER_DATA, text } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    const char *status = status_name(EncryptMessage(&talk->ctx, 0, &desc, 0));

    event_tell(talk->role, "old_handle", "%s", status);
    event_tell(talk->role, EVENT_SAY, "tries its old handle: %s", status);
}

static void try_second_import(struct talk *talk, OPENSSPI_PARCEL *parcel)
{
    CtxtHandle copy;

    SecInvalidateHandle(&copy);
    SECURITY_STATUS status = ImportSecurityContextA(parcel->package, &parcel->context, NULL, &copy);
    event_tell(talk->role, "second_import", "%s", status_name(status));
    event_tell(talk->role, EVENT_SAY, "imports its copy of the blob: %s", status_name(status));
    if (status == SEC_E_OK)
        (void)DeleteSecurityContext(&copy);
}

static SECURITY_STATUS pass_on(struct talk *talk)
{
    OPENSSPI_PARCEL parcel = { .connection = -1 };
    SECURITY_STATUS status = stop_midway(talk);

    if (status == SEC_E_OK)
        status = export(talk, &parcel);
    if (status == SEC_E_OK)
        status = hand_over(talk, &parcel);
    if (status == SEC_E_OK)
        status = wait_for_worker(talk->role);
    if (status == SEC_E_OK) {
        try_old_handle(talk);
        try_second_import(talk, &parcel);
    }
    if (parcel.context.pvBuffer != NULL)
        (void)FreeContextBuffer(parcel.context.pvBuffer);
    return status;
}

/* A new connection, or one with a handshake under way. */
static SECURITY_STATUS meet(struct talk *talk)
{
    if (talk->role->half_fd >= 0)
        return greeter_take_over(talk);
    talk->conn.fd = accept4(talk->role->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    return talk->conn.fd >= 0 ? SEC_E_OK : demo_blame_err(talk->role, "accepting", SSP_ERR_IO);
}

int demo_front(const struct demo_role *role)
{
    ssp_cleanup(talk_end) struct talk talk = talk_init(role, -1);
    SECURITY_STATUS status = meet(&talk);

    if (status == SEC_E_OK)
        status = serve(&talk);
    if (status == SEC_E_OK)
        status = pass_on(&talk);
    return status == SEC_E_OK ? CLI_OK : CLI_FAILED;
}
