/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/text.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/heap.h"

enum ssp_err text_widen(const SEC_CHAR *narrow, struct str16 *ret)
{
    if (narrow == NULL) {
        *ret = (struct str16){ 0 };
        return SSP_OK;
    }
    return str16_from_utf8((struct view){ (const uint8_t *)narrow, strlen(narrow) }, ret);
}

enum ssp_err text_narrow(const SEC_WCHAR *wide, SEC_CHAR **ret)
{
    ssp_cleanup(str16_wipe) struct str16 copy = { 0 };
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;
    SEC_CHAR *block = NULL;
    size_t n = 0;

    if (wide == NULL) {
        *ret = NULL;
        return SSP_OK;
    }
    SSP_TRY(str16_from_units(wide, str16_len(wide), &copy));
    SSP_TRY(str16_to_utf8(&copy, &utf8));
    n = strlen(utf8) + 1;
    block = heap_alloc(n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(block, utf8, n);
    *ret = block;
    return SSP_OK;
}

enum ssp_err text_counted(SEC_WCHAR *wide, UNICODE_STRING *ret)
{
    size_t n = wide == NULL ? 0 : str16_len(wide) * sizeof(*wide);

    if (n > UINT16_MAX)
        return ssp_fail(BAD_ARGUMENT);
    *ret = (UNICODE_STRING){
        .Length = (USHORT)n,
        .MaximumLength = (USHORT)n,
        .Buffer = wide,
    };
    return SSP_OK;
}
