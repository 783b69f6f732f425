/* SPDX-License-Identifier: Apache-2.0 */
/* HKDF with SHA-256 (RFC 5869): extract and expand in one. */
#ifndef SSP_CRYPTO_HKDF_H
#define SSP_CRYPTO_HKDF_H

#include "base/secret.h"

/* n is at most KEY_MAX (asserted). */
struct key hkdf_sha256(struct view ikm, struct view salt, struct view info, size_t n);

#endif
