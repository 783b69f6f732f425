/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/logon.h"

#include "base/cleanup.h"
#include "lsa/call.h"
#include "lsa/core.h"

#include <stdlib.h>

uint64_t luid_to_u64(LUID id)
{
    return (uint64_t)(uint32_t)id.HighPart << 32 | id.LowPart;
}

LUID luid_of_u64(uint64_t value)
{
    return (LUID){ (ULONG)(value & UINT32_MAX), (LONG)(value >> 32 & UINT32_MAX) };
}

/* The map is used under the lock, so its own lock has to be made later (base/fork_lock.h). */
enum ssp_err logons_init(struct logons *logons)
{
    SSP_TRY(fork_lock_init(&logons->lock));
    enum ssp_err e = hmap_new(&logons->map);
    if (e != SSP_OK)
        fork_lock_destroy(&logons->lock);
    return e;
}

void logons_done(struct logons *logons)
{
    if (logons->map == NULL)
        return;
    hmap_free(logons->map, NULL);
    fork_lock_destroy(&logons->lock);
    logons->map = NULL;
}

/* Windows' well-known sessions have a high part of zero; a package may know those numbers. */
static enum ssp_err fresh_id(struct lsa *lsa, uint64_t *ret)
{
    uint64_t id = 0;

    while (id >> 32 == 0) {
        SSP_TRY(lsa->rand->fill((uint8_t *)&id, sizeof(id)));
        id &= INT64_MAX;
    }
    *ret = id;
    return SSP_OK;
}

enum ssp_err logon_new(struct lsa *lsa, uid_t uid, LUID wanted, struct logon **ret)
{
    uint64_t id = luid_to_u64(wanted);

    if (id == 0)
        SSP_TRY(fresh_id(lsa, &id));

    struct logon *logon = malloc(sizeof(*logon));
    if (logon == NULL)
        return ssp_fail(NO_MEMORY);
    *logon = (struct logon){ .ref = REF_INIT, .lsa = lsa, .id = luid_of_u64(id), .uid = uid };

    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&lsa->logons.lock);
    enum ssp_err e = hmap_add(lsa->logons.map, id, logon);
    if (e != SSP_OK) {
        free(logon);
        return e;
    }
    *ret = logon;
    return SSP_OK;
}

struct logon *logon_find(struct lsa *lsa, LUID id)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&lsa->logons.lock);
    struct logon *logon = hmap_find(lsa->logons.map, luid_to_u64(id));

    if (logon != NULL)
        ref_take(&logon->ref);
    return logon;
}

/* Under the lock, so that nobody finds a session whose last reference has gone. */
static bool drop(struct logon *logon)
{
    struct lsa *lsa = logon->lsa;
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&lsa->logons.lock);

    if (!ref_drop(&logon->ref))
        return false;
    if (!logon->cancelled)
        (void)hmap_remove(lsa->logons.map, luid_to_u64(logon->id));
    return true;
}

static void tell_packages(struct logon *logon)
{
    ssp_cleanup(call_end) struct call call;

    call_begin(&call, logon->lsa, NULL, NULL, SECPKG_CALL_CLEANUP);
    for (size_t i = 0; i < packages_count(&logon->lsa->packages); i++) {
        PLSA_AP_LOGON_TERMINATED tell = logon->lsa->packages.list[i]->lsa.LogonTerminated;

        if (tell != NULL)
            tell(&logon->id);
    }
}

void logon_unref(struct logon **logon)
{
    struct logon *gone = ssp_steal(logon);

    if (gone == NULL || !drop(gone))
        return;
    if (!gone->cancelled)
        tell_packages(gone);
    free(gone);
}

void logon_chain(struct logon **list, struct logon *logon)
{
    logon->next = *list;
    *list = logon;
}

void logon_move_chain(struct logon **to, struct logon **from)
{
    while (*from != NULL) {
        struct logon *logon = *from;

        *from = logon->next;
        logon_chain(to, logon);
    }
}

void logon_unref_chain(struct logon **list)
{
    while (*list != NULL) {
        struct logon *logon = *list;

        *list = logon->next;
        logon_unref(&logon);
    }
}

bool logon_cancel(struct lsa *lsa, LUID id)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&lsa->logons.lock);
    struct logon *logon = hmap_remove(lsa->logons.map, luid_to_u64(id));

    if (logon != NULL)
        logon->cancelled = true;
    return logon != NULL;
}
