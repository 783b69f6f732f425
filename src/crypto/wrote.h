/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MemorySanitizer does not see what nettle writes, since nettle is not built
 * with it.  nettle is called in this folder only, so here, and nowhere else, its
 * outputs are declared as written; in every other build this is nothing.
 */
#ifndef SSP_CRYPTO_WROTE_H
#define SSP_CRYPTO_WROTE_H

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define SSP_CRYPTO_MSAN 1
#endif
#endif

static inline void nettle_wrote(const void *p, size_t n)
{
#ifdef SSP_CRYPTO_MSAN
    __msan_unpoison(p, n);
#else
    (void)p;
    (void)n;
#endif
}

#endif
