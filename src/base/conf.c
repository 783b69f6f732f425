/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/conf_file.h"
#include "base/fdio.h"
#include "base/wr.h"

#define SYSTEM_FILE "/etc/opensspi/opensspi.conf"

static enum ssp_err conf_new(struct conf **ret)
{
    struct conf *conf = malloc(sizeof(*conf));

    if (conf == NULL)
        return ssp_fail(NO_MEMORY);
    *conf = (struct conf){ .end = &conf->first };
    *ret = conf;
    return SSP_OK;
}

void conf_free(struct conf *conf)
{
    if (conf == NULL)
        return;
    for (struct conf_entry *e = conf->first; e != NULL;) {
        struct conf_entry *next = e->next;

        free(e);
        e = next;
    }
    free(conf);
}

static void conf_drop(struct conf **conf)
{
    conf_free(*conf);
}

struct text {
    uint8_t *p;
    size_t n;
};

static void text_wipe(struct text *text)
{
    ssp_wipe_free(text->p, text->n);
}

static enum ssp_err add_file(struct conf *conf, const char *path, bool may_be_missing)
{
    ssp_cleanup(text_wipe) struct text text = { 0 };
    ssp_cleanup(fd_close) int fd = -1;
    enum ssp_err e = file_open_trusted(AT_FDCWD, path, FILE_OWNER_WRITES, &fd);

    if (e == SSP_ERR_IO && errno == ENOENT && may_be_missing)
        return SSP_OK;
    if (e == SSP_OK)
        e = fd_read_all(fd, &text.p, &text.n);
    if (e != SSP_OK) {
        conf_say(path, 0, e == SSP_ERR_IO ? strerrordesc_np(errno) : ssp_err_text(e));
        return e;
    }
    return conf_parse(conf, path, (struct view){ text.p, text.n });
}

enum ssp_err conf_load_file(const char *path, struct conf **ret)
{
    ssp_cleanup(conf_drop) struct conf *conf = NULL;

    SSP_TRY(conf_new(&conf));
    SSP_TRY(add_file(conf, path, false));
    *ret = ssp_steal(&conf);
    return SSP_OK;
}

/* The user's own file: in $XDG_CONFIG_HOME, which has to be absolute, or else in ~/.config. */
static enum ssp_err add_user_file(struct conf *conf)
{
    const char *folder = secure_getenv("XDG_CONFIG_HOME");
    const char *below = "/opensspi/opensspi.conf";
    ssp_cleanup(ssp_free) char *path = NULL;

    if (folder == NULL || folder[0] != '/') {
        folder = secure_getenv("HOME");
        below = "/.config/opensspi/opensspi.conf";
    }
    if (folder == NULL || folder[0] != '/')
        return SSP_OK;
    size_t n = strlen(folder) + strlen(below) + 1;
    path = malloc(n);
    if (path == NULL)
        return ssp_fail(NO_MEMORY);
    (void)snprintf(path, n, "%s%s", folder, below);
    return add_file(conf, path, true);
}

enum ssp_err conf_load(struct conf **ret)
{
    ssp_cleanup(conf_drop) struct conf *conf = NULL;
    const char *named = secure_getenv("OPENSSPI_CONFIG");

    SSP_TRY(conf_new(&conf));
    SSP_TRY(add_file(conf, SYSTEM_FILE, true));
    SSP_TRY(add_user_file(conf));
    if (named != NULL && named[0] != '\0')
        SSP_TRY(add_file(conf, named, false));
    *ret = ssp_steal(&conf);
    return SSP_OK;
}

enum ssp_err conf_each(const struct conf *conf, const char *section,
                       enum ssp_err (*visit)(void *arg, const char *name, const char *value),
                       void *arg)
{
    for (const struct conf_entry *e = conf->first; e != NULL; e = e->next) {
        if (e->name == NULL || strcmp(e->section, section) != 0)
            continue;
        if (conf_find(conf, section, e->name) == e)
            SSP_TRY(visit(arg, e->name, e->value));
    }
    return SSP_OK;
}

/* What follows the kind and a space in the heading of a section of that kind; NULL for others. */
static const char *after_kind(const struct conf_entry *e, const char *kind)
{
    size_t n = strlen(kind);

    if (e->name != NULL || strncmp(e->section, kind, n) != 0)
        return NULL;
    size_t space = strspn(e->section + n, " \t");
    return space == 0 ? NULL : e->section + n + space;
}

static bool was_met_before(const struct conf *conf, const struct conf_entry *entry)
{
    const struct conf_entry *e = conf->first;

    while (e != entry && (e->name != NULL || strcmp(e->section, entry->section) != 0))
        e = e->next;
    return e != entry;
}

enum ssp_err conf_each_section(const struct conf *conf, const char *kind,
                               enum ssp_err (*visit)(void *arg, const char *section,
                                                     const char *name),
                               void *arg)
{
    for (const struct conf_entry *e = conf->first; e != NULL; e = e->next) {
        const char *quoted = after_kind(e, kind);
        char name[CONF_NAME_MAX + 1] = { 0 };

        if (quoted == NULL || was_met_before(conf, e))
            continue;
        size_t n = quoted[0] == '"' ? strcspn(quoted + 1, "\"") : 0;
        if (n == 0 || strcmp(quoted + 1 + n, "\"") != 0)
            return conf_fail(e->file, e->line, "[%s]: the name has to be in quotes", e->section);
        memcpy(name, quoted + 1, n);
        SSP_TRY(visit(arg, e->section, name));
    }
    return SSP_OK;
}

enum ssp_err conf_check_sections(const struct conf *conf,
                                 bool (*is_known)(void *arg, const char *section), void *arg)
{
    for (const struct conf_entry *e = conf->first; e != NULL; e = e->next)
        if (e->name == NULL && !is_known(arg, e->section))
            return conf_fail(e->file, e->line, "no section [%s] is known", e->section);
    return SSP_OK;
}

enum ssp_err conf_blame(const struct conf *conf, const char *section, const char *name,
                        const char *text)
{
    const struct conf_entry *e = conf_find(conf, section, name);

    if (e == NULL)
        return conf_fail("opensspi.conf", 0, "[%s] %s: %s", section, name, text);
    return conf_fail(e->file, e->line, "%s: %s", name, text);
}
