/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can go wrong in a handshake: what the application is told, and which
 * alert the peer gets (RFC 8446 6.2), one table for each way in.
 *
 * Source of the statuses: Microsoft's "Schannel error codes for TLS and SSL
 * alerts".
 */
#ifndef SSP_SCHANNEL_FAILURE_H
#define SSP_SCHANNEL_FAILURE_H

#include "base/err.h"

#include <stdbool.h>

struct tls_failure {
    enum ssp_err err;
    int alert; /* a TLS alert's number; -1: none, since the peer sent one or nobody could read it */
};

/* Of what gnutls_handshake() answered; alert is what gnutls_alert_get() says. */
struct tls_failure tls_failure_of_gnutls(int result, int alert);

/* An alert that the peer sent. */
enum ssp_err tls_failure_of_alert(int alert);

/* Of gnutls_certificate_status_t; status is not zero. */
struct tls_failure tls_failure_of_chain(unsigned status);

/* The alert for an error of our own. */
int tls_failure_alert(enum ssp_err e);

#endif
