/* SPDX-License-Identifier: Apache-2.0 */
/* What Windows calls the parts of a cipher suite: names and ALG_ID numbers. */
#ifndef SSP_SCHANNEL_ALG_NAMES_H
#define SSP_SCHANNEL_ALG_NAMES_H

#include <schannel.h>

#include "packages/schannel/pack.h"

struct tls_alg_names {
    const char16_t *cipher;
    ALG_ID cipher_id;
    DWORD cipher_bits;
    DWORD block_bytes;
    const char16_t *hash;
    ALG_ID hash_id;
    DWORD hash_bits;
    const char16_t *exchange;
    ALG_ID exchange_id;
    const char16_t *proof; /* the server's key; empty: not known */
    DWORD protocol;        /* SP_PROT_*, which says the role as well */
};

struct tls_alg_names tls_alg_names_of(const struct tls_core *core);

#endif
