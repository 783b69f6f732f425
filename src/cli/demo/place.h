/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a demo lives: a temporary folder with a configuration, a SAM file with
 * one account, a runtime folder and a socket of its own, so that it needs no
 * set-up and leaves nothing behind.
 */
#ifndef SSP_CLI_DEMO_PLACE_H
#define SSP_CLI_DEMO_PLACE_H

#include "cli/demo/role.h"

enum { PLACE_PATH_MAX = 100 }; /* what a socket's name can hold */

struct demo_place {                /* ssp_cleanup(place_remove) */
    char dir[PLACE_PATH_MAX - 16]; /* "": none made */
    char socket[PLACE_PATH_MAX];
    char password[33]; /* random */
};

/* Makes the folder and points OPENSSPI_CONFIG at it, for this process and its children.  TOO_LARGE
 * when the temporary folder's name is too long; IO; errors of account_set(). */
enum ssp_err place_make(const struct demo_recipe *recipe, struct demo_place *ret);
void place_remove(struct demo_place *place);

#endif
