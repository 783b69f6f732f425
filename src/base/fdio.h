/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files whose contents decide who gets in: opened without following links,
 * checked by descriptor, never by name twice.
 */
#ifndef SSP_BASE_FDIO_H
#define SSP_BASE_FDIO_H

#include "base/rd.h"

#include <sys/types.h>

void fd_close(int *fd); /* for ssp_cleanup(); keeps errno; -1 is fine; sets -1 */
int fd_dup(int fd);     /* close-on-exec; -1 on failure */

/* A folder for others to enter, too: made with exactly that mode if missing (parents are not made);
 * one that is there stays as it is.  IO. */
enum ssp_err dir_make(const char *path, mode_t mode);

/* A folder of our own: made with mode 0700 if missing (parents are not made), then checked: a real
 * folder, no link, ours, no right for others.  With dir_fd AT_FDCWD a path.  IO, UNSAFE_FILE. */
enum ssp_err dir_open_private(int dir_fd, const char *path, int *ret_fd);

enum file_trust {
    FILE_OWNER_ONLY,  /* regular, owned by euid or root, mode has nothing for group and others */
    FILE_OWNER_WRITES /* regular, owned by euid or root, not writable by group and others */
};

/* Opens for reading and checks.  IO (errno says why), UNSAFE_FILE.  With dir_fd AT_FDCWD a path. */
enum ssp_err file_open_trusted(int dir_fd, const char *path, enum file_trust trust, int *ret_fd);

/* All of it, LIMIT_FILE at most (TOO_LARGE); the caller frees with ssp_wipe_free(). */
enum ssp_err fd_read_all(int fd, uint8_t **ret, size_t *ret_n);
enum ssp_err fd_write_all(int fd, struct view bytes);

/* Opens such a file for who is going to replace it: no other that does the same has it before
 * *ret_fd is closed.  A missing one is made, empty and with mode 0600, so that there is something
 * to lock.  Readers are not kept out, and need not be.  Errors as above. */
enum ssp_err file_lock(const char *path, enum file_trust trust, int *ret_fd);

/* Writes a file so that readers see the old one or the new one, whole, with that mode. */
enum ssp_err file_replace(const char *path, mode_t mode, struct view bytes);

#endif
