/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that a host gives its packages, in the form that their tables want: the one heap
 * (base/heap.h). */
#ifndef SSP_TEST_HOST_HEAP_H
#define SSP_TEST_HOST_HEAP_H

#include <ntsecpkg.h>
#include <stdlib.h>

#include "base/heap.h"

static inline PVOID NTAPI host_alloc(ULONG n)
{
    return heap_alloc(n);
}

/* Ends the program on what is no block of that heap: a package's fault. */
static inline VOID NTAPI host_release(PVOID p)
{
    if (heap_free(p) != SSP_OK)
        abort();
}

#endif
