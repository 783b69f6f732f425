/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/map.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/ref.h"
#include "base/trace.h"
#include "base/utf16.h"

static const char section[] = "map";

enum rank { RANK_ALL, RANK_DOMAIN, RANK_USER }; /* the higher one wins */

struct rule {
    struct rule *next;
    enum rank rank;
    struct str16 domain; /* not looked at in RANK_ALL */
    struct str16 user;   /* RANK_USER */
    char *account;       /* "": nobody, "*": of the same name */
};

struct map {
    struct ref ref;
    struct rule *last; /* the newest first */
};

static void rule_free(struct rule **rule)
{
    if (*rule == NULL)
        return;
    str16_wipe(&(*rule)->domain);
    str16_wipe(&(*rule)->user);
    free((*rule)->account);
    free(*rule);
    *rule = NULL;
}

void map_free(struct map **map)
{
    struct map *gone = ssp_steal(map);

    if (gone == NULL || !ref_drop(&gone->ref))
        return;
    while (gone->last != NULL) {
        struct rule *next = gone->last->next;

        rule_free(&gone->last);
        gone->last = next;
    }
    free(gone);
}

/* ---- the map of an LSA ---- */

enum ssp_err map_slot_init(struct map_slot *slot, struct map **map)
{
    SSP_TRY(fork_lock_init(&slot->lock));
    slot->map = ssp_steal(map);
    return SSP_OK;
}

void map_slot_done(struct map_slot *slot)
{
    if (slot->map == NULL)
        return;
    map_free(&slot->map);
    fork_lock_destroy(&slot->lock);
}

static struct map *swap(struct map_slot *slot, struct map *map)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&slot->lock);
    struct map *old = slot->map;

    slot->map = map;
    return old;
}

void map_slot_set(struct map_slot *slot, struct map **map)
{
    ssp_cleanup(map_free) struct map *old = swap(slot, ssp_steal(map));
}

struct map *map_slot_get(struct map_slot *slot)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&slot->lock);

    ref_take(&slot->map->ref);
    return slot->map;
}

/* ---- loading ---- */

static bool is_star(struct view text)
{
    return text.n == 1 && text.p[0] == '*';
}

/* What is wrong with "domain\user = account", or NULL. */
static const char *fault_of(struct view domain, struct view user, const char *account)
{
    if (user.n == 0)
        return "a rule is DOMAIN\\user = account";
    if (memchr(user.p, '\\', user.n) != NULL)
        return "a name has one backslash";
    if (is_star(domain) && !is_star(user))
        return "a user of every domain would be many users";
    if (!is_star(user) && strcmp(account, "*") == 0)
        return "* stands for the account of the same name, after DOMAIN\\* only";
    return NULL;
}

static enum rank rank_of(struct view domain, struct view user)
{
    if (is_star(domain))
        return RANK_ALL;
    return is_star(user) ? RANK_DOMAIN : RANK_USER;
}

static enum ssp_err push_rule(struct map *map, struct view domain, struct view user,
                              const char *account)
{
    ssp_cleanup(rule_free) struct rule *rule = malloc(sizeof(*rule));

    if (rule == NULL)
        return ssp_fail(NO_MEMORY);
    *rule = (struct rule){ .rank = rank_of(domain, user) };
    rule->account = strdup(account);
    if (rule->account == NULL)
        return ssp_fail(NO_MEMORY);
    SSP_TRY(str16_from_utf8(domain, &rule->domain));
    SSP_TRY(str16_from_utf8(user, &rule->user));
    rule->next = map->last;
    map->last = ssp_steal(&rule);
    return SSP_OK;
}

struct loader {
    const struct conf *conf;
    struct map *map;
};

static enum ssp_err add_rule(void *arg, const char *name, const char *value)
{
    const struct loader *loader = arg;
    const char *backslash = strchr(name, '\\');
    struct view domain = { (const uint8_t *)name, 0 };
    struct view user = { 0 };

    if (backslash != NULL) {
        domain.n = (size_t)(backslash - name);
        user = (struct view){ (const uint8_t *)backslash + 1, strlen(backslash + 1) };
    }
    const char *fault = fault_of(domain, user, value);
    if (fault != NULL)
        return conf_blame(loader->conf, section, name, fault);
    enum ssp_err e = push_rule(loader->map, domain, user, value);
    if (e == SSP_ERR_BAD_ARGUMENT || e == SSP_ERR_TOO_LARGE)
        return conf_blame(loader->conf, section, name, "a name that is too long or ill-formed");
    return e;
}

enum ssp_err map_load(const struct conf *conf, struct map **ret)
{
    ssp_cleanup(map_free) struct map *map = malloc(sizeof(*map));
    struct loader loader = { conf, map };

    if (map == NULL)
        return ssp_fail(NO_MEMORY);
    *map = (struct map){ .ref = REF_INIT };
    SSP_TRY(conf_each(conf, section, add_rule, &loader));
    *ret = ssp_steal(&map);
    return SSP_OK;
}

