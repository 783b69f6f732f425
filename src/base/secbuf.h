/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SecBufferDesc is a caller's array of buffers, each with a type and flags in
 * one number.  Everything that walks one does so through these calls, which
 * check it first: version, count, no NULL with a length.
 */
#ifndef SSP_BASE_SECBUF_H
#define SSP_BASE_SECBUF_H

#include <sspi.h>

#include "base/rd.h"

/* BAD_ARGUMENT when desc is NULL, of another version, has more than LIMIT_BUFFERS buffers, or a
 * buffer has a length without memory.  Buffers of type EMPTY and MISSING hold nothing, whatever
 * their length and pointer say: callers set the type and leave the rest as it was. */
enum ssp_err secbuf_check(const SecBufferDesc *desc);
enum ssp_err secbuf_check_optional(const SecBufferDesc *desc); /* NULL is fine */

ULONG secbuf_type(const SecBuffer *buffer);       /* without the attribute bits */
bool secbuf_is_readonly(const SecBuffer *buffer); /* neither encrypted nor changed */

/* The first buffer of a type; NULL when there is none (or desc is NULL). */
PSecBuffer secbuf_find(const SecBufferDesc *desc, ULONG type);
struct view secbuf_view(const SecBuffer *buffer); /* empty for NULL, EMPTY and MISSING */

/*
 * Hands a finished token to the caller's SECBUFFER_TOKEN: into its memory, or,
 * with allocate, into a new block of the one heap.  TOO_SMALL writes the size
 * needed to cbBuffer and nothing else; BAD_ARGUMENT when there is no such
 * buffer, or only a read-only one; TOO_LARGE beyond LIMIT_TOKEN; NO_MEMORY.  An
 * empty token sets the size to 0.
 */
enum ssp_err secbuf_put_token(const SecBufferDesc *desc, bool allocate, struct view token);

#endif
