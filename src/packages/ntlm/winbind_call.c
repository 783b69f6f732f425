/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/winbind_call.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/fork_lock.h"
#include "base/ref.h"
#include "base/secret.h"
#include "base/trace.h"
#include "packages/ntlm/wire.h"

enum { STACK_SIZE = 512 * 1024 };

struct winbind_door {
    struct ref ref;
    struct winbind_lib lib;
    uint32_t seconds;
    struct fork_lock lock; /* of the next two */
    size_t running;
    uint64_t epoch; /* in which they run: a child of fork() has none of its parent's threads */
};

enum ssp_err winbind_door_new(const struct winbind_lib *lib, uint32_t seconds,
                              struct winbind_door **ret)
{
    ssp_cleanup(ssp_free) struct winbind_door *door = malloc(sizeof(*door));

    if (door == NULL)
        return ssp_fail(NO_MEMORY);
    *door = (struct winbind_door){ REF_INIT, .lib = *lib, .seconds = seconds };
    SSP_TRY(fork_lock_init(&door->lock));
    *ret = ssp_steal(&door);
    return SSP_OK;
}

void winbind_door_unref(struct winbind_door **door)
{
    if (*door != NULL && ref_drop(&(*door)->ref)) {
        fork_lock_destroy(&(*door)->lock);
        free(*door);
    }
    *door = NULL;
}

const char *winbind_result_text(const struct winbind_door *door, wbcErr result)
{
    const char *text = door->lib.error_text(result);

    return text != NULL ? text : "no reason given";
}

static bool enter(struct winbind_door *door)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&door->lock);

    if (door->epoch != fork_epoch())
        door->running = 0;
    door->epoch = fork_epoch();
    if (door->running == WINBIND_CALLS_MAX)
        return false;
    door->running++;
    return true;
}

static void leave(struct winbind_door *door)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&door->lock);

    door->running--;
}

void winbind_answer_wipe(struct winbind_answer *answer)
{
    if (answer->info != NULL) {
        explicit_bzero(answer->info->user_session_key, sizeof(answer->info->user_session_key));
        explicit_bzero(answer->info->lm_session_key, sizeof(answer->info->lm_session_key));
        answer->release(answer->info);
    }
    if (answer->error != NULL)
        answer->release(answer->error);
    *answer = (struct winbind_answer){ 0 };
}

/* ---- A call ------------------------------------------------------------ */

struct call { /* shared by the thread that asks and the one that waits; owns what is asked */
    struct ref ref;
    struct winbind_door *door;
    char *user;
    char *domain;
    char *workstation;
    struct secret nt;
    struct wbcAuthUserParams params; /* borrows the four above */
    pthread_mutex_t mutex;           /* of what follows */
    pthread_cond_t told;
    bool is_done;
    struct winbind_answer answer;
};

static void call_free(struct call *call)
{
    (void)pthread_cond_destroy(&call->told);
    (void)pthread_mutex_destroy(&call->mutex);
    winbind_answer_wipe(&call->answer);
    free(call->user);
    free(call->domain);
    free(call->workstation);
    secret_wipe(&call->nt);
    winbind_door_unref(&call->door);
    free(call);
}

static void call_unref(struct call **call)
{
    if (*call != NULL && ref_drop(&(*call)->ref))
        call_free(*call);
    *call = NULL;
}

/* No step of the wall clock makes a wait longer or shorter. */
static enum ssp_err prepare_to_wait(struct call *call)
{
    pthread_condattr_t attr;

    if (pthread_condattr_init(&attr) != 0)
        return ssp_fail(NO_MEMORY);
    bool is_fine = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
                   pthread_cond_init(&call->told, &attr) == 0;
    (void)pthread_condattr_destroy(&attr);
    if (!is_fine || pthread_mutex_init(&call->mutex, NULL) != 0)
        return ssp_fail(NO_MEMORY);
    return SSP_OK;
}

static enum ssp_err copy_text(const char *text, char **ret)
{
    size_t n = strlen(text) + 1;

    *ret = malloc(n);
    if (*ret == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(*ret, text, n);
    return SSP_OK;
}

/*
 * The LM response stays here.  A domain controller that does not like the NTLMv2
 * response may take an LMv2 response instead, which covers neither flags nor
 * bindings, target and time: everything that we read in the former would then be
 * somebody's guess.
 */
static enum ssp_err fill(struct call *call, const struct winbind_question *question)
{
    struct wbcAuthUserParams *params = &call->params;

