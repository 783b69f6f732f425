/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that are text, as a C string. */
#ifndef SSP_BASE_TEXT_H
#define SSP_BASE_TEXT_H

#include <stdlib.h>

#include "base/rd.h"

/* A copy, closed by 0: free() it.  NULL when out of memory.  It stands in for strndup(), which
 * AddressSanitizer's strict mode takes for an error where no 0 closes the bytes. */
static inline char *text_new(struct view bytes)
{
    char *text = calloc(1, bytes.n + 1);

    if (text != NULL && bytes.n != 0)
        memcpy(text, bytes.p, bytes.n);
    return text;
}

#endif
