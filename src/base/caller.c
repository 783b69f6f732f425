/* SPDX-License-Identifier: Apache-2.0 */
#include "base/caller.h"

#include <stddef.h>

static _Thread_local struct caller current;

bool caller_uid(uid_t *ret)
{
    if (current.uid == NULL)
        return false;
    *ret = current.uid(current.who);
    return true;
}

struct caller caller_set(struct caller caller)
{
    struct caller before = current;

    current = caller;
    return before;
}
