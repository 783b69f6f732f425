/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/package.h"

#include "base/alias.h"
#include "base/cleanup.h"
#include "base/heap.h"
#include "base/trace.h"
#include "lsa/call.h"
#include "lsa/core.h"
#include "lsa/nested.h"
#include "lsa/status.h"
#include "lsa/support.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What SpLsaModeInitialize, SpLsaExportInitialize and SpLsaSignInitialize answered. */
struct tables {
    const SECPKG_FUNCTION_TABLE *lsa;
    size_t table_size; /* bytes of one that its version covers */
    ULONG n;
    const OPENSSPI_LSA_EXPORT_TABLE *export;
    ULONG n_export;
    const OPENSSPI_LSA_SIGN_TABLE *sign;
    ULONG n_sign;
};

struct cut {
    ULONG version;
    size_t size;
};

#define CUT(v, next)                                                       \
    {                                                                      \
        SECPKG_INTERFACE_VERSION##v, offsetof(SECPKG_FUNCTION_TABLE, next) \
    }

/* Where each version of the table ends; ascending. */
static const struct cut cuts[] = {
    CUT(, SetContextAttributes),
    CUT(_2, SetCredentialsAttributes),
    CUT(_3, ChangeAccountPassword),
    CUT(_4, QueryMetaData),
    CUT(_5, ValidateTargetInfo),
    CUT(_6, PostLogonUser),
    CUT(_7, GetRemoteCredGuardLogonBuffer),
    CUT(_8, GetTbalSupplementalCreds),
    CUT(_9, LogonUserEx3),
    CUT(_10, ExtractTargetInfo),
    { SECPKG_INTERFACE_VERSION_11, sizeof(SECPKG_FUNCTION_TABLE) },
};

static size_t size_of_version(ULONG version)
{
    size_t size = 0;

    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]) && cuts[i].version <= version; i++)
        size = cuts[i].size;
    return size;
}

static void package_free(struct package **package)
{
    struct package *gone = ssp_steal(package);

    if (gone == NULL)
        return;
    str16_wipe(&gone->name);
    str16_wipe(&gone->comment);
    free(gone->name8);
    free(gone->thunks);
    module_unref(&gone->module);
    free(gone);
}

static enum ssp_err refuse(const struct package *package, const char *why)
{
    trace(TRACE_ERROR, "package %s (%u of its module): %s", package->module->name,
          (unsigned)package->index, why);
    return ssp_fail(NO_PACKAGE);
}

void packages_init(struct packages *packages)
{
    *packages = (struct packages){ 0 };
    (void)pthread_mutex_init(&packages->adding, NULL);
}

void packages_done(struct packages *packages)
{
    for (size_t i = packages_count(packages); i-- > 0;) {
        struct package *package = packages->list[i];

        if (package->lsa.Shutdown != NULL)
            (void)package->lsa.Shutdown();
        package_free(&package);
    }
    atomic_store(&packages->n, 0);
    (void)pthread_mutex_destroy(&packages->adding);
}

size_t packages_count(const struct packages *packages)
{
    return atomic_load_explicit(&packages->n, memory_order_acquire);
}

struct package *package_by_id(const struct packages *packages, ULONG id)
{
    return id < packages_count(packages) ? packages->list[id] : NULL;
}

struct package *package_by_name(const struct packages *packages, const char16_t *name)
{
    ssp_cleanup(str16_wipe) struct str16 wanted = { 0 };

    name = alias_resolve(name);
    if (name == NULL || str16_from_units(name, str16_len(name), &wanted) != SSP_OK)
        return NULL;
    for (size_t i = 0; i < packages_count(packages); i++)
        if (str16_eq_nocase(&packages->list[i]->name, &wanted))
            return packages->list[i];
    return NULL;
}

struct package *package_by_name8(const struct packages *packages, const char *name)
{
    for (size_t i = 0; i < packages_count(packages); i++)
        if (strcasecmp(packages->list[i]->name8, name) == 0)
            return packages->list[i];
    return NULL;
}

