/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/returned.h"

#include "base/cleanup.h"
#include "base/secret.h"

enum ssp_err krb_returned_init(struct krb_returned *all)
{
    *all = (struct krb_returned){ .next = 0 };
    return fork_lock_init(&all->lock);
}

void krb_returned_done(struct krb_returned *all)
{
    fork_lock_destroy(&all->lock);
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
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&all->lock);
    all->requests[all->next] = *request;
    all->next = (all->next + 1) % KRB_RETURNED_MAX;
}

static bool is_same(const struct krb_request_id *one, const struct krb_request_id *other)
{
    return one->is_there && other->is_there && ct_eq(VIEW_OF(one->digest), VIEW_OF(other->digest));
}

bool krb_returned_take(struct krb_returned *all, const struct krb_request_id *request)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&all->lock);
    bool found = false;

    for (size_t i = 0; i < KRB_RETURNED_MAX && !found; i++) {
        found = is_same(&all->requests[i], request);
        if (found)
            all->requests[i].is_there = false;
    }
    return found;
}
