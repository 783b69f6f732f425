/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSPI's contract for streams: EncryptMessage and DecryptMessage over a
 * SecBufferDesc, as Schannel has it.
 *
 *   EncryptMessage   STREAM_HEADER, DATA, STREAM_TRAILER, EMPTY, in any order; sealed in place. The
 *                    caller sends header, data and trailer one after the other, the trailer as
 *                    long as it comes back
 *   DecryptMessage   one DATA with bytes of the stream, and EMPTY ones; on success they are
 *                    STREAM_HEADER, DATA, STREAM_TRAILER and, if anything follows the record,
 *                    EXTRA.  With too few bytes the first EMPTY one becomes MISSING
 *
 * Records that are not for the application are passed over: the call goes on with the next one, and
 * answers with empty DATA when there is none.
 */
#ifndef SSP_SCHANNEL_STREAM_H
#define SSP_SCHANNEL_STREAM_H

#include <sspi.h>

#include "packages/schannel/receive.h"
#include "packages/schannel/send.h"

/*
 * BAD_QOP; BAD_TOKEN without a buffer that it needs; BAD_ARGUMENT for read-only ones; TOO_SMALL for
 * a header or trailer shorter than STREAM_SIZES says, which it then is set to; CANNOT_ENCRYPT for
 * more than one record takes; else as tls_send_data().
 */
enum ssp_err tls_stream_seal(struct tls_conn *conn, ULONG qop, const SecBufferDesc *desc);

/* BAD_TOKEN without the buffers that it needs; BAD_ARGUMENT for read-only DATA; INCOMPLETE; else as
 * tls_receive().  The event says which success it is. */
enum ssp_err tls_stream_open(struct tls_conn *conn, const SecBufferDesc *desc,
                             enum tls_event *ret_event);

#endif
