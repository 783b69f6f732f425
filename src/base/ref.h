/* SPDX-License-Identifier: Apache-2.0 */
/* A reference count, for what threads share. */
#ifndef SSP_BASE_REF_H
#define SSP_BASE_REF_H

#include <stdatomic.h>
#include <stdbool.h>

struct ref {
    atomic_uint n;
};

#define REF_INIT \
    {            \
        1        \
    }

static inline void ref_take(struct ref *ref)
{
    (void)atomic_fetch_add_explicit(&ref->n, 1, memory_order_relaxed);
}

/* True when that was the last one: the caller frees. */
static inline bool ref_drop(struct ref *ref)
{
    return atomic_fetch_sub_explicit(&ref->n, 1, memory_order_acq_rel) == 1;
}

#endif
