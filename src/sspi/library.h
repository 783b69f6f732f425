/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one state of the library in a process: the way to its LSA, the contexts it
 * holds, and the user halves of the packages, each started when it is first
 * needed.  It is made by the first call that needs it; a start that failed is
 * reported and tried again by the next call.
 */
#ifndef SSP_SSPI_LIBRARY_H
#define SSP_SSPI_LIBRARY_H

#include "base/idmap.h"
#include "lsa/port.h"

struct library {
    struct lsa_port *port;
    struct idmap *contexts; /* of struct user_ctx */
};

/* Starts the library if that has not happened.  SEC_E_INSUFFICIENT_MEMORY, or what the LSA says. */
SECURITY_STATUS library_start(const struct library **ret);

/* The library if it has been started, else NULL: then there is no handle that could be valid. */
const struct library *library_get(void);

/* SEC_E_SECPKG_NOT_FOUND for an id or a name that the LSA does not know.  Names are compared
 * without regard to case. */
SECURITY_STATUS library_package(const struct library *lib, ULONG id,
                                const struct lsa_package_info **ret);
SECURITY_STATUS library_package_named(const struct library *lib, const char16_t *name,
                                      const struct lsa_package_info **ret);

/* A package with its user half started.  SEC_E_UNSUPPORTED_FUNCTION when it has none, or what its
 * InstanceInit says. */
SECURITY_STATUS library_user_half(const struct library *lib, ULONG package,
                                  const struct lsa_package_info **ret);

#endif
