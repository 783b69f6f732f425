/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/remote_packages.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"

enum ssp_err remote_packages_init(const char *folder, struct remote_packages *packages)
{
    *packages = (struct remote_packages){ .folder = folder };
    return fork_lock_init(&packages->lock);
}

static void package_free(struct remote_package **package)
{
    struct remote_package *gone = ssp_steal(package);

    if (gone == NULL)
        return;
    str16_wipe(&gone->name);
    str16_wipe(&gone->comment);
    module_unref(&gone->module);
    free(gone);
}

void remote_packages_done(struct remote_packages *packages)
{
    for (size_t i = 0; i < atomic_load(&packages->n); i++)
        package_free(&packages->own[i]);
    fork_lock_destroy(&packages->lock);
}

/* ---- User halves ----------------------------------------------------------------------------- */

static enum ssp_err find_builtin(const char *name, struct module **ret)
{
    for (size_t i = 0; i < module_n_builtin(); i++) {
        ssp_cleanup(module_unref) struct module *module = NULL;

        SSP_TRY(module_builtin(i, &module));
        if (strcmp(module->name, name) != 0)
            continue;
        *ret = ssp_steal(&module);
        return SSP_OK;
    }
    return ssp_fail(NO_PACKAGE);
}

/* lsad is trusted with much, but the name of a file in a folder is all that it may say here. */
static enum ssp_err load(const char *folder, const char *name, struct module **ret)
{
    ssp_cleanup(fd_close) int fd = -1;

    if (strchr(name, '/') != NULL)
        return ssp_fail(NO_PACKAGE);
    SSP_TRY(module_folder_open(folder, &fd));
    return module_load(fd, name, ret);
}

static enum ssp_err find_user_half(const struct remote_packages *packages,
                                   const struct package_answer *answer, struct module **ret_module,
                                   struct module_user *ret)
{
    ssp_cleanup(ssp_free) char *name = field_text(&answer->module);
    ssp_cleanup(module_unref) struct module *module = NULL;

    if (name == NULL)
        return ssp_fail(NO_MEMORY);
    enum ssp_err e =
        answer->is_builtin ? find_builtin(name, &module) : load(packages->folder, name, &module);
    if (e == SSP_OK)
        e = module_user_half(module, answer->index, ret);
    if (e == SSP_ERR_NO_MEMORY)
        return e;
    if (e != SSP_OK)
        trace(TRACE_WARNING, "package %s: no user half here: %s", name, ssp_err_text(e));
    else
        *ret_module = ssp_steal(&module);
    return SSP_OK;
}

/* ---- Descriptions ---------------------------------------------------------------------------- */

static size_t take_thunks(const struct package_answer *answer, struct remote_package *package)
{
    struct rd in = rd_of(secret_view(&answer->thunks));
    size_t n = in.left.n / sizeof(uint32_t);

    if (n > LIMIT_THUNKS)
        n = LIMIT_THUNKS;
    for (size_t i = 0; i < n; i++)
        package->thunks[i] = rd_le32(&in);
    return n;
}

static enum ssp_err keep(struct remote_packages *packages, struct package_answer *answer)
{
    ssp_cleanup(package_free) struct remote_package *package = calloc(1, sizeof(*package));
    struct module_user user = { 0 };
    size_t n = atomic_load(&packages->n);

    if (package == NULL)
        return ssp_fail(NO_MEMORY);
    if (answer->name.p == NULL || answer->comment.p == NULL || answer->module.p == NULL)
        return ssp_fail(BAD_FRAME);
    SSP_TRY(find_user_half(packages, answer, &package->module, &user));
    package->name = answer->name;
    package->comment = answer->comment;
    answer->name = (struct str16){ 0 };
    answer->comment = (struct str16){ 0 };
    packages->info[n] = (struct lsa_package_info){
        .id = (ULONG)n,
        .capabilities = answer->capabilities,
        .version = answer->version,
        .rpc_id = answer->rpc_id,
        .max_token = answer->max_token,
        .name = package->name.p,
        .comment = package->comment.p,
        .user = user.table,
        .extension = user.extension,
        .thunks = package->thunks,
        .n_thunks = take_thunks(answer, package),
    };
    packages->own[n] = ssp_steal(&package);
    atomic_store_explicit(&packages->n, n + 1, memory_order_release);
    return SSP_OK;
}

/* Another thread may have learned of it meanwhile. */
static enum ssp_err take(struct remote_packages *packages, size_t n, struct package_answer *answer)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&packages->lock);

    return atomic_load(&packages->n) == n ? keep(packages, answer) : SSP_OK;
}

static enum ssp_err ask_for(struct remote_packages *packages, struct pool *pool, size_t n)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    struct package_ask body = { .package = (uint32_t)n };
    struct pool_ask ask = { RPC_PACKAGE, &body, NULL };
    struct package_answer answer = { 0 };
    int32_t status = 0;

    SSP_TRY(pool_call(pool, &ask, &frame, &answer, &status));
    enum ssp_err e = status < 0 ? ssp_fail(NO_PACKAGE) : take(packages, n, &answer);
    message_wipe(&rpc_shape(RPC_PACKAGE)->answer, &answer);
    return e;
}

/* Nothing is asked under the lock: fork() waits for it. */
enum ssp_err remote_packages_learn(struct remote_packages *packages, struct pool *pool, size_t n)
{
    enum ssp_err e = SSP_OK;

    while (e == SSP_OK && atomic_load(&packages->n) < LIMIT_PACKAGES)
        e = ask_for(packages, pool, atomic_load(&packages->n));
    if (e != SSP_OK && e != SSP_ERR_NO_PACKAGE)
        return e;
    return atomic_load(&packages->n) >= n ? SSP_OK : ssp_fail(NO_PACKAGE);
}

/* ---- Another lsad ---------------------------------------------------------------------------- */

static bool is_as_known(const struct lsa_package_info *known, const struct remote_package *own,
                        const struct package_answer *answer)
{
    return answer->name.p != NULL && str16_eq_nocase(&answer->name, &own->name) &&
           answer->version == known->version && answer->rpc_id == known->rpc_id;
}

static enum ssp_err judge_one(const struct remote_packages *packages, struct connection *connection,
                              size_t i)
{
    ssp_cleanup(frame_done) struct frame frame = FRAME_INIT;
    struct package_ask ask = { .package = (uint32_t)i };
    struct package_answer answer = { 0 };
    int32_t status = 0;

    SSP_TRY(connection_call(connection, RPC_PACKAGE, &ask, &frame, &answer, &status));
    bool is_good = status >= 0 && is_as_known(&packages->info[i], packages->own[i], &answer);
    message_wipe(&rpc_shape(RPC_PACKAGE)->answer, &answer);
    return is_good ? SSP_OK : ssp_fail(OTHER_PACKAGES);
}

/* Without the lock: what is there never moves. */
enum ssp_err remote_packages_judge(void *arg, struct connection *connection)
{
    const struct remote_packages *packages = arg;
    size_t n = atomic_load_explicit(&packages->n, memory_order_acquire);

    for (size_t i = 0; i < n; i++) {
        enum ssp_err e = judge_one(packages, connection, i);

        if (e == SSP_ERR_OTHER_PACKAGES)
            trace(TRACE_ERROR, "%s; restart the program", ssp_err_text(e));
        if (e != SSP_OK)
            return e;
    }
    return SSP_OK;
}
