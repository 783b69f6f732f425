/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/common/block.h"

#include <string.h>

void block_free(struct block *block)
{
    if (block->p != NULL)
        block->heap->free(block->p);
}

enum ssp_err block_new(size_t n, struct block *block)
{
    block->p = block->heap->alloc((ULONG)n);
    if (block->p == NULL)
        return ssp_fail(NO_MEMORY);
    memset(block->p, 0, n);
    return SSP_OK;
}

enum ssp_err block_bytes(struct view bytes, struct block *block)
{
    SSP_TRY(block_new(bytes.n, block));
    if (bytes.n != 0)
        memcpy(block->p, bytes.p, bytes.n);
    return SSP_OK;
}

enum ssp_err block_text(const char16_t *text, struct block *block)
{
    return block_bytes(
        (struct view){ (const uint8_t *)text, (str16_len(text) + 1) * sizeof(*text) }, block);
}

enum ssp_err block_name(const struct str16 *name, struct block *block)
{
    static const struct str16 nothing = { 0 };

    return block_account(&nothing, name, block);
}

enum ssp_err block_account(const struct str16 *domain, const struct str16 *user,
                           struct block *block)
{
    size_t n = user->n + (domain->n != 0 ? domain->n + 1 : 0);

    SSP_TRY(block_new((n + 1) * sizeof(SEC_WCHAR), block));
    char16_t *at = block->p;
    if (domain->n != 0) {
        memcpy(at, domain->p, domain->n * sizeof(*at));
        at += domain->n;
        *at++ = u'\\';
    }
    if (user->n != 0)
        memcpy(at, user->p, user->n * sizeof(*at));
    return SSP_OK;
}

enum ssp_err block_package_info(const SecPkgInfoW *info, struct block *block)
{
    size_t n_name = (str16_len(info->Name) + 1) * sizeof(SEC_WCHAR);
    size_t n_comment = (str16_len(info->Comment) + 1) * sizeof(SEC_WCHAR);

    SSP_TRY(block_new(sizeof(SecPkgInfoW) + n_name + n_comment, block));
    SecPkgInfoW *copy = block->p;
    uint8_t *texts = (uint8_t *)block->p + sizeof(*copy);
    *copy = *info;
    memcpy(texts, info->Name, n_name);
    memcpy(texts + n_name, info->Comment, n_comment);
    copy->Name = (void *)texts;
    copy->Comment = (void *)(texts + n_name);
    return SSP_OK;
}
