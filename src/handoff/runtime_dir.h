/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime folder: what the processes of one user share, in the embedded LSA.
 *
 * The configured one; else /run/opensspi/root for root,
 * $XDG_RUNTIME_DIR/opensspi for others, else a folder of the user's own in the temporary directory.
 * It is ours alone (mode 0700), and it is opened without following a link: somebody else may have
 * been there first.  Contents: docs/formats/runtime-folder.md.
 */
#ifndef SSP_HANDOFF_RUNTIME_DIR_H
#define SSP_HANDOFF_RUNTIME_DIR_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct folder_id { /* which it is, as long as it is open */
    dev_t dev;
    ino_t ino;
};

struct runtime_dir { /* ssp_cleanup(runtime_dir_close); start with RUNTIME_DIR_INIT */
    char *path;      /* where it was found */
    int fd;          /* of the runtime folder */
    int tickets_fd;  /* of tickets/ in it */
    struct folder_id id;
    struct folder_id tickets_id;
};

#define RUNTIME_DIR_INIT           \
    {                              \
        .fd = -1, .tickets_fd = -1 \
    }

/* configured: the [lsa] runtime value, an absolute path; NULL or "" for the default place.  Makes
 * what is missing, but for the folder's parents.  BAD_CONFIG for a relative path, UNSAFE_FILE for a
 * link, another's folder or one that others may enter; IO. */
enum ssp_err runtime_dir_open(const char *configured, struct runtime_dir *ret);
void runtime_dir_close(struct runtime_dir *dir);

/* False when it, or tickets/ in it, was removed or another folder took its place: what is written
 * there reaches nobody.  A path that leads nowhere proves nothing, as after chroot(). */
bool runtime_dir_is_there(const struct runtime_dir *dir);

#endif
