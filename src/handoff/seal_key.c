/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
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

/* ---- reading and making it ---- */

/* FOUND_NONE as well when there is no file.  IO, UNSAFE_FILE, NO_MEMORY. */
static enum ssp_err read_file(int dir_fd, struct seal_key *ret_key, enum found *ret)
{
    uint8_t bytes[FILE_SIZE + 1];
    ssp_cleanup(fd_close) int fd = -1;
    enum ssp_err e = file_open_trusted(dir_fd, file_name, FILE_OWNER_ONLY, &fd);

    if (e == SSP_ERR_IO && errno == ENOENT) {
        *ret = FOUND_NONE;
        return SSP_OK;
    }
    SSP_TRY(e);
    ssize_t n = read(fd, bytes, sizeof(bytes));
    if (n < 0)
        return ssp_fail(IO);
    *ret = get_key((struct view){ bytes, (size_t)n }, ret_key);
    explicit_bzero(bytes, sizeof(bytes));
    return SSP_OK;
}

/* The key of this boot, or FOUND_NONE when one has to be made; *ret_stale says whether there is one
 * of an earlier boot. */
static enum ssp_err find_key(int dir_fd, const uint8_t boot[ENVELOPE_ID_SIZE],
                             struct seal_key *ret_key, enum found *ret, bool *ret_stale)
{
    ssp_cleanup(seal_key_wipe) struct seal_key key = { 0 };
    enum found found = FOUND_NONE;

    SSP_TRY(read_file(dir_fd, &key, &found));
    if (found == FOUND_OTHER_VERSION) {
        trace(TRACE_ERROR, "%s is of another version of OpenSSPI", file_name);
        return ssp_fail(UNSUPPORTED);
    }
    bool stale =
        found == FOUND_KEY && !ct_eq(VIEW_OF(key.boot), (struct view){ boot, ENVELOPE_ID_SIZE });
    if (found == FOUND_KEY && !stale)
        *ret_key = key;
    *ret = stale ? FOUND_NONE : found;
    *ret_stale = stale;
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

static enum ssp_err make_key(int dir_fd, const struct rand *rand,
                             const uint8_t boot[ENVELOPE_ID_SIZE], struct seal_key *ret)
{
    ssp_cleanup(seal_key_wipe) struct seal_key key = { .key.n = KEY_SIZE };

    memcpy(key.boot, boot, sizeof(key.boot));
    SSP_TRY(rand->fill(key.id, sizeof(key.id)));
    SSP_TRY(rand->fill(key.key.b, KEY_SIZE));
    SSP_TRY(write_new(dir_fd, &key));
    if (renameat(dir_fd, new_name, dir_fd, file_name) != 0)
        return ssp_fail(IO);
    *ret = key;
    return SSP_OK;
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

enum ssp_err seal_key_load(const struct runtime_dir *dir, const struct rand *rand,
                           struct seal_key *ret)
{
    ssp_cleanup(fd_close) int lock_fd = -1;
    uint8_t boot[ENVELOPE_ID_SIZE] = { 0 };
    enum found found = FOUND_NONE;
    bool stale = false;

    SSP_TRY(read_boot_id(boot));
    SSP_TRY(find_key(dir->fd, boot, ret, &found, &stale));
    if (found == FOUND_KEY)
        return SSP_OK;
    SSP_TRY(lock_folder(dir->fd, &lock_fd));
    SSP_TRY(find_key(dir->fd, boot, ret, &found, &stale)); /* somebody may have been faster */
    if (found == FOUND_KEY)
        return SSP_OK;
    if (stale)
        ticket_purge(dir->tickets_fd);
    return make_key(dir->fd, rand, boot, ret);
}
