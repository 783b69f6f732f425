/* SPDX-License-Identifier: Apache-2.0 */
#include "base/identity.h"

#include <string.h>

#define _SEC_WINNT_AUTH_TYPES
#include <sspi.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/secret.h"

#define ENCRYPTED                                      \
    (SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED | \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED |  \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED |    \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED)

/* What a flag says about the form only is gone once the form is. */
#define FORM                                                                        \
    (SEC_WINNT_AUTH_IDENTITY_ANSI | SEC_WINNT_AUTH_IDENTITY_UNICODE |               \
     SEC_WINNT_AUTH_IDENTITY_MARSHALLED | SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_USER | \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_DOMAIN)

/* Sizes on the way: structures without their padding at the end have gaps, so reading is by field.
 */
enum {
    EX2_SIZE = 48,
    PACKED_SIZE = 28,  /* SEC_WINNT_AUTH_PACKED_CREDENTIALS */
    PASSWORD_SIZE = 8, /* SEC_WINNT_AUTH_DATA_PASSWORD */
    EX2_MAX = EX2_SIZE + 4 * UINT16_MAX,
};
_Static_assert(sizeof(SEC_WINNT_AUTH_IDENTITY_EX2) == EX2_SIZE, "as on Windows");
_Static_assert(sizeof(SEC_WINNT_AUTH_PACKED_CREDENTIALS) == PACKED_SIZE, "as on Windows");
_Static_assert(sizeof(SEC_WINNT_AUTH_DATA_PASSWORD) == PASSWORD_SIZE, "as on Windows");

void identity_wipe(struct identity *identity)
{
    str16_wipe(&identity->user);
    str16_wipe(&identity->domain);
    str16_wipe(&identity->password);
    str16_wipe(&identity->package_list);
    *identity = (struct identity){ 0 };
}

/* Whatever is wrong with a string, the caller learns one thing. */
static enum ssp_err as_creds_error(enum ssp_err e)
{
    return e == SSP_OK || e == SSP_ERR_NO_MEMORY ? e : ssp_fail(UNKNOWN_CREDS);
}

static enum ssp_err check_flags(uint32_t flags)
{
    return (flags & ENCRYPTED) != 0 ? ssp_fail(UNKNOWN_CREDS) : SSP_OK;
}

/* ---- Forms with pointers: one struct of pointers and lengths stands for all four ---- */

_Static_assert(sizeof(SEC_WINNT_AUTH_IDENTITY_A) == sizeof(SEC_WINNT_AUTH_IDENTITY_W) &&
                   sizeof(SEC_WINNT_AUTH_IDENTITY_EXA) == sizeof(SEC_WINNT_AUTH_IDENTITY_EXW),
               "A and W differ in what the pointers point to only");

static enum ssp_err take_string(const void *p, ULONG characters, bool wide, struct str16 *ret)
{
    if (p == NULL)
        return characters == 0 ? SSP_OK : ssp_fail(UNKNOWN_CREDS);
    if (characters > (wide ? LIMIT_NAME : 3 * LIMIT_NAME))
        return ssp_fail(UNKNOWN_CREDS);

    /* As bytes, since nobody promised that wide ones are aligned. */
    struct view bytes = { p, wide ? (size_t)characters * 2 : characters };
    return as_creds_error(wide ? str16_from_wire(bytes, ret) : str16_from_utf8(bytes, ret));
}

static enum ssp_err take_pointers(const SEC_WINNT_AUTH_IDENTITY_EXW *from, struct identity *ret)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };
    bool wide = (from->Flags & SEC_WINNT_AUTH_IDENTITY_UNICODE) != 0;

    if (wide == ((from->Flags & SEC_WINNT_AUTH_IDENTITY_ANSI) != 0))
        return ssp_fail(UNKNOWN_CREDS);
    SSP_TRY(check_flags(from->Flags));
    SSP_TRY(take_string(from->User, from->UserLength, wide, &id.user));
    SSP_TRY(take_string(from->Domain, from->DomainLength, wide, &id.domain));
    SSP_TRY(take_string(from->Password, from->PasswordLength, wide, &id.password));
    SSP_TRY(take_string(from->PackageList, from->PackageListLength, wide, &id.package_list));
    id.has_user = from->User != NULL;
    id.has_domain = from->Domain != NULL;
    id.has_password = from->Password != NULL;
    id.flags = from->Flags & ~(uint32_t)FORM;
    *ret = id;
    id = (struct identity){ 0 };
    return SSP_OK;
}