/* ---- looking up ---- */

struct name {
    struct str16 domain;
    struct str16 user;
};

static void name_wipe(struct name *name)
{
    str16_wipe(&name->domain);
    str16_wipe(&name->user);
}

static bool matches(const struct rule *rule, const struct name *name)
{
    if (rule->rank != RANK_ALL && !str16_eq_nocase(&rule->domain, &name->domain))
        return false;
    return rule->rank != RANK_USER || str16_eq_nocase(&rule->user, &name->user);
}

static const struct rule *find_rule(const struct map *map, const struct name *name)
{
    const struct rule *best = NULL;

    for (const struct rule *rule = map->last; rule != NULL; rule = rule->next)
        if ((best == NULL || rule->rank > best->rank) && matches(rule, name))
            best = rule;
    return best;
}

static enum ssp_err name_of(const OPENSSPI_TOKEN_INFO *info, struct name *ret)
{
    const struct view domain = { (const uint8_t *)info->domain,
                                 strnlen(info->domain, sizeof(info->domain)) };
    const struct view user = { (const uint8_t *)info->user,
                               strnlen(info->user, sizeof(info->user)) };

    SSP_TRY(str16_from_utf8(domain, &ret->domain));
    return str16_from_utf8(user, &ret->user);
}

struct account_name {
    char s[OPENSSPI_NAME_MAX];
};

/* "Alice" -> "alice"; false for what useradd(8) would not take. */
static bool same_name(const char *user, struct account_name *ret)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz_";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz_0123456789.-";
    size_t n = strnlen(user, sizeof(ret->s));

    if (n == 0 || n == sizeof(ret->s))
        return false;
    for (size_t i = 0; i < n; i++)
        ret->s[i] = (char)(user[i] >= 'A' && user[i] <= 'Z' ? user[i] - 'A' + 'a' : user[i]);
    ret->s[n] = '\0';
    return strspn(ret->s, first) >= 1 && strspn(ret->s, rest) == n;
}

/* What the system says about one account. */
struct account {
    uid_t uid;
    gid_t gid;
    gid_t groups[OPENSSPI_GROUPS_MAX];
    int n_groups;
};

enum { PASSWD_MAX = 8192 }; /* text of one entry */

static bool find_account(const char *name, struct account *ret)
{
    char text[PASSWD_MAX];
    struct passwd entry = { 0 };
    struct passwd *found = NULL;
    int e = getpwnam_r(name, &entry, text, sizeof(text), &found);

    if (found == NULL) {
        trace(TRACE_WARNING, "[map]: account %s: %s", name,
              e == 0 ? "not there" : strerrordesc_np(e));
        return false;
    }
    ret->uid = entry.pw_uid;
    ret->gid = entry.pw_gid;
    ret->n_groups = OPENSSPI_GROUPS_MAX;
    if (getgrouplist(name, entry.pw_gid, ret->groups, &ret->n_groups) < 0) {
        trace(TRACE_WARNING, "[map]: account %s has more than %d groups", name,
              OPENSSPI_GROUPS_MAX);
        return false;
    }
    return true;
}

/* Only a rule that says "root" gives root away. */
static bool may_have(const struct rule *rule, const struct account *account)
{
    if (account->uid != 0 || strcmp(rule->account, "root") == 0)
        return true;
    trace(TRACE_WARNING, "[map]: uid 0 is given to rules that say \"root\" only");
    return false;
}

static void set_mapping(OPENSSPI_TOKEN_INFO *info, const struct account *account)
{
    info->has_mapping = 1;
    info->uid = account->uid;
    info->gid = account->gid;
    info->n_groups = (uint32_t)account->n_groups;
    for (int i = 0; i < account->n_groups; i++)
        info->groups[i] = account->groups[i];
}

static void clear_mapping(OPENSSPI_TOKEN_INFO *info)
{
    info->has_mapping = 0;
    info->uid = 0;
    info->gid = 0;
    info->n_groups = 0;
    memset(info->groups, 0, sizeof(info->groups));
}

enum ssp_err map_apply(const struct map *map, OPENSSPI_TOKEN_INFO *info)
{
    ssp_cleanup(name_wipe) struct name name = { 0 };
    struct account_name same = { 0 };
    struct account account = { 0 };

    SSP_TRY(name_of(info, &name));
    clear_mapping(info);
    const struct rule *rule = name.user.n == 0 ? NULL : find_rule(map, &name);
    if (rule == NULL || rule->account[0] == '\0')
        return SSP_OK;
    const char *local = rule->account;
    if (strcmp(local, "*") == 0)
        local = same_name(info->user, &same) ? same.s : NULL;
    if (local != NULL && find_account(local, &account) && may_have(rule, &account))
        set_mapping(info, &account);
    return SSP_OK;
}