static void free_answer(const struct package *package, void *answer)
{
    if (heap_free(answer) != SSP_OK)
        trace(TRACE_WARNING, "package %s: answered with memory that is not from the LSA's heap",
              package->module->name);
}

static enum ssp_err initialize(const struct package *package)
{
    SECPKG_PARAMETERS parameters = {
        .Version = SECPKG_INTERFACE_VERSION,
        .MachineState = SECPKG_STATE_ENCRYPTION_PERMITTED |
                        SECPKG_STATE_STRONG_ENCRYPTION_PERMITTED | SECPKG_STATE_STANDALONE,
    };

    if (package->lsa.InitializePackage != NULL) {
        PLSA_STRING name = NULL;

        if (!NT_SUCCESS(package->lsa.InitializePackage(package->id, support_dispatch_table(), NULL,
                                                       NULL, &name)))
            return refuse(package, "InitializePackage failed");
        if (name != NULL)
            free_answer(package, name->Buffer);
        free_answer(package, name);
    }
    if (package->lsa.Initialize != NULL &&
        !NT_SUCCESS(package->lsa.Initialize(package->id, &parameters, support_table())))
        return refuse(package, "Initialize failed");
    return SSP_OK;
}

static bool copy_text(const char16_t *text, struct str16 *ret)
{
    const char16_t *p = text != NULL ? text : u"";

    return str16_from_units(p, str16_len(p), ret) == SSP_OK;
}

/* The strings stay the package's. */
static enum ssp_err get_info(struct package *package)
{
    SecPkgInfoW info = { 0 };

    if (package->lsa.GetInfo == NULL || !NT_SUCCESS(package->lsa.GetInfo(&info)) ||
        info.Name == NULL)
        return refuse(package, "does not say what it is (GetInfo)");

    package->capabilities = info.fCapabilities;
    package->version = info.wVersion;
    package->rpc_id = info.wRPCID;
    package->max_token = info.cbMaxToken;
    if (!copy_text(info.Name, &package->name) || !copy_text(info.Comment, &package->comment) ||
        str16_to_utf8(&package->name, &package->name8) != SSP_OK)
        return refuse(package, "its name or comment cannot be kept");
    if (package->name.n == 0 || strlen(package->name8) >= OPENSSPI_PACKAGE_MAX)
        return refuse(package, "its name is empty or too long");
    return SSP_OK;
}

static enum ssp_err get_thunks(struct package *package)
{
    PSECPKG_EXTENDED_INFORMATION info = NULL;

    if (package->lsa.GetExtendedInformation == NULL ||
        !NT_SUCCESS(package->lsa.GetExtendedInformation(SecpkgContextThunks, &info)) ||
        info == NULL)
        return SSP_OK;

    size_t n = info->Info.ContextThunks.InfoLevelCount;
    ULONG *thunks = n <= LIMIT_THUNKS ? malloc((n + 1) * sizeof(*thunks)) : NULL;
    if (thunks != NULL && n != 0)
        memcpy(thunks, info->Info.ContextThunks.Levels, n * sizeof(*thunks));
    free_answer(package, info);
    if (thunks == NULL)
        return n > LIMIT_THUNKS ? refuse(package, "too many context thunks") : ssp_fail(NO_MEMORY);
    package->thunks = thunks;
    package->n_thunks = n;
    return SSP_OK;
}

static enum ssp_err introduce(const struct lsa *lsa, struct package *package)
{
    SSP_TRY(get_info(package));
    if (package_by_name8(&lsa->packages, package->name8) != NULL)
        return refuse(package, "a package of that name is there already");
    return get_thunks(package);
}

static void shut_down(struct package **package)
{
    if (*package != NULL && (*package)->lsa.Shutdown != NULL)
        (void)(*package)->lsa.Shutdown();
    package_free(package);
}

static enum ssp_err package_new(const struct lsa *lsa, struct module *module,
                                const struct tables *tables, ULONG index, struct package **ret)
{
    struct package *package = malloc(sizeof(*package));

    if (package == NULL)
        return ssp_fail(NO_MEMORY);
    *package = (struct package){ .id = (ULONG)packages_count(&lsa->packages) };
    package->module = module_ref(module);
    package->index = index;
    memcpy(&package->lsa, &tables->lsa[index], tables->table_size);
    if (tables->export != NULL && index < tables->n_export)
        package->export = tables->export[index];
    if (tables->sign != NULL && index < tables->n_sign)
        package->sign = tables->sign[index];
    *ret = package;
    return SSP_OK;
}

