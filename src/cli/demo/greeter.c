/* SPDX-License-Identifier: Apache-2.0 */
/* The greeter: answers the client's first token and is gone before the second one comes. */
#include "cli/demo/greeter.h"

#include <opensspi.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/demo/events.h"

static SECURITY_STATUS pass_on(struct talk *talk)
{
    OPENSSPI_PARCEL parcel = { .connection = talk->conn.fd,
                               .unread = talk->conn.ahead,
                               .unread_size = talk->conn.ahead_n };
    SECURITY_STATUS status =
        ExportSecurityContext(&talk->ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &parcel.context, NULL);

    if (status != SEC_E_OK)
        return demo_blame(talk->role, "ExportSecurityContext, half done", status);
    (void)snprintf(parcel.package, sizeof(parcel.package), "%s", talk->role->recipe->package);
    event_tell(talk->role, EVENT_SAY, "has taken leg 1; passes on the half-done handshake");
    status = opensspi_send_context(talk->role->half_fd, &parcel);
    (void)FreeContextBuffer(parcel.context.pvBuffer);
    return status == SEC_E_OK ? status : demo_blame(talk->role, "opensspi_send_context", status);
}

int demo_greeter(const struct demo_role *role)
{
    int fd = accept4(role->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    ssp_cleanup(talk_end) struct talk talk = talk_init(role, fd);

    if (fd < 0) {
        (void)demo_blame_err(role, "accepting", SSP_ERR_IO);
        return CLI_FAILED;
    }
    SECURITY_STATUS status = talk_greet(&talk);
    if (status == SEC_E_OK)
        status = pass_on(&talk);
    return status == SEC_E_OK ? CLI_OK : CLI_FAILED;
}

SECURITY_STATUS greeter_take_over(struct talk *talk)
{
    ssp_cleanup(opensspi_free_parcel) OPENSSPI_PARCEL parcel = { .connection = -1 };
    SECURITY_STATUS status = opensspi_receive_context(talk->role->half_fd, &parcel);

    if (status != SEC_E_OK)
        return demo_blame(talk->role, "opensspi_receive_context", status);
    status = ImportSecurityContextA(parcel.package, &parcel.context, NULL, &talk->ctx);
    if (status != SEC_E_OK)
        return demo_blame(talk->role, "ImportSecurityContext, half done", status);
    status = talk_take_connection(talk, &parcel);
    if (status != SEC_E_OK)
        return status;
    event_tell(talk->role, EVENT_SAY, "goes on with leg 2, which it did not begin");
    return SEC_E_OK;
}
