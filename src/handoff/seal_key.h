/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seal key of this boot.
 *
 * Embedded, the processes of one user share it through a file seal.key, 0600, in
 * their runtime folder.  The file names the boot it was made in: after a reboot a
 * new one takes its place.  Layout: docs/formats/runtime-folder.md.
 */
#ifndef SSP_HANDOFF_SEAL_KEY_H
#define SSP_HANDOFF_SEAL_KEY_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "crypto/rand.h"
#include "handoff/envelope.h"
#include "handoff/runtime_dir.h"

struct seal_file { /* which file a key was read from */
    dev_t dev;
    ino_t ino;
    struct timespec changed; /* numbers of files are given again */
};

/*
 * Reads the key, or makes it: of several processes that start at once all get the same one.  A key
 * of an earlier boot is replaced, and so is a file that holds no key at all: only a power cut
 * leaves one, and a fresh key is always safe.  A file of another format version is not replaced, or
 * two versions of this library would take turns: UNSUPPORTED.  UNSAFE_FILE when the file is a link,
 * another's, or open to others; IO, INTERNAL, NO_MEMORY.
 *
 * known, which may be NULL, is a key of this boot that the caller has used already.  Where a key
 * would be made it is put back: somebody cleaned up, and what was sealed under it stays good.
 */
enum ssp_err seal_key_load(const struct runtime_dir *dir, const struct rand *rand,
                           const struct seal_key *known, struct seal_key *ret,
                           struct seal_file *ret_file);

/* Whether that file still stands where other processes look for the key. */
bool seal_key_is_there(const struct runtime_dir *dir, const struct seal_file *file);

/* Whether there is any key file in the folder, of whatever boot. */
bool seal_key_is_any(const struct runtime_dir *dir);
void seal_key_wipe(struct seal_key *key);

#endif
