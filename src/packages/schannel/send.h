/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this side says: data, and what the session has to say besides.
 *
 * In TLS 1.3 a KeyUpdate is owed when the peer asked for one, when the
 * application did, and before a key has sealed as many records as it safely can
 * (RFC 8446 4.6.3, 5.5).  It goes out in front of the next record.
 */
#ifndef SSP_SCHANNEL_SEND_H
#define SSP_SCHANNEL_SEND_H

#include "packages/schannel/record.h"

enum {
    TLS_UPDATE_SIZE = 5 + 4 + 1 + 1 + RECORD_TAG_SIZE, /* a KeyUpdate as a record */
    TLS_SAY_MAX = TLS_UPDATE_SIZE + TLS_HEADER_MAX + 2 + TLS_TAIL_MAX,
};

/* How much room a text needs behind it: its tail, and an update that might come first. */
size_t tls_trailer_size(const struct tls_suite *suite);

/*
 * Seals data.  With an update due, its record and that of the data lie one after the other over
 * header, text and tail, which has room for tls_trailer_size(); ret_tail_n says how much of that is
 * used.  EXPIRED when nothing can be sent any more; NO_MEMORY leaves everything as it was.
 */
enum ssp_err tls_send_data(struct tls_conn *conn, const struct tls_place *place,
                           size_t *ret_tail_n);

/* Bytes that tls_say() would give. */
size_t tls_say_size(struct tls_conn *conn);

/* An update that is due, an alert that is to be sent: both, in that order, as records.  dst has
 * room for tls_say_size().  NO_MEMORY leaves everything as it was. */
enum ssp_err tls_say(struct tls_conn *conn, uint8_t *dst);

#endif
