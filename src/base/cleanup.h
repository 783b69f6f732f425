/* SPDX-License-Identifier: Apache-2.0 */
/* Scope-bound ownership. */
#ifndef SSP_BASE_CLEANUP_H
#define SSP_BASE_CLEANUP_H

#include <stdlib.h>
#include <string.h>

/* ssp_cleanup(wr_free) struct wr out = ...;  calls wr_free(&out) at scope end.  A lock that is held
 * and not spoken of again is in use, whatever clang says. */
#define ssp_cleanup(fn) __attribute__((cleanup(fn), unused))

/* ssp_cleanup(ssp_free) char *text = ...;  for memory that holds no secret. */
static inline void ssp_free(void *pointer_to_pointer)
{
    void *p;

    memcpy(&p, pointer_to_pointer, sizeof(p));
    free(p);
}

/* Hand a pointer on to a new owner: yields it and leaves NULL behind. */
#define ssp_steal(pp)                      \
    ({                                     \
        __typeof__(*(pp)) stolen_ = *(pp); \
        *(pp) = NULL;                      \
        stolen_;                           \
    })

#endif
