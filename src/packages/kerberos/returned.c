/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/returned.h"

#include "base/secret.h"

void krb_returned_init(struct krb_returned *all)
{
    *all = (struct krb_returned){ .next = 0 };
    (void)pthread_mutex_init(&all->lock, NULL);
}

void krb_returned_done(struct krb_returned *all)
{
    (void)pthread_mutex_destroy(&all->lock);
}

struct krb_request_id krb_request_id_of(struct view message)
{
    struct krb_request_id request = { .is_there = true };

    sha256(&message, 1, request.digest);
    return request;
}

void krb_returned_add(struct krb_returned *all, const struct krb_request_id *request)
{
    if (!request->is_there)
        return;
    (void)pthread_mutex_lock(&all->lock);
    all->requests[all->next] = *request;
    all->next = (all->next + 1) % KRB_RETURNED_MAX;
    (void)pthread_mutex_unlock(&all->lock);
}

static bool is_same(const struct krb_request_id *one, const struct krb_request_id *other)
{
    return one->is_there && other->is_there && ct_eq(VIEW_OF(one->digest), VIEW_OF(other->digest));
}

bool krb_returned_take(struct krb_returned *all, const struct krb_request_id *request)
{
    bool found = false;

    (void)pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < KRB_RETURNED_MAX && !found; i++) {
        found = is_same(&all->requests[i], request);
        if (found)
            all->requests[i].is_there = false;
    }
    (void)pthread_mutex_unlock(&all->lock);
    return found;
}
