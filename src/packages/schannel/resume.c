/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/resume.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/cleanup.h"

struct tls_resume {
    pthread_mutex_t lock;
    struct tls_session sessions[TLS_RESUME_MAX]; /* a ring: the next one to go is at `next` */
    size_t next;
};

void tls_session_wipe(struct tls_session *session)
{
    secret_wipe(&session->host);
    secret_wipe(&session->data);
    secret_wipe(&session->chain);
    *session = (struct tls_session){ 0 };
}

enum ssp_err tls_resume_new(struct tls_resume **ret)
{
    struct tls_resume *resume = calloc(1, sizeof(*resume));

    if (resume == NULL)
        return ssp_fail(NO_MEMORY);
    (void)pthread_mutex_init(&resume->lock, NULL);
    *ret = resume;
    return SSP_OK;
}

void tls_resume_free(struct tls_resume *resume)
{
    if (resume == NULL)
        return;
    for (size_t i = 0; i < TLS_RESUME_MAX; i++)
        tls_session_wipe(&resume->sessions[i]);
    (void)pthread_mutex_destroy(&resume->lock);
    free(resume);
}

void tls_resume_put(struct tls_resume *resume, struct tls_session *session)
{
    (void)pthread_mutex_lock(&resume->lock);
    struct tls_session *place = &resume->sessions[resume->next];
    resume->next = (resume->next + 1) % TLS_RESUME_MAX;
    tls_session_wipe(place);
    *place = *session;
    *session = (struct tls_session){ 0 };
    (void)pthread_mutex_unlock(&resume->lock);
}

static bool fits(const struct tls_session *session, struct view host, bool is_manual, int64_t now)
{
    return session->data.n != 0 && ct_eq(secret_view(&session->host), host) &&
           (is_manual || !session->is_manual) && now < session->expiry;
}

bool tls_resume_take(struct tls_resume *resume, struct view host, bool is_manual, int64_t now,
                     struct tls_session *ret)
{
    bool found = false;

    (void)pthread_mutex_lock(&resume->lock);
    for (size_t i = 0; i < TLS_RESUME_MAX && !found; i++) {
        /* The youngest first. */
        size_t at = (resume->next + TLS_RESUME_MAX - 1 - i) % TLS_RESUME_MAX;

        found = fits(&resume->sessions[at], host, is_manual, now);
        if (found) {
            *ret = resume->sessions[at];
            resume->sessions[at] = (struct tls_session){ 0 };
        }
    }
    (void)pthread_mutex_unlock(&resume->lock);
    return found;
}
