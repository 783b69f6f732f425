/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/token.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unistr.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/handle.h"
#include "crypto/digest.h"
#include "crypto/hkdf.h"

static const uint8_t magic[8] = { 'S', 'S', 'P', 'I', 'T', 'O', 'K', 1 };
static const char purpose[] = "opensspi token v1";

enum { HAS_MAPPING = 1 };
enum { RECORD_MAX = 2048, TOKEN_MAX = sizeof(magic) + ENVELOPE_ID_SIZE + RECORD_MAX + SHA256_SIZE };
enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

/* ---- the record: writer and reader as neighbours ---- */

struct text { /* a member of OPENSSPI_TOKEN_INFO */
    size_t offset;
    size_t size;
};

#define TEXT(member)                                                                      \
    {                                                                                     \
        offsetof(OPENSSPI_TOKEN_INFO, member), sizeof(((OPENSSPI_TOKEN_INFO *)0)->member) \
    }

static const struct text texts[] = { TEXT(package), TEXT(user), TEXT(domain), TEXT(sid) };
enum { N_TEXTS = sizeof(texts) / sizeof(texts[0]) };

static bool text_ok(struct view text, const struct text *member)
{
    return text.n < member->size &&
           (text.n == 0 || (memchr(text.p, 0, text.n) == NULL && u8_check(text.p, text.n) == NULL));
}

static bool numbers_ok(const OPENSSPI_TOKEN_INFO *info)
{
    if (info->n_groups > OPENSSPI_GROUPS_MAX || info->has_mapping > 1 ||
        info->level > SecurityDelegation)
        return false;
    return info->has_mapping == 1 || (info->uid == 0 && info->gid == 0 && info->n_groups == 0);
}

enum ssp_err token_encode(const OPENSSPI_TOKEN_INFO *info, struct wr *out)
{
    if (!numbers_ok(info))
        return ssp_fail(BAD_ARGUMENT);
    wr_le32(out, info->logon_id.LowPart);
    wr_le32(out, (uint32_t)info->logon_id.HighPart);
    wr_le64(out, (uint64_t)info->auth_time.QuadPart);
    wr_le64(out, (uint64_t)info->expiry.QuadPart);
    wr_le16(out, (size_t)info->level);
    wr_le16(out, info->has_mapping != 0 ? HAS_MAPPING : 0);
    wr_le32(out, info->uid);
    wr_le32(out, info->gid);
    wr_le32(out, info->n_groups);
    for (size_t i = 0; i < info->n_groups; i++)
        wr_le32(out, info->groups[i]);
    for (size_t i = 0; i < N_TEXTS; i++) {
        const char *s = (const char *)info + texts[i].offset;
        struct view text = { (const uint8_t *)s, strnlen(s, texts[i].size) };

        if (!text_ok(text, &texts[i]))
            return ssp_fail(BAD_ARGUMENT);
        wr_le16(out, text.n);
        wr_view(out, text);
    }
    return out->err;
}

static bool get_groups(struct rd *in, OPENSSPI_TOKEN_INFO *info)
{
    info->n_groups = rd_le32(in);
    if (!rd_ok(in) || info->n_groups > OPENSSPI_GROUPS_MAX)
        return false;
    for (size_t i = 0; i < info->n_groups; i++)
        info->groups[i] = rd_le32(in);
    return true;
}

static bool get_texts(struct rd *in, OPENSSPI_TOKEN_INFO *info)
{
    for (size_t i = 0; i < N_TEXTS; i++) {
        struct view text = rd_view(in, rd_le16(in));

        if (!text_ok(text, &texts[i]))
            return false;
        if (text.n != 0)
            memcpy((char *)info + texts[i].offset, text.p, text.n);
    }
    return true;
}

enum ssp_err token_decode(struct view record, OPENSSPI_TOKEN_INFO *ret)
{
    OPENSSPI_TOKEN_INFO info = { 0 };
    struct rd in = rd_of(record);

    info.logon_id.LowPart = rd_le32(&in);
    info.logon_id.HighPart = (LONG)rd_le32(&in);
    info.auth_time.QuadPart = (LONGLONG)rd_le64(&in);
    info.expiry.QuadPart = (LONGLONG)rd_le64(&in);
    info.level = (SECURITY_IMPERSONATION_LEVEL)rd_le16(&in);
    info.has_mapping = rd_le16(&in); /* HAS_MAPPING, and no other flag: numbers_ok() */
    info.uid = rd_le32(&in);
    info.gid = rd_le32(&in);
    if (!get_groups(&in, &info) || !get_texts(&in, &info) || !numbers_ok(&info))
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(rd_end(&in));
    *ret = info;
    return SSP_OK;
}

