/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/text.h"

#include "base/cleanup.h"
#include "base/limits.h"

#include <string.h>

enum ssp_err lsa_text_lend(const char16_t *text, UNICODE_STRING *ret)
{
    size_t n = text != NULL ? str16_len(text) : 0;

    if (n > LIMIT_NAME)
        return ssp_fail(BAD_ARGUMENT);
    /* UNICODE_STRING has no form for text that is only read. */
    *ret = (UNICODE_STRING){ .Length = (USHORT)(n * sizeof(char16_t)),
                             .MaximumLength = (USHORT)(n * sizeof(char16_t)),
                             .Buffer = (PWSTR)(uintptr_t)text };
    return SSP_OK;
}

enum ssp_err lsa_text_to_utf8(const UNICODE_STRING *text, char *ret, size_t n)
{
    ssp_cleanup(str16_wipe) struct str16 s = { 0 };
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;

    if (text != NULL && text->Length != 0 && text->Buffer == NULL)
        return ssp_fail(BAD_ARGUMENT);
    if (text != NULL && text->Length != 0)
        SSP_TRY(str16_from_units(text->Buffer, text->Length / sizeof(char16_t), &s));
    SSP_TRY(str16_to_utf8(&s, &utf8));
    if (strlen(utf8) >= n)
        return ssp_fail(BAD_ARGUMENT);
    memcpy(ret, utf8, strlen(utf8) + 1);
    return SSP_OK;
}
