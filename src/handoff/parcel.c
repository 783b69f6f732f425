/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/parcel.h"

#include "base/cleanup.h"
#include "base/fdio.h"

static const uint8_t magic[8] = { 'S', 'S', 'P', 'I', 'P', 'C', 'L', 1 };

void parcel_wipe(struct parcel *parcel)
{
    secret_wipe(&parcel->blob);
    secret_wipe(&parcel->unread);
    fd_close(&parcel->token_fd);
    fd_close(&parcel->connection_fd);
}

static unsigned flags_of(const struct parcel *parcel)
{
    return (parcel->token_fd >= 0 ? PARCEL_TOKEN : 0U) |
           (parcel->connection_fd >= 0 ? PARCEL_CONNECTION : 0U);
}

static bool sizes_ok(size_t blob_n, size_t unread_n)
{
    return blob_n >= 1 && blob_n <= ENVELOPE_MAX && unread_n <= LIMIT_UNREAD;
}

enum ssp_err parcel_encode(const struct parcel *parcel, struct wr *out)
{
    struct view name = { (const uint8_t *)parcel->package,
                         strnlen(parcel->package, sizeof(parcel->package)) };

    if (!envelope_name_ok(name) || !sizes_ok(parcel->blob.n, parcel->unread.n))
        return ssp_fail(BAD_ARGUMENT);
    wr_view(out, VIEW_OF(magic));
    wr_le16(out, flags_of(parcel));
    wr_le16(out, name.n);
    wr_le32(out, parcel->blob.n);
    wr_le32(out, parcel->unread.n);
    wr_view(out, name);
    wr_view(out, secret_view(&parcel->blob));
    wr_view(out, secret_view(&parcel->unread));
    return out->err;
}

enum ssp_err parcel_decode(struct view bytes, struct parcel *ret, unsigned *ret_flags)
{
    ssp_cleanup(parcel_wipe) struct parcel parcel = PARCEL_INIT;
    struct rd in = rd_of(bytes);
    struct view start = rd_view(&in, sizeof(magic));
    unsigned flags = rd_le16(&in);
    size_t name_n = rd_le16(&in);
    size_t blob_n = rd_le32(&in);
    size_t unread_n = rd_le32(&in);
    struct view name = rd_view(&in, name_n);
    struct view blob = rd_view(&in, blob_n);
    struct view unread = rd_view(&in, unread_n);

    SSP_TRY(rd_end(&in));
    if (!ct_eq(start, VIEW_OF(magic)) || (flags & ~(unsigned)PARCEL_ALL_FLAGS) != 0 ||
        !envelope_name_ok(name) || !sizes_ok(blob.n, unread.n))
        return ssp_fail(BAD_TOKEN);
    memcpy(parcel.package, name.p, name.n);
    SSP_TRY(secret_new(blob, &parcel.blob));
    SSP_TRY(secret_new(unread, &parcel.unread));
    *ret = parcel;
    *ret_flags = flags;
    parcel = (struct parcel)PARCEL_INIT;
    return SSP_OK;
}
