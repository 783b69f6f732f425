/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages answer in the wide form (base/attr.h); the narrow form has the same
 * layout, with UTF-8 behind its pointers.
 */
#ifndef SSP_SSPI_ATTR_H
#define SSP_SSPI_ATTR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "sspi/handle.h"

/* NULL for an attribute that is not known, such as a package's own. */
const struct attr *attr_find(enum handle_kind kind, ULONG attribute);

bool attr_has_text(const struct attr *attr); /* false for NULL */

/*
 * Makes the narrow form of a filled structure of at most ATTR_WITH_TEXT_MAX bytes.  What the wide
 * one holds is freed in any case, *ret is written on success only.  What the text conversion says.
 */
enum ssp_err attr_narrow(const struct attr *attr, const void *wide, void *ret);

#endif
