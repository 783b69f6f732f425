/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/sam.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/trace.h"
#include "base/wr.h"

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hash(struct view hex, uint8_t ret[NT_HASH_SIZE])
{
    int bad = hex.n != 2 * NT_HASH_SIZE;

    for (size_t i = 0; !bad && i < NT_HASH_SIZE; i++) {
        int high = hex_digit(hex.p[2 * i]);
        int low = hex_digit(hex.p[2 * i + 1]);

        bad = high < 0 || low < 0;
        ret[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
    }
    return !bad;
}

/* Takes what stands before the next separator, and the separator; all that is left without one. */
static struct view take_until(struct view *left, char separator, bool *ret_had)
{
    const uint8_t *at = left->n == 0 ? NULL : memchr(left->p, separator, left->n);
    struct view taken = { left->p, at == NULL ? left->n : (size_t)(at - left->p) };
    size_t gone = taken.n + (at != NULL);

    *ret_had = at != NULL;
    if (gone != 0) {
        left->p += gone;
        left->n -= gone;
    }
    return taken;
}

/* A flaw of the line itself: BAD_CONFIG, and why for the log. */
static enum ssp_err blame(const char *text, const char **ret_why)
{
    *ret_why = text;
    return ssp_fail(BAD_CONFIG);
}

/* A tab, a zero or a byte order mark is no part of anybody's name, but a mistake that would make an
 * account which nobody finds. */
static bool has_invisible(struct view utf8)
{
    static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };

    for (size_t i = 0; i < utf8.n; i++)
        if (utf8.p[i] < 0x20 || utf8.p[i] == 0x7f)
            return true;
    return utf8.n >= sizeof(mark) && ct_eq((struct view){ utf8.p, sizeof(mark) }, VIEW_OF(mark));
}

static enum ssp_err parse_name(struct view utf8, struct str16 *ret, const char **ret_why)
{
    if (has_invisible(utf8))
        return blame("a name has a character that cannot be seen", ret_why);
    enum ssp_err e = str16_from_utf8(utf8, ret);

    if (e == SSP_OK || e == SSP_ERR_NO_MEMORY)
        return e;
    return blame("a name is not UTF-8, or too long", ret_why);
}

static enum ssp_err parse_line(struct view line, struct sam_entry *ret, const char **ret_why)
{
    bool has_user = false;
    bool has_domain = false;
    bool more = false;
    struct view user = take_until(&line, ':', &has_user);
    struct view domain = take_until(&line, ':', &has_domain);
    struct view hash = take_until(&line, ':', &more);

    if (!has_user || !has_domain || more)
        return blame("not user:domain:hash", ret_why);
    if (user.n == 0)
        return blame("a user without a name", ret_why);
    if (!parse_hash(hash, ret->hash))
        return blame("the hash is not 32 hexadecimal digits", ret_why);
    SSP_TRY(parse_name(user, &ret->user, ret_why));
    return parse_name(domain, &ret->domain, ret_why);
}

static enum ssp_err visit_line(struct view line,
                               enum ssp_err (*visit)(void *arg, const struct sam_entry *entry,
                                                     struct view line),
                               void *arg, const char **ret_why)
{
    ssp_cleanup(sam_entry_wipe) struct sam_entry entry = { 0 };

    SSP_TRY(parse_line(line, &entry, ret_why));
    enum ssp_err e = visit(arg, &entry, line);
    *ret_why = e == SSP_ERR_BAD_CONFIG ? "this account stands here twice" : ssp_err_text(e);
    return e;
}

enum ssp_err sam_parse(struct view text,
                       enum ssp_err (*visit)(void *arg, const struct sam_entry *entry,
                                             struct view line),
                       void *arg, struct sam_flaw *ret_flaw)
{
    bool more = false;

    for (size_t nth = 1; text.n != 0; nth++) { /* ends: each turn takes a byte or more */
        struct view line = take_until(&text, '\n', &more);
        const char *why = ssp_err_text(SSP_ERR_NO_MEMORY);

        if (line.n == 0 || line.p[0] == '#')
            continue;
        enum ssp_err e = visit_line(line, visit, arg, &why);
        if (e != SSP_OK) {
            *ret_flaw = (struct sam_flaw){ nth, why };
            return e;
        }
    }
    return SSP_OK;
}