/* ---- the token: head, record, tag ---- */

static void make_tag(const struct seal_key *key, struct view bytes, uint8_t ret[SHA256_SIZE])
{
    const struct view info = { (const uint8_t *)purpose, sizeof(purpose) - 1 };
    ssp_cleanup(key_wipe) struct key tag_key =
        hkdf_sha256(key_view(&key->key), (struct view){ 0 }, info, SHA256_SIZE);

    hmac_sha256(key_view(&tag_key), &bytes, 1, ret);
}

static enum ssp_err put_token(const struct seal_key *key, const OPENSSPI_TOKEN_INFO *info,
                              struct wr *out)
{
    uint8_t tag[SHA256_SIZE];

    wr_view(out, VIEW_OF(magic));
    wr_view(out, VIEW_OF(key->id));
    SSP_TRY(token_encode(info, out));
    make_tag(key, (struct view){ out->p, out->n }, tag);
    wr_view(out, VIEW_OF(tag));
    return out->err;
}

static enum ssp_err get_token(const struct seal_key *key, struct view bytes,
                              OPENSSPI_TOKEN_INFO *ret)
{
    uint8_t want[SHA256_SIZE];
    struct rd in = rd_of(bytes);
    struct view signed_part = rd_view(&in, bytes.n < SHA256_SIZE ? 0 : bytes.n - SHA256_SIZE);
    struct view tag = rd_view(&in, SHA256_SIZE);
    struct rd head = rd_of(signed_part);
    struct view start = rd_view(&head, sizeof(magic));
    struct view id = rd_view(&head, sizeof(key->id));

    if (!rd_ok(&in) || !rd_ok(&head) || !ct_eq(start, VIEW_OF(magic)) ||
        !ct_eq(id, VIEW_OF(key->id)))
        return ssp_fail(BAD_TOKEN);
    make_tag(key, signed_part, want);
    if (!ct_eq(tag, VIEW_OF(want)))
        return ssp_fail(BAD_TOKEN);
    return token_decode(head.left, ret);
}

/* ---- the descriptor ---- */

/* Linux 6.3 wants to hear that it holds no program; before, it does not know the word. */
static int new_memfd(void)
{
    enum { NO_EXEC = 8 }; /* MFD_NOEXEC_SEAL */
    const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    int fd = memfd_create("opensspi-token", flags | NO_EXEC);

    return fd >= 0 ? fd : memfd_create("opensspi-token", flags);
}

enum ssp_err token_make(const struct seal_key *key, const OPENSSPI_TOKEN_INFO *info, HANDLE *ret)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TOKEN_MAX);

    SSP_TRY(put_token(key, info, &out));
    ssp_cleanup(fd_close) int fd = new_memfd();
    if (fd < 0)
        return ssp_fail(IO);
    SSP_TRY(fd_write_all(fd, (struct view){ out.p, out.n }));
    if (fcntl(fd, F_ADD_SEALS, SEALS) != 0)
        return ssp_fail(IO);
    *ret = handle_of_fd(fd);
    fd = -1;
    return SSP_OK;
}

enum ssp_err token_read(const struct seal_key *key, HANDLE token, OPENSSPI_TOKEN_INFO *ret)
{
    uint8_t bytes[TOKEN_MAX + 1];
    int fd = handle_to_fd(token);

    if (fd < 0)
        return ssp_fail(BAD_HANDLE);
    int seals = fcntl(fd, F_GET_SEALS); /* -1 for anything but a memfd */
    if (seals < 0 && errno == EBADF)
        return ssp_fail(BAD_HANDLE);
    if (seals < 0 || (seals & SEALS) != SEALS)
        return ssp_fail(BAD_TOKEN);
    ssize_t n = pread(fd, bytes, sizeof(bytes), 0);
    if (n < 0 || n > TOKEN_MAX)
        return ssp_fail(BAD_TOKEN);
    return get_token(key, (struct view){ bytes, (size_t)n }, ret);
}
