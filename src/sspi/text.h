/* SPDX-License-Identifier: Apache-2.0 */
/* Text of the A functions (UTF-8) and of the W functions (UTF-16), made into what is used inside.
 */
#ifndef SSP_SSPI_TEXT_H
#define SSP_SSPI_TEXT_H

#include <sspi.h>

#include "base/utf16.h"

/* NULL stays NULL (ret->p).  BAD_ARGUMENT for ill-formed UTF-8, TOO_LARGE beyond LIMIT_NAME,
 * NO_MEMORY. */
enum ssp_err text_widen(const SEC_CHAR *narrow, struct str16 *ret);

/* The other way, as a block of the one heap, the caller's.  NULL stays NULL. */
enum ssp_err text_narrow(const SEC_WCHAR *wide, SEC_CHAR **ret);

/* Counted text over somebody's characters, which stay theirs; empty for NULL.  BAD_ARGUMENT for
 * more than a UNICODE_STRING can hold. */
enum ssp_err text_counted(SEC_WCHAR *wide, UNICODE_STRING *ret);

#endif
