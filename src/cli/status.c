/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status.h"

#include <stddef.h>

static const struct {
    SECURITY_STATUS status;
    const char *name;
} names[] = {
#define STATUS(name) { name, #name },
#include "cli/status.def"
#undef STATUS
};

const char *status_name(SECURITY_STATUS status)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].status == status)
            return names[i].name;
    }
    return "unknown status";
}
