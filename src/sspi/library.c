/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/library.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/alias.h"
#include "base/cleanup.h"
#include "base/fork_lock.h"
#include "base/heap.h"
#include "base/limits.h"
#include "base/utf16.h"
#include "lsa/status.h"
#include "sspi/port.h"
#include "sspi/user_ctx.h"

/* Recursive: a package that builds on others asks for their user halves in its InstanceInit. */
static struct {
    pthread_mutex_t lock;
    struct library lib;
    _Atomic(const struct library *) started;
    bool half_starting[LIMIT_PACKAGES];
    atomic_bool half_started[LIMIT_PACKAGES];
    pthread_mutex_t starting; /* by one thread at a time; fork() does not wait for it */
    atomic_uint n_starts;     /* that have ended */
    SECURITY_STATUS last_start;
} state = { .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP, .starting = PTHREAD_MUTEX_INITIALIZER };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool forks_are_watched;

static void before_fork(void)
{
    (void)pthread_mutex_lock(&state.lock);
}

static void after_fork_in_parent(void)
{
    (void)pthread_mutex_unlock(&state.lock);
}

/* The thread has another id than the one that locked, and so may not unlock. */
static void after_fork_in_child(void)
{
    state.lock = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    state.starting = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER; /* who starts is not here */
}

/* fork() waits while the LSA of this process or a user half starts: a child would find it half
 * made, and wait for a thread that it does not have.  It does not wait while lsad is asked for. */
static void watch_forks(void)
{
    forks_are_watched = fork_lock_watch() == SSP_OK &&
                        pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) == 0;
}

static void unlock(pthread_mutex_t **lock)
{
    (void)pthread_mutex_unlock(*lock);
}

static pthread_mutex_t *lock_state(void)
{
    (void)pthread_mutex_lock(&state.lock);
    return &state.lock;
}

const struct library *library_get(void)
{
    return atomic_load_explicit(&state.started, memory_order_acquire);
}

/* NULL for an LSA of this process's own.  The map is kept when that does not come up: the next try
 * wants it too. */
static SECURITY_STATUS start_with(struct lsa_port *port)
{
    ssp_cleanup(unlock) pthread_mutex_t *held = lock_state();
    enum ssp_err e = SSP_OK;
    SECURITY_STATUS status = SEC_E_OK;

    (void)held;
    if (state.lib.contexts == NULL)
        e = idmap_new(user_ctx_destroy, &state.lib.contexts);
    if (e != SSP_OK)
        return ssp_err_status(e);
    if (port == NULL)
        status = lsa_local_open(&port);
    if (status < 0)
        return status;
    state.lib.port = port;
    atomic_store_explicit(&state.started, &state.lib, memory_order_release);
    return SEC_E_OK;
}

static SECURITY_STATUS start(void)
{
    struct lsa_port *port = NULL;
    SECURITY_STATUS status = port_open_remote(&port);

    if (status < 0)
        return status;
    status = start_with(port);
    if (status < 0 && port != NULL)
        port->ops->close(port);
    return status;
}

/* What came of it is the answer to all who wanted it meanwhile: where lsad does not answer, each of
 * many threads would wait for the one before it. */
static SECURITY_STATUS start_once(void)
{
    unsigned seen = atomic_load(&state.n_starts);
    ssp_cleanup(unlock) pthread_mutex_t *held = &state.starting;

    (void)pthread_mutex_lock(held);
    if (library_get() != NULL)
        return SEC_E_OK;
    if (atomic_load(&state.n_starts) != seen)
        return state.last_start;
    state.last_start = start();
    atomic_fetch_add(&state.n_starts, 1);
    return state.last_start;
}

SECURITY_STATUS library_start(const struct library **ret)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (pthread_once(&once, watch_forks) != 0 || !forks_are_watched)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (library_get() == NULL)
        status = start_once();
    if (status >= 0)
        *ret = library_get();
    return status;
}

SECURITY_STATUS library_package(const struct library *lib, ULONG id,
                                const struct lsa_package_info **ret)
{
    const struct lsa_package_info *packages = NULL;
    size_t n = 0;
    SECURITY_STATUS status = lib->port->ops->packages(lib->port, &packages, &n);

    if (status < 0)
        return status;
    if (id >= n)
        return SEC_E_SECPKG_NOT_FOUND;
    *ret = &packages[id];
    return SEC_E_OK;
}

