/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/load.h"

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"
#include "lsa/core.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum ssp_err load_builtins(struct lsa *lsa)
{
    for (size_t i = 0; i < module_n_builtin(); i++) {
        ssp_cleanup(module_unref) struct module *module = NULL;
        ULONG id = 0;

        SSP_TRY(module_builtin(i, &module));
        SSP_TRY(packages_add(lsa, module, true, &id));
    }
    return SSP_OK;
}

static enum ssp_err load_file(struct lsa *lsa, int folder_fd, const char *name, ULONG *ret_id)
{
    ssp_cleanup(module_unref) struct module *module = NULL;

    SSP_TRY(module_load(folder_fd, name, &module));
    return packages_add(lsa, module, false, ret_id);
}

struct listing { /* ssp_cleanup(listing_free) */
    struct dirent **entries;
    int n;
};

static void listing_free(struct listing *listing)
{
    for (int i = 0; i < listing->n; i++)
        free(listing->entries[i]);
    free(listing->entries);
}

static int is_shared_object(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot != NULL && dot != entry->d_name && strcmp(dot, ".so") == 0;
}

/* By strcmp(), whatever the locale: ids are the same for everybody. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

const char *load_folder_path(const char *configured)
{
    return *configured != '\0' ? configured : DEFAULT_PACKAGES_DIR;
}

static const char *folder_of(const struct lsa *lsa)
{
    return load_folder_path(lsa->options.packages);
}

static enum ssp_err load_all(struct lsa *lsa, int folder_fd)
{
    ssp_cleanup(listing_free) struct listing listing = { 0 };

    listing.n = scandirat(folder_fd, ".", &listing.entries, is_shared_object, by_name);
    if (listing.n < 0)
        return ssp_fail(IO);
    for (int i = 0; i < listing.n; i++) {
        ULONG id = 0;
        enum ssp_err e = load_file(lsa, folder_fd, listing.entries[i]->d_name, &id);

        if (e == SSP_ERR_NO_MEMORY)
            return e;
        if (e != SSP_OK)
            trace(TRACE_ERROR, "package %s: refused: %s", listing.entries[i]->d_name,
                  ssp_err_text(e));
    }
    return SSP_OK;
}

enum ssp_err load_folder(struct lsa *lsa, const struct conf *conf)
{
    ssp_cleanup(fd_close) int fd = -1;
    bool is_configured = *lsa->options.packages != '\0';

    enum ssp_err e = module_folder_open(folder_of(lsa), &fd);
    if (e == SSP_OK)
        return load_all(lsa, fd);
    if (is_configured)
        return conf_blame(conf, "lsa", "packages",
                          e == SSP_ERR_IO ? strerrordesc_np(errno) : ssp_err_text(e));
    if (e != SSP_ERR_IO || errno != ENOENT)
        trace(TRACE_ERROR, "%s: no packages are loaded from there: %s", folder_of(lsa),
              ssp_err_text(e));
    return SSP_OK;
}

/* "/a/b.so" is b.so in /a; "b" and "b.so" are b.so in the package folder. */
static enum ssp_err split(const struct lsa *lsa, const char *path, char **ret_folder,
                          char **ret_name)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t n = strlen(name);
    bool has_suffix = n > 3 && strcmp(name + n - 3, ".so") == 0;

    if (n == 0 || (slash != NULL && *path != '/'))
        return ssp_fail(BAD_ARGUMENT);
    *ret_folder = slash == NULL  ? strdup(folder_of(lsa))
                  : slash > path ? strndup(path, (size_t)(slash - path))
                                 : strdup("/");
    if (asprintf(ret_name, "%s%s", name, has_suffix ? "" : ".so") < 0)
        *ret_name = NULL;
    return *ret_folder != NULL && *ret_name != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

enum ssp_err lsa_add_package(struct lsa *lsa, const char *path, ULONG *ret_id)
{
    ssp_cleanup(ssp_free) char *folder = NULL;
    ssp_cleanup(ssp_free) char *name = NULL;
    ssp_cleanup(fd_close) int fd = -1;

    SSP_TRY(split(lsa, path, &folder, &name));
    SSP_TRY(module_folder_open(folder, &fd));
    return load_file(lsa, fd, name, ret_id);
}
