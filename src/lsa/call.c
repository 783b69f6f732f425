/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/call.h"

#include "lsa/client.h"
#include "lsa/logon.h"

static _Thread_local struct call *current;

static uid_t uid_of(void *who)
{
    struct client *client = who;

    return client->door->uid(client);
}

void call_begin(struct call *call, struct lsa *lsa, struct client *client,
                const struct package *package, ULONG attributes)
{
    *call =
        (struct call){ .lsa = lsa, .client = client, .package = package, .attributes = attributes };
    if (client != NULL) {
        call->attributes |= client->door->attributes;
        call->number = client_count_call(client);
    }
    call->caller_before =
        caller_set((struct caller){ .uid = client != NULL ? uid_of : NULL, .who = client });
    call->outer = current;
    if (call->outer != NULL)
        call->attributes |= SECPKG_CALL_RECURSIVE;
    current = call;
}

void call_end(struct call *call)
{
    logon_unref_chain(&call->made);
    (void)caller_set(call->caller_before);
    current = call->outer;
}

struct call *call_current(void)
{
    return current;
}

struct call *call_of_client(void)
{
    return current != NULL && current->client != NULL ? current : NULL;
}
