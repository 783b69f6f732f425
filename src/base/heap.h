/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one heap behind AllocateHeap, AllocateLsaHeap, AllocateClientBuffer and
 * FreeContextBuffer: what a package allocates on either side, the caller may
 * free.  Blocks know their size and are wiped when freed, since a packed
 * context or a session key may have been in them.
 */
#ifndef SSP_BASE_HEAP_H
#define SSP_BASE_HEAP_H

#include "base/err.h"

#include <stddef.h>

void *heap_alloc(size_t n); /* zeroed; NULL when out of memory; never NULL for n == 0 */

/* BAD_ARGUMENT for a pointer that heap_alloc() did not make, as far as can be told; NULL is fine.
 */
enum ssp_err heap_free(void *p);

#endif
