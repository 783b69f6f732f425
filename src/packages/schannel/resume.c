/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/resume.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fork_lock.h"

struct tls_resume {
    struct fork_lock lock;
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
    ssp_cleanup(ssp_free) struct tls_resume *resume = calloc(1, sizeof(*resume));

    if (resume == NULL)
        return ssp_fail(NO_MEMORY);
    SSP_TRY(fork_lock_init(&resume->lock));
    *ret = ssp_steal(&resume);
    return SSP_OK;
}

void tls_resume_free(struct tls_resume *resume)
{
    if (resume == NULL)
        return;
    for (size_t i = 0; i < TLS_RESUME_MAX; i++)
        tls_session_wipe(&resume->sessions[i]);
    fork_lock_destroy(&resume->lock);
    free(resume);
}

void tls_resume_put(struct tls_resume *resume, struct tls_session *session)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&resume->lock);
    struct tls_session *place = &resume->sessions[resume->next];
    resume->next = (resume->next + 1) % TLS_RESUME_MAX;
    tls_session_wipe(place);
    *place = *session;
    *session = (struct tls_session){ 0 };
}

static bool fits(const struct tls_session *session, struct view host, bool is_manual, int64_t now)
{
    return session->data.n != 0 && ct_eq(secret_view(&session->host), host) &&
           (is_manual || !session->is_manual) && now < session->expiry;
}

bool tls_resume_take(struct tls_resume *resume, struct view host, bool is_manual, int64_t now,
                     struct tls_session *ret)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&resume->lock);
    bool found = false;

    for (size_t i = 0; i < TLS_RESUME_MAX && !found; i++) {
        /* The youngest first. */
        size_t at = (resume->next + TLS_RESUME_MAX - 1 - i) % TLS_RESUME_MAX;

        found = fits(&resume->sessions[at], host, is_manual, now);
        if (found) {
            *ret = resume->sessions[at];
            resume->sessions[at] = (struct tls_session){ 0 };
        }
    }
    return found;
}
