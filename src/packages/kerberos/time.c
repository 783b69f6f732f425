/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/time.h"

#include <stdio.h>
#include <time.h>

enum { TIME_SIZE = 15, YEAR_0 = 1900 };

void krb_put_time(struct wr *out, uint32_t seconds)
{
    const time_t when = (time_t)seconds;
    struct tm t = { 0 };
    char text[64];

    (void)gmtime_r(&when, &t);
    (void)snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02dZ", t.tm_year + YEAR_0,
                   t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
    der_put(out, DER_GENERALIZED_TIME, (struct view){ (const uint8_t *)text, TIME_SIZE });
}

static int take_digits(struct rd *in, size_t n)
{
    int value = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t c = rd_u8(in);

        if (c < '0' || c > '9')
            in->bad = true;
        value = value * 10 + (in->bad ? 0 : c - '0');
    }
    return value;
}

/* timegm() makes the thirty-second of a month the first of the next, so what it made of the fields
 * has to be what they were. */
static bool is_date(const struct tm *said, const struct tm *made)
{
    return said->tm_year == made->tm_year && said->tm_mon == made->tm_mon &&
           said->tm_mday == made->tm_mday && said->tm_hour == made->tm_hour &&
           said->tm_min == made->tm_min && said->tm_sec == made->tm_sec;
}

uint32_t krb_take_time(struct rd *in)
{
    struct rd text = rd_of(der_take(in, DER_GENERALIZED_TIME));
    struct tm said = { 0 };

    said.tm_year = take_digits(&text, 4) - YEAR_0;
    said.tm_mon = take_digits(&text, 2) - 1;
    said.tm_mday = take_digits(&text, 2);
    said.tm_hour = take_digits(&text, 2);
    said.tm_min = take_digits(&text, 2);
    said.tm_sec = take_digits(&text, 2);
    bool ends_well = rd_u8(&text) == 'Z' && rd_end(&text) == SSP_OK;
    struct tm made = said;
    time_t when = timegm(&made);
    if (!ends_well || !is_date(&said, &made) || when < 0 || when > UINT32_MAX) {
        in->bad = true;
        return 0;
    }
    return (uint32_t)when;
}
