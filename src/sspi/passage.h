/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The passage of a context from this process to another, and into this one from
 * another (docs/architecture.md).
 *
 * Export: both directions are locked, the package packs a copy, the LSA seals it
 * and writes the ticket; then the old context ends or freezes, and only then is
 * the blob out.  Import: the LSA verifies, judges and claims, and then the package
 * builds.  Everything that can fail for other reasons is done before the claim.
 */
#ifndef SSP_SSPI_PASSAGE_H
#define SSP_SSPI_PASSAGE_H

#include "sspi/user_ctx.h"

/*
 * flags are SECPKG_CONTEXT_EXPORT_*.  *ret_blob is the caller's, from the heap; ret_token, which
 * may be NULL, receives a handle that is the caller's, or NULL when the context has no token.
 *
 * SEC_E_INVALID_HANDLE, SEC_E_CONTEXT_EXPIRED (imported elsewhere already), SEC_E_INVALID_PARAMETER
 * for an unknown flag, SEC_E_UNSUPPORTED_FUNCTION where the package cannot, what package and LSA
 * say.  On failure the context is as it was, and so is a blob exported before, unless it turns out
 * that somebody has imported that.
 */
SECURITY_STATUS sspi_passage_export(const SecHandle *handle, ULONG flags, SecBuffer *ret_blob,
                                    HANDLE *ret_token);

/* A handle that goes to the application, and from there maybe to another process: made anew if its
 * token is one that others could not read.  On failure, what the LSA says, it is as it was. */
SECURITY_STATUS sspi_passage_renew_token(struct lsa_port *port, HANDLE *token);

/*
 * token is lent, and may be NULL; so are the bytes.  SEC_E_SECPKG_NOT_FOUND, SEC_E_INVALID_TOKEN,
 * SEC_E_CONTEXT_EXPIRED, SEC_E_NOT_OWNER, SEC_E_LOGON_DENIED, SEC_E_INSUFFICIENT_MEMORY, what the
 * package says.
 */
SECURITY_STATUS sspi_passage_import(const char16_t *package, struct view blob, HANDLE token,
                                    SecHandle *ret);

#endif