    SSP_TRY(copy_text(question->user, &call->user));
    SSP_TRY(copy_text(question->domain, &call->domain));
    SSP_TRY(copy_text(question->workstation, &call->workstation));
    SSP_TRY(secret_new(question->nt, &call->nt));
    params->account_name = call->user;
    params->domain_name = call->domain;
    params->workstation_name = call->workstation;
    params->level = WBC_AUTH_USER_LEVEL_RESPONSE;
    memcpy(params->password.response.challenge, question->challenge, NTLM_CHALLENGE_SIZE);
    params->password.response.nt_data = call->nt.p;
    params->password.response.nt_length = (uint32_t)call->nt.n;
    return SSP_OK;
}

static enum ssp_err call_new(struct winbind_door *door, const struct winbind_question *question,
                             struct call **ret)
{
    struct call *call = malloc(sizeof(*call));

    if (call == NULL)
        return ssp_fail(NO_MEMORY);
    *call = (struct call){ REF_INIT, .answer.release = door->lib.release };
    enum ssp_err e = prepare_to_wait(call);
    if (e != SSP_OK) {
        free(call);
        return e;
    }
    ssp_cleanup(call_unref) struct call *filled = call;
    ref_take(&door->ref);
    filled->door = door;
    SSP_TRY(fill(filled, question));
    *ret = ssp_steal(&filled);
    return SSP_OK;
}

static void *run(void *arg)
{
    ssp_cleanup(call_unref) struct call *call = arg;
    const struct winbind_lib *lib = &call->door->lib;
    struct winbind_answer *answer = &call->answer; /* ours alone until is_done */
    struct wbcContext *ctx = lib->create();

    answer->result = WBC_ERR_NO_MEMORY;
    if (ctx != NULL) {
        answer->result = lib->authenticate(ctx, &call->params, &answer->info, &answer->error);
        lib->destroy(ctx);
    }
    leave(call->door);
    (void)pthread_mutex_lock(&call->mutex);
    call->is_done = true;
    (void)pthread_cond_signal(&call->told);
    (void)pthread_mutex_unlock(&call->mutex);
    return NULL;
}

/* A thread of ours in somebody else's process: it takes none of its signals. */
static bool start_thread(struct call *call)
{
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    pthread_attr_t attr;

    if (pthread_attr_init(&attr) != 0)
        return false;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_fine = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0 &&
                   pthread_attr_setstacksize(&attr, STACK_SIZE) == 0 &&
                   pthread_create(&thread, &attr, run, call) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attr);
    return is_fine;
}

static enum ssp_err start(struct call *call)
{
    struct call *theirs = call;

    if (!enter(call->door)) {
        trace(TRACE_ERROR, "NTLM: winbind: %d calls wait for an answer, no more are made",
              (int)WINBIND_CALLS_MAX);
        return ssp_fail(NO_AUTHORITY);
    }
    ref_take(&call->ref);
    if (start_thread(call))
        return SSP_OK;
    leave(call->door);
    call_unref(&theirs);
    return ssp_fail(NO_MEMORY);
}

/* False when the time is over. */
static bool wait_for(struct call *call, struct winbind_answer *ret)
{
    struct timespec until;
    int e = clock_gettime(CLOCK_MONOTONIC, &until);

    until.tv_sec += (time_t)call->door->seconds;
    (void)pthread_mutex_lock(&call->mutex);
    while (!call->is_done && e == 0)
        e = pthread_cond_timedwait(&call->told, &call->mutex, &until);
    bool is_done = call->is_done;
    if (is_done) {
        *ret = call->answer;
        call->answer = (struct winbind_answer){ 0 };
    }
    (void)pthread_mutex_unlock(&call->mutex);
    return is_done;
}

enum ssp_err winbind_ask(struct winbind_door *door, const struct winbind_question *question,
                         struct winbind_answer *ret)
{
    ssp_cleanup(call_unref) struct call *call = NULL;

    SSP_TRY(call_new(door, question, &call));
    SSP_TRY(start(call));
    if (wait_for(call, ret))
        return SSP_OK;
    trace(TRACE_ERROR, "NTLM: winbind: no answer within %u seconds", (unsigned)door->seconds);
    return ssp_fail(NO_AUTHORITY);
}
