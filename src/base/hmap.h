/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from 64-bit handles that somebody else chose to objects: a package's
 * LSA_SEC_HANDLE -> its user-mode context.  Look-ups take no lock; adding and
 * removing take the map's mutex.
 *
 * The map does not keep its objects alive: whoever calls a package's table has
 * to see to it that no call on a handle is still running when it deletes that
 * handle (docs/adding-a-package.md), so a pointer found stays good for the call.
 */
#ifndef SSP_BASE_HMAP_H
#define SSP_BASE_HMAP_H

#include "base/err.h"

#include <stddef.h>

struct hmap;

enum ssp_err hmap_new(struct hmap **ret);
void hmap_free(struct hmap *map, void (*destroy)(void *obj));

/* BAD_ARGUMENT when the handle is 0, UINT64_MAX or there already; NO_MEMORY. */
enum ssp_err hmap_add(struct hmap *map, uint64_t handle, void *obj);
void *hmap_find(const struct hmap *map, uint64_t handle); /* NULL when not there */
void *hmap_remove(struct hmap *map, uint64_t handle); /* the object, now the caller's; or NULL */
size_t hmap_count(const struct hmap *map);

#endif