static enum ssp_err decode_plain(const void *auth_data, struct identity *ret)
{
    SEC_WINNT_AUTH_IDENTITY_W from;

    memcpy(&from, auth_data, sizeof(from));
    SEC_WINNT_AUTH_IDENTITY_EXW wider = {
        .User = from.User,
        .UserLength = from.UserLength,
        .Domain = from.Domain,
        .DomainLength = from.DomainLength,
        .Password = from.Password,
        .PasswordLength = from.PasswordLength,
        .Flags = from.Flags,
    };
    return take_pointers(&wider, ret);
}

static enum ssp_err decode_ex(const void *auth_data, struct identity *ret)
{
    SEC_WINNT_AUTH_IDENTITY_EXW from;

    memcpy(&from, auth_data, offsetof(SEC_WINNT_AUTH_IDENTITY_EXW, User));
    if (from.Length < sizeof(from))
        return ssp_fail(UNKNOWN_CREDS);
    memcpy(&from, auth_data, sizeof(from));
    return take_pointers(&from, ret);
}

/* ---- SEC_WINNT_AUTH_IDENTITY_EX2: one flat block, native order --------- */

struct ex2 {
    size_t header;
    struct view user;
    struct view domain;
    struct view packed;
    struct view package_list;
    uint32_t user_offset;
    uint32_t domain_offset;
    uint32_t flags;
};

/* An offset and a length, with the gap after it that the struct has.  Nothing may stand in the
 * header. */
static struct view rd_field(struct rd *in, struct view block, size_t header, uint32_t *ret_offset)
{
    uint32_t offset = rd_le32(in);
    uint16_t n = rd_le16(in);

    (void)rd_le16(in);
    if (n != 0 && offset < header)
        in->bad = true;
    *ret_offset = offset;
    return rd_slice(in, block, n == 0 ? 0 : offset, n);
}

static enum ssp_err read_ex2(struct view block, struct ex2 *ret)
{
    struct rd in = rd_of(block);
    struct ex2 ex2 = { 0 };
    uint32_t unused = 0;

    (void)rd_le32(&in); /* Version */
    ex2.header = rd_le16(&in);
    (void)rd_le16(&in);
    (void)rd_le32(&in); /* cbStructureLength: the block is as long */
    ex2.user = rd_field(&in, block, ex2.header, &ex2.user_offset);
    ex2.domain = rd_field(&in, block, ex2.header, &ex2.domain_offset);
    ex2.packed = rd_field(&in, block, ex2.header, &unused);
    ex2.flags = rd_le32(&in);
    ex2.package_list = rd_field(&in, block, ex2.header, &unused);
    if (!rd_ok(&in) || ex2.header < EX2_SIZE || ex2.header > block.n)
        return ssp_fail(UNKNOWN_CREDS);
    *ret = ex2;
    return SSP_OK;
}

static struct view password_type(void)
{
    return (struct view){ (const uint8_t *)&SEC_WINNT_AUTH_DATA_TYPE_PASSWORD, sizeof(GUID) };
}

/* SEC_WINNT_AUTH_PACKED_CREDENTIALS with a password inside; offsets are from its start. */
static enum ssp_err read_password(struct view packed, struct str16 *ret)
{
    struct rd in = rd_of(packed);
    size_t header = rd_le16(&in);
    size_t size = rd_le16(&in);
    struct view type = rd_view(&in, sizeof(GUID));
    uint32_t offset = 0;
    struct rd data = rd_of(rd_field(&in, packed, header, &offset));
    struct view password = rd_field(&data, packed, header, &offset);

    if (!rd_ok(&in) || !rd_ok(&data) || header < PACKED_SIZE || size > packed.n)
        return ssp_fail(UNKNOWN_CREDS);
    if (!ct_eq(type, password_type()))
        return ssp_fail(UNKNOWN_CREDS);
    return as_creds_error(str16_from_wire(password, ret));
}

/* NULL and an empty string are told apart by the offset and, where that is not enough, a flag. */
static bool is_there(struct view text, uint32_t offset, uint32_t flags, uint32_t null_flag)
{
    return text.n != 0 || (offset != 0 && (flags & null_flag) == 0);
}

static enum ssp_err take_ex2(const struct ex2 *ex2, struct identity *ret)
{
    ssp_cleanup(identity_wipe) struct identity id = { 0 };

