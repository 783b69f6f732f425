/* SPDX-License-Identifier: Apache-2.0 */
/* Strings between SSPI (closed by 0) and packages (UNICODE_STRING). */
#ifndef SSP_LSA_TEXT_H
#define SSP_LSA_TEXT_H

#include <sspi_types.h>

#include "base/err.h"
#include "base/utf16.h"

/* Lends text to a package, which does not change it.  NULL gives an empty one.  BAD_ARGUMENT beyond
 * LIMIT_NAME. */
enum ssp_err lsa_text_lend(const char16_t *text, UNICODE_STRING *ret);

/* What a package passed, as UTF-8 cut to size n with its closing 0; NULL gives "".  BAD_ARGUMENT
 * when it is malformed or does not fit. */
enum ssp_err lsa_text_to_utf8(const UNICODE_STRING *text, char *ret, size_t n);

#endif
