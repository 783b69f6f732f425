/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/wbclient/fake.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct fake_wbclient script;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static size_t n_given; /* contexts and answers */

/* What the library hands out: one block to those who have it, which owns others. */
enum { PARTS = 3 };
struct given {
    bool is_info;
    void *parts[PARTS];
    union {
        max_align_t aligned;
        char context;
        struct wbcAuthUserInfo info;
        struct wbcAuthErrorInfo error;
    } content;
};

static void count(size_t more, size_t less)
{
    (void)pthread_mutex_lock(&lock);
    n_given += more;
    n_given -= less;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
}

static struct given *give(void)
{
    struct given *given = calloc(1, sizeof(*given));

    if (given == NULL)
        abort();
    count(1, 0);
    return given;
}

static void *copy(const void *from, size_t n)
{
    void *to = malloc(n);

    if (to == NULL)
        abort();
    memcpy(to, from, n);
    return to;
}

static char *text(struct given *given, size_t part, const char *s)
{
    if (s != NULL)
        given->parts[part] = copy(s, strlen(s) + 1);
    return given->parts[part];
}

static struct wbcAuthUserInfo *give_info(const struct fake_answer *answer)
{
    struct given *given = give();
    struct wbcAuthUserInfo *info = &given->content.info;

    given->is_info = true;
    *info = answer->info;
    info->account_name = text(given, 0, info->account_name);
    info->domain_name = text(given, 1, info->domain_name);
    if (answer->n_sids != 0)
        given->parts[2] = copy(answer->sids, answer->n_sids * sizeof(*answer->sids));
    info->sids = given->parts[2];
    return info;
}

static struct wbcAuthErrorInfo *give_error(const struct fake_answer *answer)
{
    struct given *given = give();
    struct wbcAuthErrorInfo *error = &given->content.error;

    *error = answer->error;
    error->nt_string = text(given, 0, error->nt_string);
    return error;
}

struct fake_wbclient *fake_wbclient(void)
{
    return &script;
}

void fake_wbclient_settle(void)
{
    (void)pthread_mutex_lock(&lock);
    while (n_given != 0)
        (void)pthread_cond_wait(&changed, &lock);
    (void)pthread_mutex_unlock(&lock);
}

/* ---- <wbclient.h> ------------------------------------------------------ */

void wbcFreeMemory(void *memory)
{
    struct given *given = NULL;

    if (memory == NULL)
        return;
    given = (struct given *)(void *)((char *)memory - offsetof(struct given, content));
    for (size_t i = 0; given->is_info && i < sizeof(given->content.info.user_session_key); i++)
        script.saw_key |= given->content.info.user_session_key[i] != 0;
    for (size_t i = 0; i < PARTS; i++)
        free(given->parts[i]);
    free(given);
    count(0, 1);
}

struct wbcContext *wbcCtxCreate(void)
{
    return script.has_no_context ? NULL : (struct wbcContext *)(void *)&give()->content;
}

void wbcCtxFree(struct wbcContext *ctx)
{
    wbcFreeMemory(ctx);
}

wbcErr wbcCtxAuthenticateUserEx(struct wbcContext *ctx, const struct wbcAuthUserParams *params,
                                struct wbcAuthUserInfo **info, struct wbcAuthErrorInfo **error)
{
    struct fake_answer answer = { 0 };

    (void)ctx;
    wbcErr result = script.ask(script.arg, params, &answer);
    if (answer.has_info)
        *info = give_info(&answer);
    if (answer.has_error)
        *error = give_error(&answer);
    return result;
}

const char *wbcErrorString(wbcErr error)
{
    return error == WBC_ERR_WINBIND_NOT_AVAILABLE ? "WBC_ERR_WINBIND_NOT_AVAILABLE" : NULL;
}
