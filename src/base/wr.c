/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wr.h"

#include <stdlib.h>
#include <string.h>

void ssp_wipe_free(void *p, size_t n)
{
    if (p != NULL)
        explicit_bzero(p, n);
    free(p);
}

/* Never realloc(): it may leave the old copy behind, unwiped. */
static enum ssp_err grow(struct wr *out, size_t more)
{
    if (more <= out->cap - out->n) /* the usual case first; cap <= max */
        return SSP_OK;
    if (more > out->max - out->n)
        return ssp_fail(TOO_LARGE);

    size_t cap = out->cap < 64 ? 64 : out->cap * 2; /* cannot wrap: cap <= max */
    if (cap < out->n + more)
        cap = out->n + more;
    if (cap > out->max)
        cap = out->max;

    uint8_t *p = malloc(cap);
    if (p == NULL)
        return ssp_fail(NO_MEMORY);
    if (out->n != 0)
        memcpy(p, out->p, out->n);
    ssp_wipe_free(out->p, out->cap);
    out->p = p;
    out->cap = cap;
    return SSP_OK;
}

void wr_reserve(struct wr *out, size_t n)
{
    if (out->err == SSP_OK)
        out->err = grow(out, n);
}

void wr_view(struct wr *out, struct view bytes)
{
    if (out->err != SSP_OK || bytes.n == 0)
        return;
    out->err = grow(out, bytes.n);
    if (out->err != SSP_OK)
        return;
    memcpy(out->p + out->n, bytes.p, bytes.n);
    out->n += bytes.n;
}

void wr_zero(struct wr *out, size_t n)
{
    if (out->err != SSP_OK || n == 0)
        return;
    out->err = grow(out, n);
    if (out->err != SSP_OK)
        return;
    memset(out->p + out->n, 0, n);
    out->n += n;
}

enum order { LITTLE, BIG };

static void number(struct wr *out, uint64_t value, size_t width, enum order order)
{
    if (width < sizeof(value) && value >> 8 * width != 0 && out->err == SSP_OK)
        out->err = ssp_fail(TOO_LARGE);
    if (out->err == SSP_OK)
        out->err = grow(out, width);
    if (out->err != SSP_OK)
        return;
    for (size_t i = 0; i < width; i++)
        out->p[out->n + (order == LITTLE ? i : width - 1 - i)] = (uint8_t)(value >> 8 * i);
    out->n += width;
}

void wr_u8(struct wr *out, size_t value)
{
    number(out, value, 1, LITTLE);
}

void wr_le16(struct wr *out, size_t value)
{
    number(out, value, 2, LITTLE);
}

void wr_le32(struct wr *out, size_t value)
{
    number(out, value, 4, LITTLE);
}

void wr_le64(struct wr *out, uint64_t value)
{
    number(out, value, 8, LITTLE);
}

void wr_be16(struct wr *out, size_t value)
{
    number(out, value, 2, BIG);
}

void wr_be32(struct wr *out, size_t value)
{
    number(out, value, 4, BIG);
}

enum ssp_err wr_take(struct wr *out, uint8_t **ret, size_t *ret_n)
{
    SSP_TRY(out->err);
    *ret = out->p;
    *ret_n = out->n;
    *out = (struct wr){ .max = out->max };
    return SSP_OK;
}

void wr_free(struct wr *out)
{
    ssp_wipe_free(out->p, out->cap);
    *out = (struct wr){ .max = out->max };
}
