/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/handle.h"

static const ULONG_PTR tags[] = {
    [HANDLE_CRED] = 0x5353504943524544, /* "SSPICRED" */
    [HANDLE_CTX] = 0x5353504943545854,  /* "SSPICTXT" */
};

SecHandle handle_of_id(enum handle_kind kind, uint64_t id)
{
    return (SecHandle){ .dwLower = id, .dwUpper = tags[kind] };
}

uint64_t handle_to_id(enum handle_kind kind, const SecHandle *handle)
{
    return handle != NULL && handle->dwUpper == tags[kind] ? handle->dwLower : 0;
}
