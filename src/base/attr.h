/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of attributes' structures: how large they are, and where text and
 * bytes are behind their pointers.  From this the library makes the narrow form of
 * an answer, and the LSA's socket carries it.
 */
#ifndef SSP_BASE_ATTR_H
#define SSP_BASE_ATTR_H

#include <stdbool.h>
#include <stddef.h>

#include <sspi.h>

enum { ATTR_TEXTS_MAX = 2, ATTR_WITH_TEXT_MAX = 64, ATTR_SIZE_MAX = 512 };

struct attr {
    ULONG attribute;
    size_t size;
    size_t n_text;
    size_t text[ATTR_TEXTS_MAX]; /* offsets of pointers to text */
    bool has_package;            /* its first member points to a SecPkgInfo */
    bool has_blob;
    size_t blob;   /* offset of a pointer to bytes */
    size_t blob_n; /* offset of the ULONG that counts them */
    bool stays;    /* it has pointers that mean something in one process only */
};

/* NULL for an attribute that is not known, such as a package's own. */
const struct attr *attr_of_ctx(ULONG attribute);
const struct attr *attr_of_cred(ULONG attribute);

void *attr_pointer(const void *structure, size_t offset);
void attr_set_pointer(void *structure, size_t offset, void *p);

#endif
