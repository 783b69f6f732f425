/* SPDX-License-Identifier: Apache-2.0 */
/* Security identifiers, [MS-DTYP] 2.4.2: from the form in memory to "S-1-5-21-…". */
#ifndef SSP_LSA_SID_H
#define SSP_LSA_SID_H

#include <sspi_types.h>

#include "base/err.h"

/* NULL gives "".  BAD_ARGUMENT for another revision, more than 15 sub-authorities, or no room. */
enum ssp_err sid_format(const void *sid, char *ret, size_t n);

#endif
