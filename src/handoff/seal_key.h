/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seal key of this boot and the folder it lies in.
 *
 * Embedded, the processes of one user share it through a file seal.key, 0600, in
 * a runtime folder of mode 0700: the configured one; else /run/opensspi for root,
 * $XDG_RUNTIME_DIR/opensspi for others, else a folder of the user's own in the
 * temporary directory.  A folder or file that is a link, or another's, or open to
 * others, is refused.  The file names the boot it was made in: after a reboot a
 * new one takes its place.
 */
#ifndef SSP_HANDOFF_SEAL_KEY_H
#define SSP_HANDOFF_SEAL_KEY_H

#include "crypto/rand.h"
#include "handoff/envelope.h"

struct runtime_dir { /* ssp_cleanup(runtime_dir_close) */
    int fd;          /* of the runtime folder */
    int tickets_fd;  /* of tickets/ in it */
};

/* configured: the [lsa] runtime value, or NULL or "" for the default place.  IO, UNSAFE_FILE. */
enum ssp_err runtime_dir_open(const char *configured, struct runtime_dir *ret);
void runtime_dir_close(struct runtime_dir *dir);

/* Reads the key, or makes it: of several processes that start at once all get the same one.
 * IO, UNSAFE_FILE, INTERNAL. */
enum ssp_err seal_key_load(const struct runtime_dir *dir, const struct rand *rand,
                           struct seal_key *ret);
void seal_key_wipe(struct seal_key *key);

#endif
