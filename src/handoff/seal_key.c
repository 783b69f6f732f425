/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"
#include "handoff/ticket.h"

static const char file_name[] = "seal.key";
static const char new_name[] = "seal.key.new";
static const uint8_t magic[7] = { 'S', 'S', 'P', 'I', 'K', 'E', 'Y' };

enum { VERSION = 1, KEY_SIZE = 32, FILE_SIZE = 72, BOOT_ID_TEXT = 36 };

void seal_key_wipe(struct seal_key *key)
{
    explicit_bzero(key, sizeof(*key));
}

/* ---- the file's contents: writer and reader as neighbours ---- */

static void put_key(struct wr *out, const struct seal_key *key)
{
    wr_view(out, VIEW_OF(magic));
    wr_u8(out, VERSION);
    wr_view(out, VIEW_OF(key->boot));
    wr_view(out, VIEW_OF(key->id));
    wr_view(out, key_view(&key->key));
}

enum found { FOUND_NONE, FOUND_KEY, FOUND_OTHER_VERSION };

static enum found get_key(struct view bytes, struct seal_key *ret)
{
    ssp_cleanup(seal_key_wipe) struct seal_key key = { 0 };
    struct rd in = rd_of(bytes);
    struct view start = rd_view(&in, sizeof(magic));
    uint8_t version = rd_u8(&in);

    if (!rd_ok(&in) || !ct_eq(start, VIEW_OF(magic)))
        return FOUND_NONE;
    if (version != VERSION)
        return FOUND_OTHER_VERSION;
    rd_copy(&in, key.boot, sizeof(key.boot));
    rd_copy(&in, key.id, sizeof(key.id));
    struct view secret = rd_view(&in, KEY_SIZE);
    if (rd_end(&in) != SSP_OK)
        return FOUND_NONE;
    key.key = key_of(secret);
    *ret = key;
    return FOUND_KEY;
}

/* ---- which boot this is ---- */

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A UUID in text: 32 hexadecimal digits and four dashes. */
static enum ssp_err parse_uuid(struct view text, uint8_t ret[ENVELOPE_ID_SIZE])
{
    size_t n = 0; /* digits so far */

    for (size_t i = 0; i < text.n; i++) {
        int d = digit(text.p[i]);

        if (text.p[i] == '-')
            continue;
        if (d < 0 || n == 2 * (size_t)ENVELOPE_ID_SIZE)
            return ssp_fail(IO);
        ret[n / 2] = (uint8_t)(n % 2 == 0 ? d << 4 : ret[n / 2] | d);
        n++;
    }
    return n == 2 * (size_t)ENVELOPE_ID_SIZE ? SSP_OK : ssp_fail(IO);
}

static enum ssp_err read_boot_id(uint8_t ret[ENVELOPE_ID_SIZE])
{
    uint8_t text[BOOT_ID_TEXT];
    ssp_cleanup(fd_close) int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

    if (fd < 0 || read(fd, text, sizeof(text)) != (ssize_t)sizeof(text))
        return ssp_fail(IO);
    return parse_uuid((struct view){ text, sizeof(text) }, ret);
}

static bool is_of_boot(const struct seal_key *key, const uint8_t boot[ENVELOPE_ID_SIZE])
{
    return ct_eq(VIEW_OF(key->boot), (struct view){ boot, ENVELOPE_ID_SIZE });
}

/* ---- reading and making it ---- */

static struct seal_file file_of(const struct stat *st)
{
    return (struct seal_file){ st->st_dev, st->st_ino, st->st_ctim };
}

struct bytes { /* of the file, and one more that shows a longer one */
    uint8_t b[FILE_SIZE + 1];
};

static void bytes_wipe(struct bytes *bytes)
{
    explicit_bzero(bytes, sizeof(*bytes));
}

/* What is in the folder. */
struct find { /* ssp_cleanup(find_wipe) */
    enum found found;
    bool is_stale; /* of an earlier boot, and so not counted as found */
    struct seal_key key;
    struct seal_file file;
};

static void find_wipe(struct find *find)
{
    explicit_bzero(find, sizeof(*find));
}

/* Nothing is found as well when there is no file.  IO, UNSAFE_FILE. */
static enum ssp_err read_file(int dir_fd, struct find *ret)
{
    ssp_cleanup(bytes_wipe) struct bytes bytes = { { 0 } };
    ssp_cleanup(fd_close) int fd = -1;
    struct stat st = { 0 };
    enum ssp_err e = file_open_trusted(dir_fd, file_name, FILE_OWNER_ONLY, &fd);

