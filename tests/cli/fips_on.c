/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: a machine in FIPS mode, as GnuTLS tells it.  Debian's is built without that mode, so
 * it cannot be switched on. */
#include <gnutls/gnutls.h>

unsigned gnutls_fips140_mode_enabled(void)
{
    return 1;
}