static enum ssp_err start(struct lsa *lsa, struct module *module, const struct tables *tables,
                          ULONG index)
{
    if (packages_count(&lsa->packages) == LIMIT_PACKAGES)
        return ssp_fail(OVER_QUOTA);

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, lsa, NULL, NULL, 0);
    ssp_cleanup(package_free) struct package *started = NULL;
    ssp_cleanup(shut_down) struct package *running = NULL;
    SSP_TRY(package_new(lsa, module, tables, index, &started));
    call.package = started;
    SSP_TRY(initialize(started));
    running = ssp_steal(&started);
    SSP_TRY(introduce(lsa, running));
    lsa->packages.list[packages_count(&lsa->packages)] = ssp_steal(&running);
    (void)atomic_fetch_add_explicit(&lsa->packages.n, 1, memory_order_release);
    return SSP_OK;
}

static enum ssp_err refuse_module(const struct module *module, const char *why)
{
    trace(TRACE_ERROR, "package %s: %s", module->name, why);
    return ssp_fail(NO_PACKAGE);
}

static enum ssp_err ask_for_tables(const struct module *module, struct tables *ret)
{
    ULONG version = 0;
    PSECPKG_FUNCTION_TABLE lsa = NULL;
    struct tables tables = { 0 };

    if (!NT_SUCCESS(module->lsa_init(SECPKG_INTERFACE_VERSION, &version, &lsa, &tables.n)))
        return refuse_module(module, "SpLsaModeInitialize failed");
    tables.lsa = lsa;
    tables.table_size = size_of_version(version);
    if (tables.lsa == NULL || tables.n == 0 || tables.n > LIMIT_PACKAGES)
        return refuse_module(module, "SpLsaModeInitialize gave no tables");
    if (tables.table_size == 0)
        return refuse_module(module, "SpLsaModeInitialize answered with an unknown version");
    if (module->export_init != NULL &&
        (!NT_SUCCESS(
             module->export_init(OPENSSPI_LSA_EXPORT_VERSION, &tables.export, &tables.n_export)) ||
         tables.export == NULL || tables.n_export > tables.n))
        return refuse_module(module, "SpLsaExportInitialize failed");
    if (module->sign_init != NULL &&
        (!NT_SUCCESS(module->sign_init(OPENSSPI_LSA_SIGN_VERSION, &tables.sign, &tables.n_sign)) ||
         tables.sign == NULL || tables.n_sign > tables.n))
        return refuse_module(module, "SpLsaSignInitialize failed");
    *ret = tables;
    return SSP_OK;
}

static enum ssp_err offer_others(const struct module *module)
{
    if (module->inner_init != NULL && !NT_SUCCESS(module->inner_init(nested_table())))
        return refuse_module(module, "SpLsaInnerInitialize failed");
    return SSP_OK;
}

static void unlock(pthread_mutex_t **mutex)
{
    (void)pthread_mutex_unlock(*mutex);
}

enum ssp_err packages_add(struct lsa *lsa, struct module *module, bool all, ULONG *ret_id)
{
    struct tables tables = { 0 };

    SSP_TRY(offer_others(module));
    SSP_TRY(ask_for_tables(module, &tables));
    (void)pthread_mutex_lock(&lsa->packages.adding);
    ssp_cleanup(unlock) pthread_mutex_t *held = &lsa->packages.adding;
    ULONG first = (ULONG)packages_count(&lsa->packages);

    for (ULONG i = 0; i < tables.n; i++) {
        enum ssp_err e = start(lsa, module, &tables, i);

        if (e != SSP_OK && (all || e != SSP_ERR_NO_PACKAGE))
            return e;
    }
    if (packages_count(&lsa->packages) == first)
        return ssp_fail(NO_PACKAGE);
    *ret_id = first;
    return SSP_OK;
}
