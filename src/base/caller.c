/* SPDX-License-Identifier: Apache-2.0 */
#include "base/caller.h"

static _Thread_local struct caller current;

struct caller caller_get(void)
{
    return current;
}

struct caller caller_set(struct caller caller)
{
    struct caller before = current;

    current = caller;
    return before;
}
