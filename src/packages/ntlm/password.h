/* SPDX-License-Identifier: Apache-2.0 */
/* Changing the password of an account of the SAM file, by whoever knows the old one. */
#ifndef SSP_NTLM_PASSWORD_H
#define SSP_NTLM_PASSWORD_H

#include "packages/ntlm/config.h"

struct ntlm_password_change { /* borrowed */
    const struct str16 *user;
    const struct str16 *domain; /* may be empty */
    const struct str16 *old_password;
    const struct str16 *new_password;
};

/* LOGON_DENIED for an unknown account and a wrong old password alike, and when accounts cannot be
 * read; UNSUPPORTED when they are a domain's; IO when they cannot be written; NO_MEMORY. */
enum ssp_err ntlm_password_change(const struct ntlm_config *config,
                                  const struct ntlm_password_change *what);

#endif