    if (e == SSP_ERR_IO && errno == ENOENT)
        return SSP_OK;
    SSP_TRY(e);
    ssize_t n = read(fd, bytes.b, sizeof(bytes.b));
    if (n < 0 || fstat(fd, &st) != 0)
        return ssp_fail(IO);
    ret->found = get_key((struct view){ bytes.b, (size_t)n }, &ret->key);
    ret->file = file_of(&st);
    return SSP_OK;
}

static enum ssp_err find_key(int dir_fd, const uint8_t boot[ENVELOPE_ID_SIZE], struct find *ret)
{
    ssp_cleanup(find_wipe) struct find find = { .found = FOUND_NONE };

    SSP_TRY(read_file(dir_fd, &find));
    if (find.found == FOUND_OTHER_VERSION) {
        trace(TRACE_ERROR, "%s is of another version of OpenSSPI", file_name);
        return ssp_fail(UNSUPPORTED);
    }
    find.is_stale = find.found == FOUND_KEY && !is_of_boot(&find.key, boot);
    if (find.is_stale)
        find.found = FOUND_NONE;
    *ret = find;
    return SSP_OK;
}

static enum ssp_err write_new(int dir_fd, const struct seal_key *key)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(FILE_SIZE);

    put_key(&out, key);
    SSP_TRY(out.err);
    (void)unlinkat(dir_fd, new_name, 0); /* left by a process that died at this very point */
    ssp_cleanup(fd_close) int fd =
        openat(dir_fd, new_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return ssp_fail(IO);
    return fd_write_all(fd, (struct view){ out.p, out.n });
}

static enum ssp_err make_key(int dir_fd, const struct rand *rand, const struct seal_key *known,
                             const uint8_t boot[ENVELOPE_ID_SIZE])
{
    ssp_cleanup(seal_key_wipe) struct seal_key key = { .key.n = KEY_SIZE };

    memcpy(key.boot, boot, sizeof(key.boot));
    SSP_TRY(rand->fill(key.id, sizeof(key.id)));
    SSP_TRY(rand->fill(key.key.b, KEY_SIZE));
    SSP_TRY(write_new(dir_fd, known != NULL && is_of_boot(known, boot) ? known : &key));
    return renameat(dir_fd, new_name, dir_fd, file_name) == 0 ? SSP_OK : ssp_fail(IO);
}

/* Held until the descriptor is closed.  A description of its own: a lock on dir_fd itself would be
 * shared with every process that inherited it. */
static enum ssp_err lock_folder(int dir_fd, int *ret_fd)
{
    ssp_cleanup(fd_close) int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = -1;

    do {
        r = fd < 0 ? -1 : flock(fd, LOCK_EX);
    } while (r != 0 && fd >= 0 && errno == EINTR);
    if (r != 0)
        return ssp_fail(IO);
    *ret_fd = fd;
    fd = -1;
    return SSP_OK;
}

/* Looks again first: somebody may have been faster. */
static enum ssp_err find_or_make(const struct runtime_dir *dir, const struct rand *rand,
                                 const struct seal_key *known, const uint8_t boot[ENVELOPE_ID_SIZE],
                                 struct find *ret)
{
    ssp_cleanup(fd_close) int lock_fd = -1;

    SSP_TRY(lock_folder(dir->fd, &lock_fd));
    SSP_TRY(find_key(dir->fd, boot, ret));
    if (ret->found == FOUND_KEY)
        return SSP_OK;
    if (ret->is_stale)
        ticket_purge(dir->tickets_fd);
    SSP_TRY(make_key(dir->fd, rand, known, boot));
    return find_key(dir->fd, boot, ret);
}

enum ssp_err seal_key_load(const struct runtime_dir *dir, const struct rand *rand,
                           const struct seal_key *known, struct seal_key *ret,
                           struct seal_file *ret_file)
{
    ssp_cleanup(find_wipe) struct find find = { .found = FOUND_NONE };
    uint8_t boot[ENVELOPE_ID_SIZE] = { 0 };

    SSP_TRY(read_boot_id(boot));
    SSP_TRY(find_key(dir->fd, boot, &find));
    if (find.found != FOUND_KEY)
        SSP_TRY(find_or_make(dir, rand, known, boot, &find));
    if (find.found != FOUND_KEY)
        return ssp_fail(IO);
    *ret = find.key;
    *ret_file = find.file;
    return SSP_OK;
}

bool seal_key_is_there(const struct runtime_dir *dir, const struct seal_file *file)
{
    struct stat st = { 0 };

    return fstatat(dir->fd, file_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_dev == file->dev &&
           st.st_ino == file->ino && st.st_ctim.tv_sec == file->changed.tv_sec &&
           st.st_ctim.tv_nsec == file->changed.tv_nsec;
}

bool seal_key_is_any(const struct runtime_dir *dir)
{
    struct stat st = { 0 };

    return fstatat(dir->fd, file_name, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}
