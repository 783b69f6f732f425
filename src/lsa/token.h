/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens: who is behind a context, in a form that an application can hold, pass
 * to another process and show to the LSA again, but not change.  A token is a
 * memfd sealed against every change, with a tag under a key that only the LSA of
 * this boot (and of this user, when embedded) has.  Layout: docs/formats/token.md.
 */
#ifndef SSP_LSA_TOKEN_H
#define SSP_LSA_TOKEN_H

#include <opensspi.h>

#include "base/rd.h"
#include "base/wr.h"
#include "handoff/envelope.h"

/* BAD_ARGUMENT for text that is not terminated or not UTF-8, too many groups, or a local user's
 * numbers without has_mapping; IO, NO_MEMORY.  The handle is the caller's and close-on-exec. */
enum ssp_err token_make(const struct seal_key *key, const OPENSSPI_TOKEN_INFO *info, HANDLE *ret);

/* Checks the seals first and then reads once, so that its owner cannot change what was checked.
 * BAD_HANDLE when it is not open; BAD_TOKEN for whatever token_make() has not made under this key.
 * Whether the token has expired is for the caller to judge. */
enum ssp_err token_read(const struct seal_key *key, HANDLE token, OPENSSPI_TOKEN_INFO *ret);

/* The record in a token, without key id and tag.  Errors as above. */
enum ssp_err token_encode(const OPENSSPI_TOKEN_INFO *info, struct wr *out);
enum ssp_err token_decode(struct view record, OPENSSPI_TOKEN_INFO *ret);

#endif
