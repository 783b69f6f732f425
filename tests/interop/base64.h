/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4648 4, as helper programs and HTTP (RFC 4559 4.1) carry tokens. */
#ifndef SSP_TEST_BASE64_H
#define SSP_TEST_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BASE64_MAX = 8192 }; /* characters of what a job's bytes become, NUL included */

/* ret has room for BASE64_MAX characters; aborts when that is too little. */
void base64_encode(const uint8_t *bytes, size_t n, char *ret);

/* Up to the first character that is none of base64's, which ends the text; false when that is no
 * base64, or more than size bytes. */
bool base64_decode(const char *text, uint8_t *ret, size_t size, size_t *ret_n);

#endif
