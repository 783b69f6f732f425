/* SPDX-License-Identifier: Apache-2.0 */
/* Whether this system is to use approved algorithms only: GnuTLS says so for the whole process. */
#ifndef SSP_CRYPTO_FIPS_H
#define SSP_CRYPTO_FIPS_H

#include <stdbool.h>

bool fips_mode(void);

#endif