static enum ssp_err copy_entry(const struct sam_entry *entry, struct sam_entry *ret)
{
    ssp_cleanup(sam_entry_wipe) struct sam_entry copy = { 0 };

    SSP_TRY(str16_from_units(entry->user.p, entry->user.n, &copy.user));
    SSP_TRY(str16_from_units(entry->domain.p, entry->domain.n, &copy.domain));
    memcpy(copy.hash, entry->hash, sizeof(copy.hash));
    sam_entry_wipe(ret);
    *ret = copy;
    copy = (struct sam_entry){ 0 };
    return SSP_OK;
}

enum fit { FIT_NONE, FIT_ANY_DOMAIN, FIT_EXACT };

struct search {
    const struct str16 *user; /* NULL: whoever comes first */
    const struct str16 *domain;
    struct sam_entry found; /* copied by value: its strings are its own */
    struct view line;
    enum fit fit;
};

static enum fit fit_of(const struct search *search, const struct sam_entry *entry)
{
    if (search->user == NULL)
        return search->fit == FIT_NONE ? FIT_EXACT : FIT_NONE;
    if (!str16_eq_nocase(search->user, &entry->user))
        return FIT_NONE;
    if (str16_eq_nocase(search->domain, &entry->domain))
        return FIT_EXACT;
    return entry->domain.n == 0 ? FIT_ANY_DOMAIN : FIT_NONE;
}

static enum ssp_err look_at(void *arg, const struct sam_entry *entry, struct view line)
{
    struct search *search = arg;
    enum fit fit = fit_of(search, entry);

    if (fit == FIT_NONE || fit < search->fit)
        return SSP_OK;
    if (fit == search->fit)
        return ssp_fail(BAD_CONFIG);
    SSP_TRY(copy_entry(entry, &search->found));
    search->line = line;
    search->fit = fit;
    return SSP_OK;
}

static void search_wipe(struct search *search)
{
    sam_entry_wipe(&search->found);
}

static enum ssp_err search_text(const char *path, struct view text, struct search *search)
{
    struct sam_flaw flaw = { 0 };
    enum ssp_err e = sam_parse(text, look_at, search, &flaw);

    if (e != SSP_OK)
        trace(TRACE_ERROR, "SAM file %s:%zu: %s", path, flaw.line, flaw.why);
    return e;
}

/* The whole file; the caller wipes. */
static enum ssp_err read_file(const char *path, struct secret *ret)
{
    ssp_cleanup(fd_close) int fd = -1;

    SSP_TRY(file_open_trusted(AT_FDCWD, path, FILE_OWNER_ONLY, &fd));
    return fd_read_all(fd, &ret->p, &ret->n);
}

static const char *why_unread(enum ssp_err e)
{
    return e == SSP_ERR_IO ? strerrordesc_np(errno) : ssp_err_text(e);
}

static enum ssp_err search_file(const char *path, struct search *search)
{
    ssp_cleanup(secret_wipe) struct secret file = { 0 };
    enum ssp_err e = read_file(path, &file);

    if (e != SSP_OK) {
        trace(TRACE_ERROR, "SAM file %s: %s", path, why_unread(e));
        return e;
    }
    return search_text(path, secret_view(&file), search);
}

static void hand_out(struct search *search, struct sam_entry *ret)
{
    *ret = search->found;
    search->found = (struct sam_entry){ 0 };
}

enum ssp_err sam_find(const char *path, const struct str16 *user, const struct str16 *domain,
                      struct sam_entry *ret, bool *ret_found)
{
    ssp_cleanup(search_wipe) struct search search = { .user = user, .domain = domain };