    if ((ex2->flags & SEC_WINNT_AUTH_IDENTITY_ANSI) != 0)
        return ssp_fail(UNKNOWN_CREDS);
    SSP_TRY(check_flags(ex2->flags));
    SSP_TRY(as_creds_error(str16_from_wire(ex2->user, &id.user)));
    SSP_TRY(as_creds_error(str16_from_wire(ex2->domain, &id.domain)));
    SSP_TRY(as_creds_error(str16_from_wire(ex2->package_list, &id.package_list)));
    if (ex2->packed.n != 0)
        SSP_TRY(read_password(ex2->packed, &id.password));
    id.has_user =
        is_there(ex2->user, ex2->user_offset, ex2->flags, SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_USER);
    id.has_domain = is_there(ex2->domain, ex2->domain_offset, ex2->flags,
                             SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_DOMAIN);
    id.has_password = ex2->packed.n != 0;
    id.flags = ex2->flags & ~(uint32_t)FORM;
    *ret = id;
    id = (struct identity){ 0 };
    return SSP_OK;
}

static enum ssp_err decode_ex2(const void *auth_data, struct identity *ret)
{
    struct ex2 ex2 = { 0 };
    uint32_t size = 0;

    memcpy(&size,
           (const uint8_t *)auth_data + offsetof(SEC_WINNT_AUTH_IDENTITY_EX2, cbStructureLength),
           sizeof(size));
    if (size < EX2_SIZE || size > EX2_MAX)
        return ssp_fail(UNKNOWN_CREDS);
    SSP_TRY(read_ex2((struct view){ auth_data, size }, &ex2));
    return take_ex2(&ex2, ret);
}

enum ssp_err identity_decode(const void *auth_data, struct identity *ret)
{
    uint32_t version = 0;

    if (auth_data == NULL)
        return ssp_fail(UNKNOWN_CREDS);
    memcpy(&version, auth_data, sizeof(version));
    if (version == SEC_WINNT_AUTH_IDENTITY_VERSION)
        return decode_ex(auth_data, ret);
    if (version == SEC_WINNT_AUTH_IDENTITY_VERSION_2)
        return decode_ex2(auth_data, ret);
    return decode_plain(auth_data, ret);
}

/* The field of a text that stands at *at, and moves *at behind it. */
static void wr_field(struct wr *out, size_t *at, bool there, size_t n)
{
    wr_le32(out, there ? *at : 0);
    wr_le16(out, there ? n : 0);
    wr_le16(out, 0);
    *at += there ? n : 0;
}

static void wr_password(struct wr *out, const struct str16 *password)
{
    size_t at = PACKED_SIZE;

    wr_le16(out, PACKED_SIZE);
    wr_le16(out, PACKED_SIZE + PASSWORD_SIZE + password->n * 2);
    wr_view(out, password_type());
    wr_field(out, &at, true, PASSWORD_SIZE + password->n * 2);
    at = PACKED_SIZE + PASSWORD_SIZE;
    wr_field(out, &at, true, password->n * 2);
    str16_to_wire(password, out);
}

enum ssp_err identity_flatten(const struct identity *identity, struct wr *out)
{
    size_t user = identity->has_user ? identity->user.n * 2 : 0;
    size_t domain = identity->has_domain ? identity->domain.n * 2 : 0;
    size_t packed =
        identity->has_password ? PACKED_SIZE + PASSWORD_SIZE + identity->password.n * 2 : 0;
    size_t list = identity->package_list.n * 2;
    size_t at = EX2_SIZE;
    uint32_t flags = identity->flags | SEC_WINNT_AUTH_IDENTITY_UNICODE;

    flags |= identity->has_user ? 0 : SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_USER;
    flags |= identity->has_domain ? 0 : SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_DOMAIN;
    wr_le32(out, SEC_WINNT_AUTH_IDENTITY_VERSION_2);
    wr_le32(out, EX2_SIZE); /* the header's length, and a gap */
    wr_le32(out, EX2_SIZE + user + domain + packed + list);
    wr_field(out, &at, identity->has_user, user);
    wr_field(out, &at, identity->has_domain, domain);
    wr_field(out, &at, identity->has_password, packed);
    wr_le32(out, flags);
    wr_field(out, &at, list != 0, list);
    if (identity->has_user)
        str16_to_wire(&identity->user, out);
    if (identity->has_domain)
        str16_to_wire(&identity->domain, out);
    if (identity->has_password)
        wr_password(out, &identity->password);
    str16_to_wire(&identity->package_list, out);
    return out->err;
}
