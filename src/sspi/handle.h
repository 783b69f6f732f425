/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What applications hold: a CredHandle or CtxtHandle is an id in dwLower and, in
 * dwUpper, a constant that says which of the two it is.  No pointer is in either,
 * so a handle that was made up, or that has died, or that is of the other kind
 * finds nothing.
 */
#ifndef SSP_SSPI_HANDLE_H
#define SSP_SSPI_HANDLE_H

#include <sspi.h>

#include <stdint.h>

enum handle_kind { HANDLE_CRED, HANDLE_CTX };

SecHandle handle_of_id(enum handle_kind kind, uint64_t id);

/* 0, which is no id, for NULL and for whatever is not a handle of that kind. */
uint64_t handle_to_id(enum handle_kind kind, const SecHandle *handle);

#endif
