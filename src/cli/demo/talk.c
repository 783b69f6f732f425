/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/talk.h"

#include <stdio.h>

#include "cli/demo/events.h"

struct talk talk_init(const struct demo_role *role, int fd)
{
    struct talk talk = { .role = role, .conn = { .fd = fd } };

    SecInvalidateHandle(&talk.cred);
    SecInvalidateHandle(&talk.ctx);
    return talk;
}

void talk_end(struct talk *talk)
{
    if (SecIsValidHandle(&talk->ctx))
        (void)DeleteSecurityContext(&talk->ctx);
    if (SecIsValidHandle(&talk->cred))
        (void)FreeCredentialsHandle(&talk->cred);
    conn_close(&talk->conn);
}

SECURITY_STATUS talk_take_connection(struct talk *talk, OPENSSPI_PARCEL *parcel)
{
    if (parcel->connection < 0 || parcel->unread_size > sizeof(talk->conn.ahead))
        return demo_blame(talk->role, "the parcel's connection", SEC_E_INVALID_TOKEN);
    talk->conn.fd = parcel->connection;
    parcel->connection = -1;
    if (parcel->unread_size != 0)
        memcpy(talk->conn.ahead, parcel->unread, parcel->unread_size);
    talk->conn.ahead_n = parcel->unread_size;
    return SEC_E_OK;
}

SECURITY_STATUS talk_send(struct talk *talk, bool sealed, const char *text)
{
    SECURITY_STATUS status = talk->role->recipe->way->send(talk, sealed, text);

    if (status == SEC_E_OK)
        talk->messages++;
    return status;
}

SECURITY_STATUS talk_receive(struct talk *talk, bool *ret_sealed, char ret[TALK_TEXT_MAX])
{
    SECURITY_STATUS status = talk->role->recipe->way->receive(talk, ret_sealed, ret);

    if (status == SEC_E_OK)
        talk->messages++;
    return status;
}

SECURITY_STATUS talk_answer(struct talk *talk)
{
    char question[TALK_TEXT_MAX] = "";
    char answer[2 * TALK_TEXT_MAX];
    bool sealed = false;
    SECURITY_STATUS status = talk_receive(talk, &sealed, question);

    if (status != SEC_E_OK)
        return status;
    event_tell(talk->role, EVENT_SAY, "reads \"%s\" (%s) and answers", question,
               sealed ? "sealed" : "signed");
    (void)snprintf(answer, sizeof(answer), "%s answers: %s", talk->role->name, question);
    return talk_send(talk, sealed, answer);
}
