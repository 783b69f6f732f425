/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/suite.h"

#define SUITE_1_3(id, cipher, is_sha384, name)                               \
    {                                                                        \
        id, TLS_1_3, cipher, TLS_BY_GROUP, TLS_PROOF_ANY, is_sha384, u##name \
    }
#define SUITE_1_2(id, exchange, proof, cipher, is_sha384, name)                       \
    {                                                                                 \
        id, TLS_1_2, cipher, TLS_BY_##exchange, TLS_PROOF_##proof, is_sha384, u##name \
    }

/* clang-format off */
static const struct tls_suite suites[] = {
    SUITE_1_3(0x1301, TLS_AES_128_GCM, false, "TLS_AES_128_GCM_SHA256"),
    SUITE_1_3(0x1302, TLS_AES_256_GCM, true, "TLS_AES_256_GCM_SHA384"),
    SUITE_1_3(0x1303, TLS_CHACHA20_POLY1305, false, "TLS_CHACHA20_POLY1305_SHA256"),
    SUITE_1_2(0xc02b, ECDHE, ECDSA, TLS_AES_128_GCM, false, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    SUITE_1_2(0xc02c, ECDHE, ECDSA, TLS_AES_256_GCM, true, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    SUITE_1_2(0xc02f, ECDHE, RSA, TLS_AES_128_GCM, false, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    SUITE_1_2(0xc030, ECDHE, RSA, TLS_AES_256_GCM, true, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    SUITE_1_2(0xcca9, ECDHE, ECDSA, TLS_CHACHA20_POLY1305, false,
              "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    SUITE_1_2(0xcca8, ECDHE, RSA, TLS_CHACHA20_POLY1305, false,
              "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    SUITE_1_2(0x009e, DHE, RSA, TLS_AES_128_GCM, false, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    SUITE_1_2(0x009f, DHE, RSA, TLS_AES_256_GCM, true, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    SUITE_1_2(0xccaa, DHE, RSA, TLS_CHACHA20_POLY1305, false,
              "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    SUITE_1_2(0x009c, RSA, RSA, TLS_AES_128_GCM, false, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
    SUITE_1_2(0x009d, RSA, RSA, TLS_AES_256_GCM, true, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
};
/* clang-format on */

const struct tls_suite *tls_suite_find(uint16_t id)
{
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        if (suites[i].id == id)
            return &suites[i];
    return NULL;
}

size_t tls_suite_hash_size(const struct tls_suite *suite)
{
    return suite->is_sha384 ? 48 : 32;
}

size_t tls_cipher_key_size(enum tls_cipher cipher)
{
    return cipher == TLS_AES_128_GCM ? 16 : 32;
}

size_t tls_cipher_fixed_iv_size(enum tls_cipher cipher)
{
    return cipher == TLS_CHACHA20_POLY1305 ? 12 : 4;
}
