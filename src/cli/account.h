/* SPDX-License-Identifier: Apache-2.0 */
/* Giving a user of a SAM file a password. */
#ifndef SSP_CLI_ACCOUNT_H
#define SSP_CLI_ACCOUNT_H

#include "base/rd.h"

/* Names and password are UTF-8.  Errors as sam_set(); BAD_ARGUMENT for ill-formed UTF-8. */
enum ssp_err account_set(const char *sam_file, const char *user, const char *domain,
                         struct view password);

/* The file that the configuration names, for free(); BAD_CONFIG, with its reason in
 * conf_last_error(), or what reading it says.  Empty when none is configured. */
enum ssp_err account_file(char **ret);

#endif
