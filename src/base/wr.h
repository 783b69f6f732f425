/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing writer.  Like rd it remembers its first failure, so an encoder is
 * straight-line code and the check comes once, in wr_take().  What it held is
 * wiped whenever it is moved or freed: encoders need not know what is secret.
 */
#ifndef SSP_BASE_WR_H
#define SSP_BASE_WR_H

#include "base/rd.h"

struct wr {
    uint8_t *p;
    size_t n;
    size_t cap;
    size_t max; /* no message of this kind may be longer */
    enum ssp_err err;
};

#define WR_INIT(limit) \
    {                  \
        .max = (limit) \
    }

/* Room for n more bytes at once, for who knows how many will come; fails as writing them would. */
void wr_reserve(struct wr *out, size_t n);

void wr_view(struct wr *out, struct view bytes);
void wr_zero(struct wr *out, size_t n);     /* n zero bytes */
void wr_u8(struct wr *out, size_t value);   /* TOO_LARGE when over 8 bits */
void wr_le16(struct wr *out, size_t value); /* TOO_LARGE when over 16 bits */
void wr_le32(struct wr *out, size_t value); /* TOO_LARGE when over 32 bits */
void wr_le64(struct wr *out, uint64_t value);
void wr_be16(struct wr *out, size_t value);
void wr_be32(struct wr *out, size_t value);

/* On success the caller owns *ret (free with ssp_wipe_free) and out is empty. */
enum ssp_err wr_take(struct wr *out, uint8_t **ret, size_t *ret_n);

/* Wipe and free; for ssp_cleanup().  Fine after wr_take(). */
void wr_free(struct wr *out);

void ssp_wipe_free(void *p, size_t n);

#endif
