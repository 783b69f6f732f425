/* SPDX-License-Identifier: Apache-2.0 */
#include "base/heap.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Stands before each block, as large as keeps the block aligned for any type. */
struct head {
    alignas(max_align_t) uint64_t magic;
    size_t n;
};

/* Mixed with the address, so that a copied head does not pass for a block. */
static uint64_t magic_of(const struct head *head)
{
    return (uint64_t)(uintptr_t)head ^ UINT64_C(0x4f70656e53535049);
}

void *heap_alloc(size_t n)
{
    if (n > PTRDIFF_MAX - sizeof(struct head))
        return NULL;

    struct head *head = malloc(sizeof(*head) + n);
    if (head == NULL)
        return NULL;
    *head = (struct head){ .magic = magic_of(head), .n = n };
    return memset(head + 1, 0, n);
}

enum ssp_err heap_free(void *p)
{
    if (p == NULL)
        return SSP_OK;
    if ((uintptr_t)p % alignof(max_align_t) != 0)
        return ssp_fail(BAD_ARGUMENT);

    struct head *head = (struct head *)p - 1;
    if (head->magic != magic_of(head))
        return ssp_fail(BAD_ARGUMENT);
    explicit_bzero(head, sizeof(*head) + head->n);
    free(head);
    return SSP_OK;
}
