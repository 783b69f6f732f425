/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/host.h"

#include <gnutls/gnutls.h>

#include "base/cleanup.h"

static void drop_datum(gnutls_datum_t *datum)
{
    gnutls_free(datum->data);
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f)
            return false;
    return true;
}

enum ssp_err tls_host_of(const struct str16 *target, char ret[TLS_HOST_MAX + 1])
{
    ssp_cleanup(wipe_free_str) char *text = NULL;
    ssp_cleanup(drop_datum) gnutls_datum_t ascii = { 0 };

    ret[0] = '\0';
    if (target == NULL || target->n == 0)
        return SSP_OK;
    SSP_TRY(str16_to_utf8(target, &text));
    size_t n = strlen(text);
    if (n != 0 && text[n - 1] == '.')
        text[--n] = '\0';
    if (n == 0 || !is_plain(text) || gnutls_idna_map(text, (unsigned)n, &ascii, 0) < 0 ||
        ascii.size > TLS_HOST_MAX)
        return ssp_fail(TARGET_UNKNOWN);
    memcpy(ret, ascii.data, ascii.size);
    ret[ascii.size] = '\0';
    return SSP_OK;
}
