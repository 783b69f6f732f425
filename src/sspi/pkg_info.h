/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptions of packages as applications get them: an array of SecPkgInfo and
 * all of its text in one block of the heap, freed with one FreeContextBuffer.
 */
#ifndef SSP_SSPI_PKG_INFO_H
#define SSP_SSPI_PKG_INFO_H

#include "lsa/port.h"

/* NO_MEMORY; what the text conversion says.  The block is the caller's. */
enum ssp_err pkg_info_wide(const struct lsa_package_info *packages, size_t n, PSecPkgInfoW *ret);
enum ssp_err pkg_info_narrow(const SecPkgInfoW *wide, size_t n, PSecPkgInfoA *ret);

#endif
