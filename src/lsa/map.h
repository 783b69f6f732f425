/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which local account an authenticated user is: section [map] of the
 * configuration.  Without a rule a user is nobody here, and cannot be
 * impersonated.
 *
 *     [map]
 *     CORP\alice = alice      this user is that local account
 *     CORP\guest =            this user is nobody, whatever the rules below say
 *     CORP\*     = *          every other user of CORP: the account of the same name
 *     OLD\*      = legacy     every user of OLD: one account
 *     *\*        = *          every user of every domain
 *
 * A user's own rule wins over the domain's, and that over the rule for all;
 * where in the file they stand does not matter.  Names are compared without
 * case; of two rules for the same name the last one wins.  "\alice" is the user
 * of no domain.
 *
 * With "*" on the right the name is put in lower case and has to be one that
 * useradd(8) would take, so that no two Windows names share an account by
 * accident and no number is taken for a name.  Uid 0 is never given, unless the
 * rule itself says "root".
 */
#ifndef SSP_LSA_MAP_H
#define SSP_LSA_MAP_H

#include <opensspi.h>

#include "base/conf.h"
#include "base/fork_lock.h"

struct map; /* shared, and unchanging once loaded: any thread may look up */

struct map_slot { /* the one of an LSA, which may be replaced while others look up */
    struct fork_lock lock;
    struct map *map;
};

/* NO_MEMORY.  The map is the slot's from then on. */
enum ssp_err map_slot_init(struct map_slot *slot, struct map **map);
void map_slot_done(struct map_slot *slot); /* zeroed is fine */

/* The map is the slot's from then on, and the one before it goes when nobody uses it any more. */
void map_slot_set(struct map_slot *slot, struct map **map);
struct map *map_slot_get(struct map_slot *slot); /* a reference: map_free() */

/* BAD_CONFIG for a rule that is none, naming file and line; NO_MEMORY. */
enum ssp_err map_load(const struct conf *conf, struct map **ret);
void map_free(struct map **map); /* one reference; for ssp_cleanup(); NULL is fine */

/* Fills has_mapping, uid, gid and groups for info->domain and info->user.  A user without a rule,
 * without an account, or with more groups than fit is left without mapping (traced, but for the
 * first), and so is the anonymous user with no name.  NO_MEMORY, BAD_ARGUMENT for ill-formed names;
 * then info is untouched. */
enum ssp_err map_apply(const struct map *map, OPENSSPI_TOKEN_INFO *info);

#endif
