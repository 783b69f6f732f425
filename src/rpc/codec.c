/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/codec.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "rpc/buffers.h"

/* How a type of field is written, read and freed. */
struct kind {
    void (*encode)(const void *at, struct wr *out);
    enum ssp_err (*decode)(struct rd *in, void *at);
    void (*wipe)(void *at);
};

static void encode_bool(const void *at, struct wr *out)
{
    wr_u8(out, *(const bool *)at ? 1 : 0);
}

static enum ssp_err decode_bool(struct rd *in, void *at)
{
    uint8_t value = rd_u8(in);

    *(bool *)at = value == 1;
    return value <= 1 ? SSP_OK : ssp_fail(BAD_FRAME);
}

static void encode_u16(const void *at, struct wr *out)
{
    wr_le16(out, *(const uint16_t *)at);
}

static enum ssp_err decode_u16(struct rd *in, void *at)
{
    *(uint16_t *)at = rd_le16(in);
    return SSP_OK;
}

static void encode_u32(const void *at, struct wr *out)
{
    wr_le32(out, *(const uint32_t *)at);
}

static enum ssp_err decode_u32(struct rd *in, void *at)
{
    *(uint32_t *)at = rd_le32(in);
    return SSP_OK;
}

static void encode_u64(const void *at, struct wr *out)
{
    wr_le64(out, *(const uint64_t *)at);
}

static enum ssp_err decode_u64(struct rd *in, void *at)
{
    *(uint64_t *)at = rd_le64(in);
    return SSP_OK;
}

static void encode_id(const void *at, struct wr *out)
{
    wr_view(out, (struct view){ at, RPC_ID_SIZE });
}

static enum ssp_err decode_id(struct rd *in, void *at)
{
    rd_copy(in, at, RPC_ID_SIZE);
    return SSP_OK;
}

/* The length counts one more than there are characters: 0 is no text. */
static void encode_text(const void *at, struct wr *out)
{
    const struct str16 *text = at;

    if (text->n > LIMIT_NAME)
        out->err = ssp_fail(TOO_LARGE);
    wr_le32(out, text->p != NULL ? text->n + 1 : 0);
    if (text->p != NULL)
        str16_to_wire(text, out);
}

static enum ssp_err decode_text(struct rd *in, void *at)
{
    uint32_t n = rd_le32(in);

    if (!rd_ok(in) || n > LIMIT_NAME + 1)
        return ssp_fail(BAD_FRAME);
    if (n == 0)
        return SSP_OK;
    struct view units = rd_view(in, (n - 1) * sizeof(char16_t));
    if (!rd_ok(in))
        return ssp_fail(BAD_FRAME);
    enum ssp_err e = str16_from_wire(units, at);
    return e == SSP_ERR_BAD_ARGUMENT ? ssp_fail(BAD_FRAME) : e;
}

static void wipe_text(void *at)
{
    str16_wipe(at);
}

static void encode_bytes(const void *at, struct wr *out)
{
    const struct secret *bytes = at;

    wr_le32(out, bytes->n);
    wr_view(out, secret_view(bytes));
}

static enum ssp_err decode_bytes(struct rd *in, void *at)
{
    struct view bytes = rd_view(in, rd_le32(in));

    if (!rd_ok(in))
        return ssp_fail(BAD_FRAME);
    return bytes.n != 0 ? secret_new(bytes, at) : SSP_OK;
}

static void wipe_bytes(void *at)
{
    secret_wipe(at);
}

static void encode_buffers(const void *at, struct wr *out)
{
    buffers_encode(at, out);
}

static enum ssp_err decode_buffers(struct rd *in, void *at)
{
    return buffers_decode(in, at);
}

static void wipe_buffers(void *at)
{
    buffers_done(at);
}

static void encode_numbers(const void *at, struct wr *out)
{
    const struct numbers *numbers = at;

    if (numbers->n > NUMBERS_MAX)
        out->err = ssp_fail(TOO_LARGE);
    wr_le32(out, numbers->n);
    for (size_t i = 0; i < numbers->n; i++)
        wr_le32(out, numbers->p[i]);
}

static enum ssp_err decode_numbers(struct rd *in, void *at)
{
    struct numbers *numbers = at;
    uint32_t n = rd_le32(in);

    if (!rd_ok(in) || n > NUMBERS_MAX || n > in->left.n / sizeof(uint32_t))
        return ssp_fail(BAD_FRAME);
    if (n == 0)
        return SSP_OK;
    numbers->p = malloc(n * sizeof(*numbers->p));
    if (numbers->p == NULL)
        return ssp_fail(NO_MEMORY);
    while (numbers->n < n)
        numbers->p[numbers->n++] = rd_le32(in);
    return SSP_OK;
}

static void wipe_numbers(void *at)
{
    struct numbers *numbers = at;

    free(numbers->p);
    *numbers = (struct numbers){ 0 };
}

static const struct kind kinds[] = {
    [FIELD_BOOL] = { encode_bool, decode_bool, NULL },
    [FIELD_U16] = { encode_u16, decode_u16, NULL },
    [FIELD_U32] = { encode_u32, decode_u32, NULL },
    [FIELD_U64] = { encode_u64, decode_u64, NULL },
    [FIELD_ID] = { encode_id, decode_id, NULL },
    [FIELD_TEXT] = { encode_text, decode_text, wipe_text },
    [FIELD_BYTES] = { encode_bytes, decode_bytes, wipe_bytes },
    [FIELD_BUFFERS] = { encode_buffers, decode_buffers, wipe_buffers },
    [FIELD_NUMBERS] = { encode_numbers, decode_numbers, wipe_numbers },
};

void message_encode(const struct message *message, const void *from, struct wr *out)
{
    for (const struct field *f = message->fields; f->type != FIELD_END; f++)
        kinds[f->type].encode((const uint8_t *)from + f->offset, out);
}

void message_wipe(const struct message *message, void *target)
{
    for (const struct field *f = message->fields; f->type != FIELD_END; f++)
        if (kinds[f->type].wipe != NULL)
            kinds[f->type].wipe((uint8_t *)target + f->offset);
    explicit_bzero(target, message->size);
}

static enum ssp_err decode_fields(const struct message *message, struct view body, void *ret)
{
    struct rd in = rd_of(body);

    for (const struct field *f = message->fields; f->type != FIELD_END; f++)
        SSP_TRY(kinds[f->type].decode(&in, (uint8_t *)ret + f->offset));
    return rd_end(&in) == SSP_OK ? SSP_OK : ssp_fail(BAD_FRAME);
}

enum ssp_err message_decode(const struct message *message, struct view body, void *ret)
{
    memset(ret, 0, message->size);
    enum ssp_err e = decode_fields(message, body, ret);
    if (e != SSP_OK)
        message_wipe(message, ret);
    return e;
}

char *field_text(const struct secret *bytes)
{
    return text_new(secret_view(bytes));
}
