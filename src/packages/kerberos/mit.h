/* SPDX-License-Identifier: Apache-2.0 */
/* The port (port.h) over MIT's libkrb5, by its public interface alone.  Each call has a context of
 * the library of its own, so that calls of different threads have nothing in common but the locks
 * inside it. */
#ifndef SSP_KERBEROS_MIT_H
#define SSP_KERBEROS_MIT_H

#include "packages/kerberos/port.h"

extern const struct krb_port krb_mit_port;

#endif
