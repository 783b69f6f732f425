/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/pac.h"

enum {
    NDR_VERSION = 1,
    NDR_LITTLE_ENDIAN = 0x10,
    NDR_HEADER = 8,
    SID_REVISION = 1,
    SUB_AUTHORITIES_MAX = 15,
    N_NAMES = 6, /* EffectiveName and those behind it */
    FILETIME_SIZE = 8,
    MEMBER_SIZE = 8, /* of GROUP_MEMBERSHIP and KERB_SID_AND_ATTRIBUTES */
};

struct string { /* RPC_UNICODE_STRING: what it points to comes later */
    uint16_t n;
    uint32_t pointer;
};

struct info { /* the fixed part, as far as it leads to a SID */
    struct string names[N_NAMES];
    uint32_t user;
    uint32_t n_groups;
    uint32_t groups;
    struct string server;
    struct string domain;
    uint32_t domain_sid;
    uint32_t n_extra;
    uint32_t extra;
};

static void take_header(struct rd *in)
{
    uint8_t version = rd_u8(in);
    uint8_t order = rd_u8(in);
    uint16_t size = rd_le16(in);

    if (version != NDR_VERSION || order != NDR_LITTLE_ENDIAN || size != NDR_HEADER)
        in->bad = true;
    (void)rd_le32(in); /* filler */
    uint32_t n = rd_le32(in);
    (void)rd_le32(in);
    if (n > in->left.n || rd_le32(in) == 0) /* the pointer to it all */
        in->bad = true;
}

static struct string take_string(struct rd *in)
{
    uint16_t n = rd_le16(in);

    (void)rd_le16(in); /* room */
    return (struct string){ n, rd_le32(in) };
}

static void take_fixed(struct rd *in, struct info *info)
{
    (void)rd_view(in, 6 * FILETIME_SIZE); /* LogonTime to PasswordMustChange */
    for (size_t i = 0; i < N_NAMES; i++)
        info->names[i] = take_string(in);
    (void)rd_le32(in); /* LogonCount, BadPasswordCount */
    info->user = rd_le32(in);
    (void)rd_le32(in); /* PrimaryGroupId */
    info->n_groups = rd_le32(in);
    info->groups = rd_le32(in);
    (void)rd_le32(in);     /* UserFlags */
    (void)rd_view(in, 16); /* UserSessionKey */
    info->server = take_string(in);
    info->domain = take_string(in);
    info->domain_sid = rd_le32(in);
    (void)rd_view(in, 16 + 2 * FILETIME_SIZE + 8); /* Reserved1 to Reserved3 */
    info->n_extra = rd_le32(in);
    info->extra = rd_le32(in);
    (void)rd_view(in, 12); /* ResourceGroupDomainSid to ResourceGroupIds */
}

/* Conformant and varying: room, offset, count, then the characters, up to a multiple of four. */
static void skip_string(struct rd *in, const struct string *string)
{
    if (string->pointer == 0)
        return;
    (void)rd_le32(in);
    uint32_t offset = rd_le32(in);
    size_t n = 2 * (size_t)rd_le32(in);
    if (offset != 0 || n < string->n)
        in->bad = true;
    (void)rd_view(in, n);
    if (n % 4 != 0)
        (void)rd_le16(in);
}

static void skip_members(struct rd *in, uint32_t pointer, uint32_t n)
{
    if (pointer == 0)
        return;
    if (rd_le32(in) != n)
        in->bad = true;
    (void)rd_view(in, MEMBER_SIZE * (size_t)n);
}

/* As it lies in memory, but for the count in front. */
static void take_sid(struct rd *in, struct krb_sid *ret)
{
    uint32_t n = rd_le32(in);
    struct rd head = *in;
    uint8_t revision = rd_u8(&head);
    uint8_t count = rd_u8(&head);

    if (n > SUB_AUTHORITIES_MAX || count != n || revision != SID_REVISION) {
        in->bad = true;
        return;
    }
    ret->n = 8 + 4 * (size_t)n;
    rd_copy(in, ret->b, ret->n);
}

static void add_user(struct krb_sid *sid, uint32_t user, struct rd *in)
{
    if (sid->n == 0 || sid->n + 4 > KRB_SID_MAX) {
        in->bad = true;
        return;
    }
    for (size_t i = 0; i < 4; i++)
        sid->b[sid->n + i] = (uint8_t)(user >> 8 * i);
    sid->n += 4;
    sid->b[1]++;
}

/* The array of pointers, and what the first points to behind it. */
static void take_first_extra(struct rd *in, const struct info *info, struct krb_sid *ret)
{
    if (info->extra == 0 || info->n_extra == 0 || rd_le32(in) != info->n_extra) {
        in->bad = true;
        return;
    }
    uint32_t first = rd_le32(in);
    (void)rd_view(in, MEMBER_SIZE * (size_t)info->n_extra - 4);
    if (first == 0)
        in->bad = true;
    take_sid(in, ret);
}

enum ssp_err krb_pac_sid(struct view logon_info, struct krb_sid *ret)
{
    struct rd in = rd_of(logon_info);
    struct info info = { 0 };
    struct krb_sid sid = { 0 };

    take_header(&in);
    take_fixed(&in, &info);
    for (size_t i = 0; i < N_NAMES; i++)
        skip_string(&in, &info.names[i]);
    skip_members(&in, info.groups, info.n_groups);
    skip_string(&in, &info.server);
    skip_string(&in, &info.domain);
    if (info.domain_sid != 0)
        take_sid(&in, &sid);
    if (info.user != 0)
        add_user(&sid, info.user, &in);
    else
        take_first_extra(&in, &info, &sid);
    if (!rd_ok(&in))
        return ssp_fail(BAD_TOKEN);
    *ret = sid;
    return SSP_OK;
}
