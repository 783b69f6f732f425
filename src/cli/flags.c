/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/flags.h"

size_t flags_names(uint32_t flags, const struct flag_name *table, size_t n, const char **ret)
{
    size_t found = 0;

    for (size_t i = 0; i < n && found < 32; i++) {
        if ((flags & table[i].bit) != 0)
            ret[found++] = table[i].name;
    }
    return found;
}
