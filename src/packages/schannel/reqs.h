/* SPDX-License-Identifier: Apache-2.0 */
/* ISC_REQ_* and ASC_REQ_*: what the application asks of a handshake, whichever of the two it says
 * it in, and what it is told. */
#ifndef SSP_SCHANNEL_REQS_H
#define SSP_SCHANNEL_REQS_H

#include <sspi.h>
#include <stdbool.h>

#include "base/err.h"

struct tls_reqs {
    bool accept;
    ULONG asked;
};

/* UNSUPPORTED for what TLS over a stream cannot be. */
enum ssp_err tls_reqs_check(const struct tls_reqs *reqs);

bool tls_reqs_allocate(const struct tls_reqs *reqs);
bool tls_reqs_alerts(const struct tls_reqs *reqs); /* ..._EXTENDED_ERROR */
bool tls_reqs_manual(const struct tls_reqs *reqs);
bool tls_reqs_client_certificate(const struct tls_reqs *reqs);
bool tls_reqs_identify(const struct tls_reqs *reqs);

struct tls_outcome {
    bool is_manual;
    bool is_peer_proved; /* by a certificate that was found good */
    bool has_tickets;
};

ULONG tls_reqs_attributes(const struct tls_reqs *reqs, const struct tls_outcome *outcome);

#endif
