/* SPDX-License-Identifier: Apache-2.0 */
/* Packed bytes, altered in every way that is tried, for who reads them where no envelope protects
 * them: in children, so that a crash is seen as one. */
#ifndef SSP_TEST_ALTERED_H
#define SSP_TEST_ALTERED_H

#include "harness/harness.h"

/* Bytes that a child's free_guarded() does not take away. */
struct kept {
    uint8_t b[4096];
};
struct view keep(struct view v, struct kept *place);

/* As they are; with each byte changed in some ways; cut to each length, and with zeroes behind
 * them.  survives_it is false for an answer that must not be given to any bytes. */
void is_survived(struct view bytes, bool (*survives_it)(struct view altered));

#endif
