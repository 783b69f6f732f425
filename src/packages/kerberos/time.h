/* SPDX-License-Identifier: Apache-2.0 */
/* KerberosTime (RFC 4120 5.2.3): "YYYYMMDDhhmmssZ", nothing else. */
#ifndef SSP_KERBEROS_TIME_H
#define SSP_KERBEROS_TIME_H

#include "base/der.h"

void krb_put_time(struct wr *out, uint32_t seconds); /* since 1970 */
uint32_t krb_take_time(struct rd *in);               /* marks it bad; from 1970 to 2106 */

#endif
