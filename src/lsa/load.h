/* SPDX-License-Identifier: Apache-2.0 */
/* Which packages an LSA starts with: those linked in, and those in the package folder. */
#ifndef SSP_LSA_LOAD_H
#define SSP_LSA_LOAD_H

#include "base/conf.h"
#include "lsa/package.h"

struct lsa;

/* A package of ours that does not start is an error: its configuration does not hold. */
enum ssp_err load_builtins(struct lsa *lsa);

/* Every *.so of the folder, in the order of their names.  Those that are refused are left out.  A
 * folder that is configured has to be there and to be safe (BAD_CONFIG); the default one may be
 * missing. */
enum ssp_err load_folder(struct lsa *lsa, const struct conf *conf);

/* The package folder: the configured one, or for "" the default one. */
const char *load_folder_path(const char *configured);

#endif
