/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output of a leg: buffers that a package fills, in the caller's memory or with
 * blocks that it allocates.
 *
 * A leg that fails leaves nothing in them but the size that it says it needs
 * (SEC_E_BUFFER_TOO_SMALL), with one exception: an application that asks for
 * ISC_REQ_EXTENDED_ERROR or ASC_REQ_EXTENDED_ERROR gets the token in which the
 * package tells the peer what is wrong, such as a TLS alert.
 */
#ifndef SSP_LSA_OUTPUT_H
#define SSP_LSA_OUTPUT_H

#include "base/limits.h"

#include <sspi.h>

#include <stdbool.h>

/* The buffers, and what they were before the package had them. */
struct output {
    const SecBufferDesc *desc; /* the caller's, checked (base/secbuf.h); may be NULL */
    ULONG error_flag;          /* as an attribute: there is a token after a failure */
    bool is_asked;             /* the application asks for one */
    ULONG sizes[LIMIT_BUFFERS];
    void *places[LIMIT_BUFFERS];
};

void output_remember(const SecBufferDesc *desc, bool accept, ULONG requirements,
                     struct output *ret);

/* False when the package says that it wrote more than there was room for, or than a token may have:
 * it has done its harm, but at least nobody reads on. */
bool output_fits(const struct output *output);

/* All is as it was.  False when what was allocated is not from the heap: then it is leaked. */
bool output_take_back(const struct output *output);

/* ISC_REQ_EXTENDED_ERROR or ASC_REQ_EXTENDED_ERROR, which as attributes are the same numbers. */
ULONG output_error_flag(bool accept);

/*
 * After a leg that failed: the attributes that the application is to see with the token that the
 * package left for the peer, or 0 when there is none; then all is taken back but a size that is too
 * small.  A package leaves a token by writing one, and that shows in its size: one that is exactly
 * as long as the caller's memory cannot be told from none, and is taken back too.
 */
ULONG output_after_failure(const struct output *output, SECURITY_STATUS status, ULONG attributes);

#endif
