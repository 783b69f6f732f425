/* SPDX-License-Identifier: Apache-2.0 */
/* The channel binding tls-server-end-point, which follows from the server's certificate alone:
 * RFC 5929 4.1. */
#ifndef SSP_SCHANNEL_ENDPOINT_H
#define SSP_SCHANNEL_ENDPOINT_H

#include "packages/schannel/pack.h"

/* How many bytes of it there are; 0: the certificate is none, or its signature has no hash of its
 * own, or one that is too long. */
size_t tls_endpoint_of(struct view der, uint8_t ret[TLS_ENDPOINT_MAX]);

#endif
