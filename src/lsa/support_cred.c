/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/support.h"

#include "base/heap.h"
#include "lsa/call.h"
#include "lsa/core.h"
#include "lsa/logon.h"
#include "lsa/port.h"

/* A package that builds on others acquires for the client, too, in calls of its own. */
static const struct lsa_acquire *acquired_for(const struct call *call)
{
    const struct client *client = call->client;

    while (call != NULL && call->client == client) {
        if (call->acquire != NULL)
            return call->acquire;
        call = call->outer;
    }
    return NULL;
}

static NTSTATUS copy(struct view bytes, LSA_STRING *ret)
{
    void *p = heap_alloc(bytes.n);

    if (p == NULL)
        return STATUS_NO_MEMORY;
    memcpy(p, bytes.p, bytes.n);
    *ret = (LSA_STRING){ (USHORT)bytes.n, (USHORT)bytes.n, p };
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI support_get_credentials(PLUID id, ULONG package, PULONG query_context, BOOLEAN all,
                                       PLSA_STRING primary_key, PULONG primary_key_length,
                                       PLSA_STRING ret)
{
    const struct call *call = call_of_client();

    (void)query_context;
    (void)all;
    (void)primary_key;
    (void)primary_key_length;
    if (call == NULL)
        return STATUS_INVALID_HANDLE;
    if (id == NULL || ret == NULL)
        return STATUS_INVALID_PARAMETER;
    if (luid_to_u64(*id) != luid_to_u64(call->client->logon->id))
        return STATUS_NO_SUCH_LOGON_SESSION;

    const struct lsa_acquire *acquire = acquired_for(call);
    if (acquire == NULL || acquire->gathered.n == 0 || acquire->gathered.n > UINT16_MAX ||
        acquire->gatherer != package)
        return SEC_E_NO_CREDENTIALS;
    return copy(acquire->gathered, ret);
}