    SSP_TRY(search_file(path, &search));
    *ret_found = search.fit != FIT_NONE;
    if (*ret_found)
        hand_out(&search, ret);
    return SSP_OK;
}

enum ssp_err sam_first(const char *path, struct sam_entry *ret)
{
    ssp_cleanup(search_wipe) struct search search = { 0 };

    SSP_TRY(search_file(path, &search));
    if (search.fit == FIT_NONE)
        return ssp_fail(NO_CREDS);
    hand_out(&search, ret);
    return SSP_OK;
}

static enum ssp_err put_name(const struct str16 *name, struct wr *out)
{
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;

    SSP_TRY(str16_to_utf8(name, &utf8));
    struct view bytes = { (const uint8_t *)utf8, strlen(utf8) };
    if (bytes.n == 0)
        return SSP_OK;
    if (strchr(utf8, ':') != NULL || utf8[0] == '#' || has_invisible(bytes))
        return ssp_fail(BAD_ARGUMENT);
    wr_view(out, bytes);
    return SSP_OK;
}

static enum ssp_err put_line(const struct str16 *user, const struct str16 *domain,
                             const uint8_t hash[NT_HASH_SIZE], struct wr *out)
{
    static const char digits[] = "0123456789abcdef";

    SSP_TRY(put_name(user, out));
    wr_u8(out, ':');
    SSP_TRY(put_name(domain, out));
    wr_u8(out, ':');
    for (size_t i = 0; i < NT_HASH_SIZE; i++) {
        wr_u8(out, (uint8_t)digits[hash[i] >> 4]);
        wr_u8(out, (uint8_t)digits[hash[i] & 15]);
    }
    return out->err;
}

/* The old text with one line replaced, or with one more at its end. */
static enum ssp_err put_text(struct view old, struct view line, struct view fresh, struct wr *out)
{
    bool is_new = line.p == NULL;
    size_t before = is_new ? old.n : (size_t)(line.p - old.p);
    size_t after = is_new ? old.n : before + line.n;

    wr_view(out, (struct view){ old.p, before });
    if (is_new && old.n != 0 && old.p[old.n - 1] != '\n')
        wr_u8(out, '\n');
    wr_view(out, fresh);
    if (is_new)
        wr_u8(out, '\n');
    else
        wr_view(out, (struct view){ old.p + after, old.n - after });
    return out->err;
}

enum ssp_err sam_set(const char *path, const struct str16 *user, const struct str16 *domain,
                     const uint8_t hash[NT_HASH_SIZE])
{
    ssp_cleanup(fd_close) int fd = -1; /* closed last: it is the lock */
    ssp_cleanup(secret_wipe) struct secret file = { 0 };
    ssp_cleanup(search_wipe) struct search search = { .user = user, .domain = domain };
    ssp_cleanup(wr_free) struct wr line = WR_INIT(LIMIT_FILE);
    ssp_cleanup(wr_free) struct wr text = WR_INIT(LIMIT_FILE);

    if (user->n == 0)
        return ssp_fail(BAD_ARGUMENT);
    SSP_TRY(put_line(user, domain, hash, &line));
    SSP_TRY(file_lock(path, FILE_OWNER_ONLY, &fd));
    SSP_TRY(fd_read_all(fd, &file.p, &file.n));
    SSP_TRY(search_text(path, secret_view(&file), &search));
    if (search.fit != FIT_EXACT) /* an account for any domain is another one */
        search.line = (struct view){ 0 };
    SSP_TRY(put_text(secret_view(&file), search.line, (struct view){ line.p, line.n }, &text));
    return file_replace(path, 0600, (struct view){ text.p, text.n });
}

void sam_entry_wipe(struct sam_entry *entry)
{
    str16_wipe(&entry->user);
    str16_wipe(&entry->domain);
    explicit_bzero(entry->hash, sizeof(entry->hash));
}
