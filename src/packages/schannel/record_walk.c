/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/record_walk.h"

enum {
    HEADER_SIZE = 5,
    TYPE_FIRST = 20, /* change_cipher_spec, alert, handshake, application_data */
    TYPE_LAST = 23,
    MAJOR = 3,
    BODY_MAX = (1 << 14) + 2048, /* RFC 5246 6.2.3; GnuTLS knows when it is less */
    UNEXPECTED_MESSAGE = 10,
    RECORD_OVERFLOW = 22,
    PROTOCOL_VERSION = 70,
};

/* As soon as a byte of the header shows it, so that nobody waits for the rest of no record. */
static int what_is_wrong(struct view header)
{
    struct rd in = rd_of(header);
    uint8_t type = rd_u8(&in);
    uint8_t major = rd_u8(&in);

    if (header.n >= 1 && (type < TYPE_FIRST || type > TYPE_LAST))
        return UNEXPECTED_MESSAGE;
    if (header.n >= 2 && major != MAJOR)
        return PROTOCOL_VERSION;
    (void)rd_u8(&in);
    uint16_t n = rd_be16(&in);
    return rd_ok(&in) && n > BODY_MAX ? RECORD_OVERFLOW : -1;
}

struct tls_walk tls_walk(struct view bytes)
{
    struct tls_walk walk = { .alert = -1 };
    struct view left = bytes;

    /* Ends: every turn takes a header at least. */
    while (left.n != 0) {
        struct view header = { left.p, left.n < HEADER_SIZE ? left.n : HEADER_SIZE };
        struct rd in = rd_of(left);

        walk.alert = what_is_wrong(header);
        walk.is_bad = walk.alert >= 0;
        if (walk.is_bad)
            break;
        (void)rd_view(&in, HEADER_SIZE - 2);
        size_t body = rd_be16(&in);
        if (!rd_ok(&in) || body > in.left.n) {
            walk.missing = rd_ok(&in) ? body - in.left.n : HEADER_SIZE - left.n;
            break;
        }
        (void)rd_view(&in, body);
        left = in.left;
        walk.whole = bytes.n - left.n;
    }
    return walk;
}
