/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages that Windows knows by several names: one list for all who look a
 * package up by what the application calls it.
 */
#ifndef SSP_BASE_ALIAS_H
#define SSP_BASE_ALIAS_H

#include "base/utf16.h"

/* Whether that is one of the names of Schannel, in whatever case. */
bool alias_is_schannel(const char16_t *name); /* NULL is none */

/* The name that the package itself goes by: static, or what came in.  NULL yields NULL. */
const char16_t *alias_resolve(const char16_t *name);

#endif
