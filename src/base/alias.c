/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alias.h"

#include <schannel.h>

static const char16_t *const names[] = { SCHANNEL_NAME_W, UNISP_NAME_W, DEFAULT_TLS_SSP_NAME_W };

static struct str16 lent(const char16_t *text)
{
    return (struct str16){ (char16_t *)(uintptr_t)text, str16_len(text) };
}

bool alias_is_schannel(const char16_t *name)
{
    if (name == NULL)
        return false;
    const struct str16 asked = lent(name);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct str16 known = lent(names[i]);

        if (str16_eq_nocase(&asked, &known))
            return true;
    }
    return false;
}

const char16_t *alias_resolve(const char16_t *name)
{
    return alias_is_schannel(name) ? SCHANNEL_NAME_W : name;
}
