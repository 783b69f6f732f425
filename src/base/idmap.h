/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles: an index and a generation in 64 bits, in place of a pointer.  A
 * forged, stale or twice-freed handle finds nothing, from any thread.
 *
 * A look-up takes no lock and writes to nothing that two objects share: each
 * slot counts its own users in one atomic word and stands on a cache line of
 * its own.  Only adding and the last goodbye take the map's mutex.
 */
#ifndef SSP_BASE_IDMAP_H
#define SSP_BASE_IDMAP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct idmap;

/* destroy(obj) runs once per object, on whichever thread drops the last use. */
enum ssp_err idmap_new(void (*destroy)(void *obj), struct idmap **ret);
void idmap_free(struct idmap *map); /* destroys what is left; nobody may be using it */

/* Takes obj over on success.  NO_MEMORY; OVER_QUOTA beyond LIMIT_HANDLES.  Never yields 0 or
 * UINT64_MAX, and the top bit is never set. */
enum ssp_err idmap_add(struct idmap *map, void *obj, uint64_t *ret_id);

/* The object, in use by the caller until idmap_put(); NULL when the id is not (or no longer)
 * valid. */
void *idmap_get(struct idmap *map, uint64_t id);
void idmap_put(struct idmap *map, uint64_t id); /* exactly once for each successful get */

/* The id stops being valid now; the object is destroyed when the last user puts it.  False when the
 * id was not valid: of several closers exactly one sees true. */
bool idmap_close(struct idmap *map, uint64_t id);

size_t idmap_count(struct idmap *map); /* objects that are not destroyed yet */

struct idmap_use { /* of an object until the end of a scope; ssp_cleanup(idmap_use_end) */
    struct idmap *map;
    uint64_t id;
    void *obj; /* NULL: of none */
};

enum ssp_err idmap_use_begin(struct idmap *map, uint64_t id,
                             struct idmap_use *ret); /* BAD_HANDLE */
void idmap_use_end(struct idmap_use *use);

#endif
