/* SPDX-License-Identifier: Apache-2.0 */
/* Names for the bits of a number. */
#ifndef SSP_CLI_FLAGS_H
#define SSP_CLI_FLAGS_H

#include <stddef.h>
#include <stdint.h>

struct flag_name {
    uint32_t bit;
    const char *name;
};

/* The names of the bits that are set and in the table; yields how many, 32 at most.  ret has room
 * for 32. */
size_t flags_names(uint32_t flags, const struct flag_name *table, size_t n, const char **ret);

#endif
