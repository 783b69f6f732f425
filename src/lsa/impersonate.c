/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/impersonate.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/trace.h"

/* 32-bit systems have two generations of these calls; ids of 16 bits are of no use. */
#ifdef SYS_setresuid32
enum { CALL_SETRESUID = SYS_setresuid32, CALL_SETRESGID = SYS_setresgid32 };
enum { CALL_SETGROUPS = SYS_setgroups32 };
#else
enum { CALL_SETRESUID = SYS_setresuid, CALL_SETRESGID = SYS_setresgid };
enum { CALL_SETGROUPS = SYS_setgroups };
#endif

#define SAME_ID ((uid_t)-1) /* "leave it as it is" */

struct caps {
    struct __user_cap_data_struct word[_LINUX_CAPABILITY_U32S_3];
};

struct user { /* whom the thread takes on */
    uid_t uid;
    gid_t gid;
    size_t n_groups;
    gid_t groups[OPENSSPI_GROUPS_MAX];
};

struct self { /* what the thread was, and whom it is now */
    struct user user;
    bool paused; /* it is itself for a moment */
    uid_t euid;
    uid_t saved_uid;
    gid_t egid;
    gid_t saved_gid;
    struct caps caps;
    size_t n_groups;
    gid_t groups[]; /* n_groups */
};

/* NULL: the thread is itself.  As much a property of the thread as the ids are. */
static _Thread_local struct self *before;

static bool get_caps(struct caps *ret)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

    return syscall(SYS_capget, &head, ret->word) == 0;
}

static bool set_caps(const struct caps *caps)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

    return syscall(SYS_capset, &head, caps->word) == 0;
}

static bool set_uids(uid_t effective, uid_t saved)
{
    return syscall(CALL_SETRESUID, SAME_ID, effective, saved) == 0;
}

static bool set_gids(gid_t effective, gid_t saved)
{
    return syscall(CALL_SETRESGID, SAME_ID, effective, saved) == 0;
}

static bool set_groups(const gid_t *groups, size_t n)
{
    return syscall(CALL_SETGROUPS, n, groups) == 0;
}

static void free_self(struct self **self)
{
    free(*self);
    *self = NULL;
}

static bool get_ids(struct self *self)
{
    uid_t real_uid = 0;
    gid_t real_gid = 0;

    return getresuid(&real_uid, &self->euid, &self->saved_uid) == 0 &&
           getresgid(&real_gid, &self->egid, &self->saved_gid) == 0 && get_caps(&self->caps);
}

/* NULL when there is no memory for it (nothing else can fail here). */
static struct self *self_new(void)
{
    int n = getgroups(0, NULL);
    size_t size = n < 0 ? 0 : (size_t)n * sizeof(gid_t);
    ssp_cleanup(free_self) struct self *self = malloc(sizeof(*self) + size);

    if (self == NULL)
        return NULL;
    *self = (struct self){ 0 };
    if (n < 0 || getgroups(n, self->groups) != n || !get_ids(self))
        return NULL;
    self->n_groups = (size_t)n;
    return ssp_steal(&self);
}

/* The user keeps none of the process's privileges.  When a thread leaves uid 0 the kernel does this
 * by itself; a process may have them without being root, too. */
static bool drop_caps(const struct self *self)
{
    struct caps caps = self->caps;

    if (self->user.uid == 0)
        return true;
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        caps.word[i].effective = 0;
    return set_caps(&caps);
}

/* The first step, and the one that a process without rights fails in, with nothing changed. */
static bool take_groups(const struct self *self)
{
    return set_groups(self->user.groups, self->user.n_groups);
}

/* The uid last: each step needs the rights that the next one gives up.  The saved ids become what
 * the effective ones were, and so the way back. */
static bool become(const struct self *self)
{
    return set_gids(self->user.gid, self->egid) && set_uids(self->user.uid, self->euid) &&
           drop_caps(self);
}

/* Capabilities twice: the ids need them, and becoming uid 0 again turns on all that are permitted.
 */
static bool go_back(const struct self *self)
{
    return set_caps(&self->caps) && set_uids(self->euid, self->saved_uid) &&
           set_gids(self->egid, self->saved_gid) && set_groups(self->groups, self->n_groups) &&
           set_caps(&self->caps);
}

/* A thread that runs as the wrong user must not go on. */
_Noreturn static void die(const char *what)
{
    trace(TRACE_ERROR, "cannot %s an impersonation: %s", what, strerrordesc_np(errno));
    abort();
}

void impersonate_end(void)
{
    if (before == NULL)
        return;
    if (!before->paused && !go_back(before))
        die("end");
    free_self(&before);
}

static bool may_be_taken_on(const OPENSSPI_TOKEN_INFO *info)
{
    return info->has_mapping == 1 && info->level >= SecurityImpersonation &&
           info->n_groups <= OPENSSPI_GROUPS_MAX && info->uid != SAME_ID && info->gid != SAME_ID;
}

static struct user user_of(const OPENSSPI_TOKEN_INFO *info)
{
    struct user user = { .uid = info->uid, .gid = info->gid, .n_groups = info->n_groups };

    for (size_t i = 0; i < info->n_groups; i++)
        user.groups[i] = info->groups[i];
    return user;
}

/* A thread whose last uid 0 goes loses its capabilities for good: one that has them without running
 * as root must not get into that. */
static bool can_return(const struct self *self)
{
    return self->euid == 0 || (self->user.uid != 0 && self->saved_uid != 0);
}

static enum ssp_err may_not(const OPENSSPI_TOKEN_INFO *info)
{
    trace(TRACE_NOTICE, "cannot impersonate uid %u: %s", (unsigned)info->uid,
          strerrordesc_np(errno));
    return ssp_fail(NO_IMPERSONATION);
}

/* The thread is itself.  On failure it still is. */
static enum ssp_err take_on(const OPENSSPI_TOKEN_INFO *info)
{
    ssp_cleanup(free_self) struct self *self = self_new();

    if (self == NULL)
        return ssp_fail(NO_MEMORY);
    self->user = user_of(info);
    if (!can_return(self))
        return ssp_fail(NO_IMPERSONATION);
    if (!take_groups(self))
        return may_not(info);
    before = ssp_steal(&self);
    if (become(before))
        return SSP_OK;
    enum ssp_err e = may_not(info);
    impersonate_end();
    return e;
}

/* A thread that was somebody must not find itself with the rights of the process, only because it
 * could not become somebody else. */
enum ssp_err impersonate_begin(const OPENSSPI_TOKEN_INFO *info)
{
    if (!may_be_taken_on(info))
        return ssp_fail(NO_IMPERSONATION);

    bool paused = impersonate_pause();
    ssp_cleanup(free_self) struct self *old = ssp_steal(&before);
    enum ssp_err e = take_on(info);
    if (e == SSP_OK)
        return SSP_OK;
    before = ssp_steal(&old);
    impersonate_resume(&paused);
    return e;
}

bool impersonate_active(void)
{
    return before != NULL;
}

bool impersonate_pause(void)
{
    if (before == NULL || before->paused)
        return false;
    if (!go_back(before))
        die("pause");
    before->paused = true;
    return true;
}

void impersonate_resume(const bool *paused)
{
    if (!*paused || before == NULL || !before->paused)
        return;
    if (!take_groups(before) || !become(before))
        die("resume");
    before->paused = false;
}
