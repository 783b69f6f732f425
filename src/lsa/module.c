/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/module.h"

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct builtin {
    const char *name;
    SpLsaModeInitializeFn lsa_init;
    SpUserModeInitializeFn user_init;
    SpLsaExportInitializeFn export_init;
    SpUserExtensionInitializeFn extension_init;
    SpLsaSignInitializeFn sign_init;
    SpLsaInnerInitializeFn inner_init;
};

#define LSA_PACKAGE(folder, lsa_export, user_extension, lsa_sign, lsa_inner)                      \
    NTSTATUS NTAPI folder##_SpLsaModeInitialize(ULONG, PULONG, PSECPKG_FUNCTION_TABLE *, PULONG); \
    NTSTATUS NTAPI folder##_SpUserModeInitialize(ULONG, PULONG, PSECPKG_USER_FUNCTION_TABLE *,    \
                                                 PULONG);                                         \
    NTSTATUS NTAPI folder##_SpLsaExportInitialize(ULONG, const OPENSSPI_LSA_EXPORT_TABLE **,      \
                                                  PULONG);                                        \
    NTSTATUS NTAPI folder##_SpUserExtensionInitialize(                                            \
        ULONG, const OPENSSPI_USER_EXTENSION_TABLE **, PULONG);                                   \
    NTSTATUS NTAPI folder##_SpLsaSignInitialize(ULONG, const OPENSSPI_LSA_SIGN_TABLE **, PULONG); \
    NTSTATUS NTAPI folder##_SpLsaInnerInitialize(const OPENSSPI_LSA_INNER_TABLE *);
#include "lsa/packages.def"
#undef LSA_PACKAGE

#define HAS(symbol) symbol
#define LACKS(symbol) NULL

