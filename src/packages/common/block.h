/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What packages answer attributes with: structures and text in blocks of the
 * heap that a half was given, which the application frees with
 * FreeContextBuffer.
 */
#ifndef SSP_PACKAGES_BLOCK_H
#define SSP_PACKAGES_BLOCK_H

#include <ntsecpkg.h>

#include "base/rd.h"
#include "base/utf16.h"

struct pkg_heap { /* AllocateHeap in user mode, AllocateLsaHeap in the LSA */
    LSA_ALLOCATE_LSA_HEAP *alloc;
    LSA_FREE_LSA_HEAP *free;
};

struct block { /* freed unless p is handed on by ssp_steal(); ssp_cleanup(block_free) */
    const struct pkg_heap *heap;
    void *p;
};

void block_free(struct block *block);

/* All of them: NO_MEMORY. */
enum ssp_err block_new(size_t n, struct block *block); /* zeroed */
enum ssp_err block_bytes(struct view bytes, struct block *block);
enum ssp_err block_text(const char16_t *text, struct block *block);     /* closed by 0 */
enum ssp_err block_name(const struct str16 *name, struct block *block); /* closed by 0 */

/* "domain\user", or "user" alone when the domain is empty. */
enum ssp_err block_account(const struct str16 *domain, const struct str16 *user,
                           struct block *block);

/* One block with both strings behind the structure, so that one FreeContextBuffer frees all. */
enum ssp_err block_package_info(const SecPkgInfoW *info, struct block *block);

#endif
