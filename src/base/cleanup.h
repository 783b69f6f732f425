/* SPDX-License-Identifier: Apache-2.0 */
/* Scope-bound ownership. */
#ifndef SSP_BASE_CLEANUP_H
#define SSP_BASE_CLEANUP_H

/* ssp_cleanup(wr_free) struct wr out = ...;  calls wr_free(&out) at scope end. */
#define ssp_cleanup(fn) __attribute__((cleanup(fn)))

/* Hand a pointer on to a new owner: yields it and leaves NULL behind. */
#define ssp_steal(pp)                      \
    ({                                     \
        __typeof__(*(pp)) stolen_ = *(pp); \
        *(pp) = NULL;                      \
        stolen_;                           \
    })

#endif
