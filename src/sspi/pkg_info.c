/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/pkg_info.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/utf16.h"

enum { UTF8_PER_UNIT = 3 }; /* a pair of surrogates makes four bytes out of two units */

/* Characters with the closing 0. */
static size_t text_n(const char16_t *text)
{
    return text == NULL ? 0 : str16_len(text) + 1;
}

static SEC_WCHAR *put_wide(const char16_t *text, SEC_WCHAR **at)
{
    size_t n = text_n(text);
    SEC_WCHAR *start = *at;

    if (n == 0)
        return NULL;
    memcpy(start, text, n * sizeof(*start));
    *at += n;
    return start;
}

enum ssp_err pkg_info_wide(const struct lsa_package_info *packages, size_t n, PSecPkgInfoW *ret)
{
    size_t units = 0;
    PSecPkgInfoW infos = NULL;
    SEC_WCHAR *at = NULL;

    for (size_t i = 0; i < n; i++)
        units += text_n(packages[i].name) + text_n(packages[i].comment);
    infos = heap_alloc(n * sizeof(*infos) + units * sizeof(*at));
    if (infos == NULL)
        return ssp_fail(NO_MEMORY);
    at = (SEC_WCHAR *)(infos + n);
    for (size_t i = 0; i < n; i++) {
        infos[i] = (SecPkgInfoW){
            .fCapabilities = packages[i].capabilities,
            .wVersion = packages[i].version,
            .wRPCID = packages[i].rpc_id,
            .cbMaxToken = packages[i].max_token,
            .Name = put_wide(packages[i].name, &at),
            .Comment = put_wide(packages[i].comment, &at),
        };
    }
    *ret = infos;
    return SSP_OK;
}

static enum ssp_err put_narrow(const char16_t *text, SEC_CHAR **at, SEC_CHAR **ret)
{
    ssp_cleanup(str16_wipe) struct str16 copy = { 0 };
    ssp_cleanup(wipe_free_str) char *utf8 = NULL;
    size_t n = 0;

    if (text == NULL)
        return SSP_OK;
    SSP_TRY(str16_from_units(text, str16_len(text), &copy));
    SSP_TRY(str16_to_utf8(&copy, &utf8));
    n = strlen(utf8) + 1;
    memcpy(*at, utf8, n);
    *ret = *at;
    *at += n;
    return SSP_OK;
}

static enum ssp_err narrow_into(const SecPkgInfoW *wide, size_t n, PSecPkgInfoA infos)
{
    SEC_CHAR *at = (SEC_CHAR *)(infos + n);

    for (size_t i = 0; i < n; i++) {
        infos[i] = (SecPkgInfoA){
            .fCapabilities = wide[i].fCapabilities,
            .wVersion = wide[i].wVersion,
            .wRPCID = wide[i].wRPCID,
            .cbMaxToken = wide[i].cbMaxToken,
        };
        SSP_TRY(put_narrow(wide[i].Name, &at, &infos[i].Name));
        SSP_TRY(put_narrow(wide[i].Comment, &at, &infos[i].Comment));
    }
    return SSP_OK;
}

static void free_infos(PSecPkgInfoA *infos)
{
    (void)(heap_free(*infos) == SSP_OK);
}

enum ssp_err pkg_info_narrow(const SecPkgInfoW *wide, size_t n, PSecPkgInfoA *ret)
{
    ssp_cleanup(free_infos) PSecPkgInfoA infos = NULL;
    size_t units = 0;

    for (size_t i = 0; i < n; i++)
        units += text_n(wide[i].Name) + text_n(wide[i].Comment);
    infos = heap_alloc(n * sizeof(*infos) + units * UTF8_PER_UNIT);
    if (infos == NULL)
        return ssp_fail(NO_MEMORY);
    SSP_TRY(narrow_into(wide, n, infos));
    *ret = ssp_steal(&infos);
    return SSP_OK;
}
