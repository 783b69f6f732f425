/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/sandbox.h"

#include <cap-ng.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/trace.h"
#include "lsad/filter.h"

/* Without the limit raised, what is had beyond it later could not be had at all: then nothing is
 * locked. */
static bool may_lock_all(void)
{
    static const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    struct rlimit limit = { 0 };

    if (setrlimit(RLIMIT_MEMLOCK, &all) == 0)
        return true;
    return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

static void lock_memory(void)
{
    if (!may_lock_all() || mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0)
        trace(TRACE_NOTICE, "memory is not locked: it may be written to swap");
}

static bool hide(void)
{
    static const struct rlimit none = { 0, 0 };

    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0;
}

enum ssp_err sandbox_prepare(void)
{
    if (!hide() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return ssp_fail(IO);
    (void)umask(S_IWGRP | S_IWOTH);
    trace(TRACE_DEBUG, "no core, no debugger, no new privileges");
    lock_memory();
    return SSP_OK;
}

static bool has(int capability)
{
    return capng_have_capability(CAPNG_PERMITTED, (unsigned)capability) != 0;
}

/* Naming a capability that the process does not have does not give it. */
static bool keep(const struct sandbox_policy *policy)
{
    bool is_kept[CAP_LAST_CAP + 1] = { false };

    if (capng_get_caps_process() != 0)
        return false;
    for (size_t i = 0; i < policy->n_capabilities; i++)
        is_kept[policy->capabilities[i]] = has(policy->capabilities[i]);
    capng_clear(CAPNG_SELECT_ALL);
    for (unsigned i = 0; i <= CAP_LAST_CAP; i++) {
        const capng_type_t sets = (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED);

        if (is_kept[i] && capng_update(CAPNG_ADD, sets, i) != 0)
            return false;
    }
    return true;
}

/* Where a container or an ordinary user may not shrink the bounding set, what is permitted is what
 * counts: nothing is executed any more. */
static enum ssp_err drop_capabilities(const struct sandbox_policy *policy)
{
    for (size_t i = 0; i < policy->n_capabilities; i++)
        if (policy->capabilities[i] < 0 || policy->capabilities[i] > CAP_LAST_CAP)
            return ssp_fail(BAD_ARGUMENT);
    if (!keep(policy))
        return ssp_fail(IO);
    if (capng_apply(CAPNG_SELECT_ALL) != 0 && capng_apply(CAPNG_SELECT_CAPS) != 0)
        return ssp_fail(IO);
    trace(TRACE_DEBUG, "of the capabilities, %zu are left at most", policy->n_capabilities);
    return SSP_OK;
}

enum ssp_err sandbox_enter(const struct sandbox_policy *policy)
{
    SSP_TRY(drop_capabilities(policy));
    return filter_load();
}
