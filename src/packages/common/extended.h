/* SPDX-License-Identifier: Apache-2.0 */
/* What a package says of itself beyond GetInfo. */
#ifndef SSP_PACKAGES_EXTENDED_H
#define SSP_PACKAGES_EXTENDED_H

#include <ntsecpkg.h>

#include "base/rd.h"

/* SecpkgGssInfo (the object identifier, in DER) and SecpkgContextThunks (none: the user half
 * knows all); UNSUPPORTED for other classes, NO_MEMORY.  From the LSA's heap; the caller frees. */
enum ssp_err pkg_extended_info(const LSA_SECPKG_FUNCTION_TABLE *lsa,
                               SECPKG_EXTENDED_INFORMATION_CLASS class, struct view oid,
                               PSECPKG_EXTENDED_INFORMATION *ret);

#endif
