/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/base64.h"

#include <stdlib.h>
#include <string.h>

#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
static const char alphabet[] = ALPHABET;
static const char padded[] = ALPHABET "=";

void base64_encode(const uint8_t *bytes, size_t n, char *ret)
{
    if ((n + 2) / 3 * 4 >= BASE64_MAX)
        abort();
    for (size_t i = 0; i < n; i += 3, ret += 4) {
        uint32_t group = (uint32_t)bytes[i] << 16;

        if (i + 1 < n)
            group |= (uint32_t)bytes[i + 1] << 8;
        if (i + 2 < n)
            group |= bytes[i + 2];
        for (unsigned k = 0; k < 4; k++)
            ret[k] = padded[i + k <= n ? group >> (18 - 6 * k) & 63 : 64];
    }
    *ret = '\0';
}

bool base64_decode(const char *text, uint8_t *ret, size_t size, size_t *ret_n)
{
    size_t digits = strspn(text, alphabet);
    uint32_t group = 0;
    size_t n = 0;

    for (size_t i = 0; i < digits; i++) {
        group = group << 6 | (uint32_t)(strchr(alphabet, text[i]) - alphabet);
        if (i % 4 == 0)
            continue;
        if (n == size)
            return false;
        ret[n++] = (uint8_t)(group >> (6 - 2 * (i % 4)));
    }
    *ret_n = n;
    return digits % 4 != 1 && (digits + strspn(text + digits, "=")) % 4 == 0;
}
