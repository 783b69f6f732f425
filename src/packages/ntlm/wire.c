/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/wire.h"

static const uint8_t signature[8] = "NTLMSSP";

static bool is_signature(struct view bytes)
{
    bool same = bytes.n == sizeof(signature);

    for (size_t i = 0; same && i < bytes.n; i++)
        same = bytes.p[i] == signature[i];
    return same;
}

enum ntlm_type ntlm_type_of(struct view token)
{
    struct rd in = rd_of(token);
    bool ours = is_signature(rd_view(&in, sizeof(signature)));
    uint32_t type = rd_le32(&in);

    if (!ours || type > NTLM_TYPE_AUTHENTICATE)
        return NTLM_TYPE_NONE;
    return (enum ntlm_type)type;
}

struct rd ntlm_open(struct view token, enum ntlm_type type)
{
    struct rd in = rd_of(token);

    (void)rd_view(&in, sizeof(signature) + 4);
    in.bad |= ntlm_type_of(token) != type;
    return in;
}

void ntlm_begin(enum ntlm_type type, struct wr *out)
{
    wr_view(out, VIEW_OF(signature));
    wr_le32(out, type);
}

struct ntlm_version ntlm_version_read(struct rd *in)
{
    struct ntlm_version version;

    version.major = rd_u8(in);
    version.minor = rd_u8(in);
    version.build = rd_le16(in);
    (void)rd_view(in, 3);
    version.revision = rd_u8(in);
    return version;
}

void ntlm_version_write(const struct ntlm_version *version, struct wr *out)
{
    wr_u8(out, version->major);
    wr_u8(out, version->minor);
    wr_le16(out, version->build);
    wr_zero(out, 3);
    wr_u8(out, version->revision);
}

struct ntlm_field ntlm_field_read(struct rd *in)
{
    struct ntlm_field field;

    field.n = rd_le16(in);
    (void)rd_le16(in); /* MaxLen "MUST be ignored on receipt" */
    field.off = rd_le32(in);
    return field;
}

struct view ntlm_field_view(struct rd *in, struct view token, size_t from, struct ntlm_field field)
{
    if (field.n == 0)
        return (struct view){ 0 };
    in->bad |= field.off < from;
    return rd_slice(in, token, field.off, field.n);
}

void ntlm_field_write(struct wr *out, size_t *at, struct view bytes)
{
    wr_le16(out, bytes.n);
    wr_le16(out, bytes.n);
    wr_le32(out, *at);
    *at += bytes.n;
}