/* Closed by a row without a name, so that there may be none. */
static const struct builtin builtins[] = {
#define LSA_PACKAGE(folder, lsa_export, user_extension, lsa_sign, lsa_inner) \
    { #folder,                                                               \
      folder##_SpLsaModeInitialize,                                          \
      folder##_SpUserModeInitialize,                                         \
      lsa_export(folder##_SpLsaExportInitialize),                            \
      user_extension(folder##_SpUserExtensionInitialize),                    \
      lsa_sign(folder##_SpLsaSignInitialize),                                \
      lsa_inner(folder##_SpLsaInnerInitialize) },
#include "lsa/packages.def"
#undef LSA_PACKAGE
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};

static enum ssp_err module_new(const char *name, struct module **ret)
{
    ssp_cleanup(ssp_free) char *copy = strdup(name);
    struct module *module = copy != NULL ? malloc(sizeof(*module)) : NULL;

    if (module == NULL)
        return ssp_fail(NO_MEMORY);
    *module = (struct module){ .ref = REF_INIT, .name = ssp_steal(&copy), .fd = -1 };
    *ret = module;
    return SSP_OK;
}

size_t module_n_builtin(void)
{
    return sizeof(builtins) / sizeof(builtins[0]) - 1;
}

enum ssp_err module_builtin(size_t n, struct module **ret)
{
    struct module *module = NULL;

    if (n >= module_n_builtin())
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(module_new(builtins[n].name, &module));
    module->lsa_init = builtins[n].lsa_init;
    module->user_init = builtins[n].user_init;
    module->export_init = builtins[n].export_init;
    module->extension_init = builtins[n].extension_init;
    module->sign_init = builtins[n].sign_init;
    module->inner_init = builtins[n].inner_init;
    *ret = module;
    return SSP_OK;
}

enum ssp_err module_folder_open(const char *path, int *ret_fd)
{
    ssp_cleanup(fd_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat st = { 0 };

    if (fd < 0 || fstat(fd, &st) < 0)
        return ssp_fail(IO);
    if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return ssp_fail(UNSAFE_FILE);
    *ret_fd = fd;
    fd = -1;
    return SSP_OK;
}

/* A pointer to an object and one to a function may differ in C, not in POSIX. */
static void find_symbol(const struct module *module, const char *symbol, void *ret, size_t n)
{
    void *found = dlsym(module->dl, symbol);

    if (n == sizeof(found))
        memcpy(ret, &found, n);
}

static bool has_entry_points(struct module *module)
{
    find_symbol(module, SECPKG_LSAMODEINIT_NAME, &module->lsa_init, sizeof(module->lsa_init));
    find_symbol(module, SECPKG_USERMODEINIT_NAME, &module->user_init, sizeof(module->user_init));
    find_symbol(module, OPENSSPI_LSA_EXPORT_INIT_NAME, &module->export_init,
                sizeof(module->export_init));
    find_symbol(module, OPENSSPI_USER_EXTENSION_INIT_NAME, &module->extension_init,
                sizeof(module->extension_init));
    find_symbol(module, OPENSSPI_LSA_SIGN_INIT_NAME, &module->sign_init, sizeof(module->sign_init));
    find_symbol(module, OPENSSPI_LSA_INNER_INIT_NAME, &module->inner_init,
                sizeof(module->inner_init));
    return module->lsa_init != NULL && module->user_init != NULL;
}

static void name_of_fd(int fd, char *ret, size_t n)
{
    (void)snprintf(ret, n, "/proc/self/fd/%d", fd);
}

/* The dynamic linker knows an object by the name it was loaded by, so the descriptor stays open as
 * long as the object is there: its number must not come to mean another file. */
static enum ssp_err link_in(struct module *module)
{
    char name[32];

    name_of_fd(module->fd, name, sizeof(name));
    module->dl = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (module->dl == NULL) {
        const char *why = dlerror(); // NOLINT(concurrency-mt-unsafe): glibc keeps it per thread

        trace(TRACE_ERROR, "package %s: %s", module->name, why);
        return ssp_fail(NO_PACKAGE);
    }
    if (!has_entry_points(module)) {
        trace(TRACE_ERROR, "package %s: lacks %s or %s", module->name, SECPKG_LSAMODEINIT_NAME,
              SECPKG_USERMODEINIT_NAME);
        return ssp_fail(NO_PACKAGE);
    }
    return SSP_OK;
}

enum ssp_err module_load(int folder_fd, const char *path, struct module **ret)
{
    ssp_cleanup(module_unref) struct module *module = NULL;

    SSP_TRY(module_new(path, &module));
    enum ssp_err e = file_open_trusted(folder_fd, path, FILE_OWNER_WRITES, &module->fd);
    if (e != SSP_OK) {
        trace(TRACE_ERROR, "package %s: %s", path,
              e == SSP_ERR_IO ? strerrordesc_np(errno) : ssp_err_text(e));
        return e;
    }
    SSP_TRY(link_in(module));
    *ret = ssp_steal(&module);
    return SSP_OK;
}

static enum ssp_err refuse(const struct module *module, const char *why)
{
    trace(TRACE_ERROR, "package %s: %s", module->name, why);
    return ssp_fail(NO_PACKAGE);
}

static enum ssp_err find_table(const struct module *module, ULONG index,
                               PSECPKG_USER_FUNCTION_TABLE *ret)
{
    ULONG version = 0;
    ULONG n = 0;
    PSECPKG_USER_FUNCTION_TABLE tables = NULL;

    if (!NT_SUCCESS(module->user_init(SECPKG_INTERFACE_VERSION, &version, &tables, &n)))
        return refuse(module, "SpUserModeInitialize failed");
    if (n != 0 && tables == NULL)
        return refuse(module, "SpUserModeInitialize gave no tables");
    *ret = index < n ? &tables[index] : NULL;
    return SSP_OK;
}

static enum ssp_err find_extension(const struct module *module, ULONG index,
                                   const OPENSSPI_USER_EXTENSION_TABLE **ret)
{
    ULONG n = 0;
    const OPENSSPI_USER_EXTENSION_TABLE *tables = NULL;

    if (module->extension_init == NULL)
        return SSP_OK;
    if (!NT_SUCCESS(module->extension_init(OPENSSPI_USER_EXTENSION_VERSION, &tables, &n)) ||
        tables == NULL)
        return refuse(module, "SpUserExtensionInitialize failed");
    if (index >= n)
        return SSP_OK;
    if (tables[index].Version != OPENSSPI_USER_EXTENSION_VERSION)
        return refuse(module, "SpUserExtensionInitialize answered with an unknown version");
    *ret = &tables[index];
    return SSP_OK;
}

enum ssp_err module_user_half(const struct module *module, ULONG index, struct module_user *ret)
{
    struct module_user user = { 0 };

    SSP_TRY(find_table(module, index, &user.table));
    if (user.table != NULL)
        SSP_TRY(find_extension(module, index, &user.extension));
    *ret = user;
    return SSP_OK;
}

struct module *module_ref(struct module *module)
{
    ref_take(&module->ref);
    return module;
}

static bool is_still_linked(int fd)
{
    char name[32];

    name_of_fd(fd, name, sizeof(name));
    void *dl = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    if (dl == NULL)
        return false;
    (void)dlclose(dl);
    return true;
}

void module_unref(struct module **module)
{
    struct module *gone = ssp_steal(module);

    if (gone == NULL || !ref_drop(&gone->ref))
        return;
    if (gone->dl != NULL)
        (void)dlclose(gone->dl);
    if (gone->dl == NULL || !is_still_linked(gone->fd))
        fd_close(&gone->fd);
    free(gone->name);
    free(gone);
}
