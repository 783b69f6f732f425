/* SPDX-License-Identifier: Apache-2.0 */
/* The client: it knows nothing of any hand-over, and must notice nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/demo/events.h"
#include "cli/demo/talk.h"

static int connect_to(const char *path)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* One round: the answer has to repeat the question, from whoever serves now. */
static SECURITY_STATUS ask(struct talk *talk, unsigned round)
{
    bool sealed = talk->role->recipe->way->is_stream || round % 2 == 1;
    bool answer_sealed = false;
    char question[TALK_TEXT_MAX];
    char answer[TALK_TEXT_MAX] = "";

    (void)snprintf(question, sizeof(question), "question %u", round + 1);
    SECURITY_STATUS status = talk_send(talk, sealed, question);
    if (status == SEC_E_OK)
        status = talk_receive(talk, &answer_sealed, answer);
    if (status != SEC_E_OK)
        return status;
    if (answer_sealed != sealed || strstr(answer, question) == NULL)
        return demo_blame(talk->role, "a wrong answer", SEC_E_MESSAGE_ALTERED);
    event_tell(talk->role, EVENT_SAY, "gets \"%s\" (%s)", answer, sealed ? "sealed" : "signed");
    return SEC_E_OK;
}

int demo_client(const struct demo_role *role)
{
    int fd = connect_to(role->socket_path);
    ssp_cleanup(talk_end) struct talk talk = talk_init(role, fd);

    if (fd < 0) {
        (void)demo_blame_err(role, "connecting", SSP_ERR_IO);
        return CLI_FAILED;
    }
    SECURITY_STATUS status = talk_connect(&talk);
    if (status == SEC_E_OK)
        event_tell(role, EVENT_SAY, "has logged on as %s\\%s by %s; %s", role->recipe->domain,
                   role->recipe->user, role->recipe->package, role->recipe->proof);
    for (unsigned i = 0; status == SEC_E_OK && i < ROUNDS_BEFORE + ROUNDS_AFTER; i++)
        status = ask(&talk, i);
    if (status == SEC_E_OK)
        event_tell(role, EVENT_SAY, "is done: one connection, one session, nothing noticed");
    event_tell(role, "client_messages", "%u", talk.messages);
    return status == SEC_E_OK ? CLI_OK : CLI_FAILED;
}
