/* SPDX-License-Identifier: Apache-2.0 */
/* What a recipe needs (DEMO_*), made in the demo's folder, and the lines of the configuration that
 * say where it is. */
#ifndef SSP_CLI_DEMO_SUPPLY_H
#define SSP_CLI_DEMO_SUPPLY_H

#include "base/wr.h"
#include "cli/demo/place.h"

/* What cannot be made here because a program is missing, in words; NULL: nothing. */
const char *supply_missing(const struct demo_recipe *recipe);

/* Folder and password of the place are there.  Errors of account_set() and realm_start(); IO. */
enum ssp_err supply_all(const struct demo_recipe *recipe, struct demo_place *place,
                        struct wr *config);

#endif
