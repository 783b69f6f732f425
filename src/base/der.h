/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER (X.690 8, 10), as far as tokens need it: tags of one byte, lengths of at most four.
 *
 * Reading goes on with rd's rule: what is not there, or not distinguished (an indefinite length,
 * one that could be said in fewer bytes), yields an empty view and marks the reader bad.
 *
 *     struct rd in = rd_of(der_take(&outer, DER_SEQUENCE));
 *     struct rd field = rd_of(der_take(&in, der_field(0)));
 *     version = der_uint(&field);
 *     SSP_TRY(rd_end(&field));
 */
#ifndef SSP_BASE_DER_H
#define SSP_BASE_DER_H

#include "base/wr.h"

enum {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_GENERALIZED_TIME = 0x18,
    DER_GENERAL_STRING = 0x1b,
    DER_SEQUENCE = 0x30,
};

/* [n] of a field and [APPLICATION n], both constructed; n up to 30. */
#define der_field(n) ((uint8_t)(0xa0 | (n)))
#define der_application(n) ((uint8_t)(0x60 | (n)))

/* Is the next element one of these? */
bool der_is(const struct rd *in, uint8_t tag);

struct view der_take(struct rd *in, uint8_t tag); /* its contents */
struct view der_any(struct rd *in,
                    uint8_t *ret_tag);             /* the same for any tag; 0 when there is none */
struct view der_whole(struct rd *in, uint8_t tag); /* tag and length as well */

/* The next INTEGER or ENUMERATED, which is not negative and has 64 bits at most. */
uint64_t der_uint(struct rd *in);
uint64_t der_enum(struct rd *in);

/* An INTEGER of 32 bits with a sign. */
int32_t der_int(struct rd *in);

/* The contents of an OBJECT IDENTIFIER, whose numbers are whole and as short as they can be. */
struct view der_oid(struct rd *in);

/*
 * How many bytes the element has that begins here, tag and length included, though not all of it
 * may be there yet.  INCOMPLETE when not even its length is; BAD_TOKEN for one that DER does not
 * have.
 */
enum ssp_err der_total(struct view start, size_t *ret);

/* Between begin and end stand the contents; they nest.  What begin yields, end takes. */
size_t der_begin(struct wr *out, uint8_t tag);
void der_end(struct wr *out, size_t begun);

void der_put(struct wr *out, uint8_t tag, struct view contents);
void der_put_uint(struct wr *out, uint64_t value);
void der_put_int(struct wr *out, int32_t value);
void der_put_enum(struct wr *out, uint8_t value);

#endif
