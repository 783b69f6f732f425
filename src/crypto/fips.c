/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/fips.h"

#include <gnutls/gnutls.h>

bool fips_mode(void)
{
    return gnutls_fips140_mode_enabled() != 0;
}
