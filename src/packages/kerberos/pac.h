/* SPDX-License-Identifier: Apache-2.0 */
/* KERB_VALIDATION_INFO of a PAC ([MS-PAC] 2.5), in NDR behind the headers of [MS-RPCE] 2.2.6: of
 * all that it says, whose SID the client has. */
#ifndef SSP_KERBEROS_PAC_H
#define SSP_KERBEROS_PAC_H

#include "packages/kerberos/half.h"

/* The domain's SID with the user's number, or the first of the extra ones for a user of another
 * kind ([MS-PAC] 2.5, UserId).  BAD_TOKEN; what lies behind it is not looked at. */
enum ssp_err krb_pac_sid(struct view logon_info, struct krb_sid *ret);

#endif
