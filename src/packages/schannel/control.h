/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an application does with an established session beside messages: control
 * tokens, and InitializeSecurityContext or AcceptSecurityContext, which take in
 * what the peer said and give what is to be said to it.
 */
#ifndef SSP_SCHANNEL_CONTROL_H
#define SSP_SCHANNEL_CONTROL_H

#include <sspi.h>

#include "packages/common/block.h"
#include "packages/schannel/receive.h"

/*
 * ApplyControlToken: SCHANNEL_SHUTDOWN, SCHANNEL_ALERT, OPENSSPI_TLS_KEY_UPDATE.
 *
 * BAD_TOKEN    no token, or none of these
 * UNSUPPORTED  SCHANNEL_RENEGOTIATE, SCHANNEL_SESSION; KeyUpdate in TLS 1.2
 * EXPIRED      nothing can be said any more
 */
enum ssp_err tls_control_apply(struct tls_conn *conn, const SecBufferDesc *input);

struct tls_turn {                /* one call */
    const SecBufferDesc *input;  /* NULL: none */
    const SecBufferDesc *output; /* NULL: none */
    const struct pkg_heap *heap; /* where output is allocated; NULL: into the caller's memory */
    bool tells_errors;           /* the caller sends what is in output after a failure, too */
};

struct tls_turned {
    enum tls_event event;
    bool has_alert; /* it failed, and the alert for the peer is in output */
};

/*
 * Takes the records of the input up to one with data, which stays for DecryptMessage (EXTRA), and
 * gives what is to be said.  After a failure the alert for the peer is in output if the caller
 * tells errors; else it is said by the next call.  What is heard cannot be heard again, so room for
 * the longest answer has to be there before.
 *
 * BAD_ARGUMENT  something is to be said, or heard, and there is no buffer for it; or none for what
 *               is left over
 * TOO_SMALL     the size needed is in the buffer, and nothing was heard or said
 * INCOMPLETE    the first EMPTY buffer of the input is MISSING then
 * EXPIRED       dead, and nothing more to say; NO_MEMORY; as tls_receive()
 *
 * ret is written in any case.
 */
enum ssp_err tls_control_turn(struct tls_conn *conn, const struct tls_turn *turn,
                              struct tls_turned *ret);

#endif