static enum ssp_err find_named(const struct lsa_package_info *packages, size_t n,
                               const char16_t *name, const struct lsa_package_info **ret)
{
    ssp_cleanup(str16_wipe) struct str16 wanted = { 0 };

    if (str16_len(name) > LIMIT_NAME)
        return ssp_fail(NO_PACKAGE);
    name = alias_resolve(name);
    SSP_TRY(str16_from_units(name, str16_len(name), &wanted));
    for (size_t i = 0; i < n; i++) {
        ssp_cleanup(str16_wipe) struct str16 theirs = { 0 };

        SSP_TRY(str16_from_units(packages[i].name, str16_len(packages[i].name), &theirs));
        if (str16_eq_nocase(&theirs, &wanted)) {
            *ret = &packages[i];
            return SSP_OK;
        }
    }
    return ssp_fail(NO_PACKAGE);
}

/* A name that is ill-formed is no package's. */
SECURITY_STATUS library_package_named(const struct library *lib, const char16_t *name,
                                      const struct lsa_package_info **ret)
{
    const struct lsa_package_info *packages = NULL;
    size_t n = 0;
    SECURITY_STATUS status = lib->port->ops->packages(lib->port, &packages, &n);
    enum ssp_err e = SSP_OK;

    if (status < 0)
        return status;
    e = find_named(packages, n, name, ret);
    return ssp_err_status(e == SSP_ERR_BAD_ARGUMENT ? SSP_ERR_NO_PACKAGE : e);
}

/* ---- User halves ------------------------------------------------------- */

static PVOID NTAPI allocate_heap(ULONG size)
{
    return heap_alloc(size);
}

static VOID NTAPI free_heap(PVOID block)
{
    (void)(heap_free(block) == SSP_OK);
}

/* Nothing here ever calls back: the LSA has no way into an application. */
static NTSTATUS NTAPI register_callback(ULONG id, PLSA_CALLBACK_FUNCTION callback)
{
    (void)id;
    (void)callback;
    return STATUS_NOT_SUPPORTED;
}

/* The user table of another package, started; NULL when there is none. */
static PVOID NTAPI locate_package(ULONG id)
{
    const struct library *lib = library_get();
    const struct lsa_package_info *package = NULL;

    if (lib == NULL || library_user_half(lib, id, &package) < 0)
        return NULL;
    return package->user;
}

/* What a package's user half may call. */
static SECPKG_DLL_FUNCTIONS dll_functions = {
    .AllocateHeap = allocate_heap,
    .FreeHeap = free_heap,
    .RegisterCallback = register_callback,
    .LocatePackageById = locate_package,
};

static SECURITY_STATUS start_half(PSECPKG_USER_FUNCTION_TABLE table)
{
    if (table->InstanceInit == NULL)
        return SEC_E_OK;
    return status_from_nt(table->InstanceInit(SECPKG_INTERFACE_VERSION, &dll_functions, NULL),
                          STATUS_OF_CALL);
}

/* A package that asks for itself in its InstanceInit, by whatever detour, is refused. */
static SECURITY_STATUS start_half_once(ULONG package, PSECPKG_USER_FUNCTION_TABLE table)
{
    ssp_cleanup(unlock) pthread_mutex_t *held = lock_state();
    SECURITY_STATUS status = SEC_E_OK;

    (void)held;
    if (state.half_started[package])
        return SEC_E_OK;
    if (state.half_starting[package])
        return SEC_E_INTERNAL_ERROR;
    state.half_starting[package] = true;
    status = start_half(table);
    state.half_starting[package] = false;
    if (status >= 0)
        atomic_store_explicit(&state.half_started[package], true, memory_order_release);
    return status;
}

SECURITY_STATUS library_user_half(const struct library *lib, ULONG package,
                                  const struct lsa_package_info **ret)
{
    const struct lsa_package_info *info = NULL;
    SECURITY_STATUS status = library_package(lib, package, &info);

    if (status < 0)
        return status;
    if (info->user == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (package >= LIMIT_PACKAGES)
        return SEC_E_INTERNAL_ERROR;
    if (!atomic_load_explicit(&state.half_started[package], memory_order_acquire))
        status = start_half_once(package, info->user);
    if (status >= 0)
        *ret = info;
    return status;
}
