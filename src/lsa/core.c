/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/core.h"

#include "base/cleanup.h"
#include "base/trace.h"
#include "lsa/call.h"
#include "lsa/cred.h"
#include "lsa/ctx.h"
#include "lsa/load.h"
#include "lsa/status.h"
#include "lsa/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MS_PER_S = 1000 };

static bool is_known_section(void *arg, const char *section)
{
    static const char *const own[] = { "lsa", "lsad", "export", "map" };
    const struct lsa *lsa = arg;
    size_t n = strcspn(section, " \t");

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcmp(section, own[i]) == 0)
            return true;
    for (size_t i = 0; i < packages_count(&lsa->packages); i++) {
        const char *name = lsa->packages.list[i]->name8;

        if (strlen(name) == n && strncasecmp(name, section, n) == 0)
            return true;
    }
    return false;
}

static enum ssp_err make_tables(struct lsa *lsa)
{
    SSP_TRY(keeper_init(&lsa->keeper));
    SSP_TRY(idmap_new(lsa_cred_destroy, &lsa->tables[OWNED_CRED]));
    SSP_TRY(idmap_new(lsa_ctx_destroy, &lsa->tables[OWNED_CTX]));
    SSP_TRY(logons_init(&lsa->logons));
    return home_slot_init(&lsa->home);
}

/* A daemon's own key and tickets are not those of root's processes. */
static enum ssp_err choose_runtime(struct lsa *lsa)
{
    if (lsa->is_embedded || *lsa->options.runtime != '\0')
        return SSP_OK;
    free(lsa->options.runtime);
    lsa->options.runtime = strdup("/run/opensspi/lsad");
    return lsa->options.runtime != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

static enum ssp_err take_options(struct lsa *lsa, const struct conf *conf)
{
    SSP_TRY(lsa_options_read(conf, &lsa->options));
    atomic_store(&lsa->lifetime_ms, lsa->options.lifetime_s * MS_PER_S);
    return choose_runtime(lsa);
}

static enum ssp_err take_map(struct lsa *lsa, const struct conf *conf)
{
    ssp_cleanup(map_free) struct map *map = NULL;

    SSP_TRY(map_load(conf, &map));
    return map_slot_init(&lsa->map, &map);
}

enum ssp_err lsa_read_again(struct lsa *lsa, const struct conf *conf)
{
    ssp_cleanup(lsa_options_free) struct lsa_options options = { 0 };
    ssp_cleanup(map_free) struct map *map = NULL;

    SSP_TRY(conf_check_sections(conf, is_known_section, lsa));
    SSP_TRY(lsa_options_read(conf, &options));
    SSP_TRY(map_load(conf, &map));
    map_slot_set(&lsa->map, &map);
    atomic_store(&lsa->lifetime_ms, options.lifetime_s * MS_PER_S);
    return SSP_OK;
}

static enum ssp_err start(struct lsa *lsa, const struct conf *conf)
{
    SSP_TRY(make_tables(lsa));
    SSP_TRY(take_options(lsa, conf));
    SSP_TRY(take_map(lsa, conf));
    SSP_TRY(load_builtins(lsa));
    SSP_TRY(load_folder(lsa, conf));
    return conf_check_sections(conf, is_known_section, lsa);
}

enum ssp_err lsa_new(const struct lsa_setup *setup, struct lsa **ret)
{
    ssp_cleanup(lsa_free) struct lsa *lsa = malloc(sizeof(*lsa));

    if (lsa == NULL)
        return ssp_fail(NO_MEMORY);
    *lsa = (struct lsa){ .clock = setup->clock,
                         .rand = setup->rand,
                         .is_embedded = setup->is_embedded };
    packages_init(&lsa->packages);
    enum ssp_err e = start(lsa, setup->conf);
    if (e != SSP_OK) {
        trace(TRACE_ERROR, "the security authority does not start: %s", ssp_err_text(e));
        return e;
    }
    *ret = ssp_steal(&lsa);
    return SSP_OK;
}

void lsa_free(struct lsa **lsa)
{
    struct lsa *gone = ssp_steal(lsa);

    if (gone == NULL)
        return;
    keeper_done(&gone->keeper);
    for (size_t kind = OWNED_KINDS; kind-- > 0;)
        idmap_free(gone->tables[kind]);
    packages_done(&gone->packages);
    map_slot_done(&gone->map);
    home_slot_done(&gone->home);
    logons_done(&gone->logons);
    lsa_options_free(&gone->options);
    free(gone);
}

static PLSA_AP_CALL_PACKAGE function_for(const struct package *package, enum call_right right)
{
    const PLSA_AP_CALL_PACKAGE by_right[] = {
        [CALL_TRUSTED] = package->lsa.CallPackage,
        [CALL_UNTRUSTED] = package->lsa.CallPackageUntrusted,
        [CALL_PASSTHROUGH] = package->lsa.CallPackagePassthrough,
    };

    return by_right[right];
}

NTSTATUS lsa_call_package(struct lsa *lsa, struct client *client, enum call_right right,
                          const struct package_request *request, struct package_reply *ret)
{
    char name[OPENSSPI_PACKAGE_MAX] = "";
    struct package_reply reply = { 0 };

    if (lsa_text_to_utf8(request->package, name, sizeof(name)) != SSP_OK)
        return STATUS_NO_SUCH_PACKAGE;
    const struct package *package = package_by_name8(&lsa->packages, name);
    if (package == NULL)
        return STATUS_NO_SUCH_PACKAGE;
    PLSA_AP_CALL_PACKAGE function = function_for(package, right);
    if (function == NULL)
        return STATUS_NOT_SUPPORTED;

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, lsa, client, package, 0);
    NTSTATUS status = function((PLSA_CLIENT_REQUEST)&call, request->bytes, request->base,
                               request->n, &reply.bytes, &reply.n, &reply.status);
    if (NT_SUCCESS(status))
        *ret = reply;
    return status;
}

SECURITY_STATUS lsa_change_password(struct client *client, ULONG id, struct password_change *change)
{
    const struct package *package = package_by_id(&client->lsa->packages, id);

    if (package == NULL)
        return SEC_E_SECPKG_NOT_FOUND;
    if (package->lsa.ChangeAccountPassword == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;

    ssp_cleanup(call_end) struct call call;
    call_begin(&call, client->lsa, client, package, 0);
    return status_from_nt(package->lsa.ChangeAccountPassword(
                              &change->domain, &change->account, &change->old_password,
                              &change->new_password, change->impersonating, change->output),
                          STATUS_OF_CALL);
}
