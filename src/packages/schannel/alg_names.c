/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/alg_names.h"

/* wincrypt.h; there is none for ChaCha20-Poly1305. */
enum {
    CALG_AES_128 = 0x660e,
    CALG_AES_256 = 0x6610,
    CALG_SHA_256 = 0x800c,
    CALG_SHA_384 = 0x800d,
    CALG_RSA_KEYX = 0xa400,
    CALG_DH_EPHEM = 0xaa02,
    CALG_ECDH_EPHEM = 0xae06,
};

static const struct {
    const char16_t *name;
    ALG_ID id;
    DWORD bits;
    DWORD block;
} ciphers[] = {
    [TLS_AES_128_GCM] = { u"AES", CALG_AES_128, 128, 16 },
    [TLS_AES_256_GCM] = { u"AES", CALG_AES_256, 256, 16 },
    [TLS_CHACHA20_POLY1305] = { u"CHACHA20_POLY1305", 0, 256, 1 },
};

struct exchange {
    const char16_t *name;
    ALG_ID id;
};

static const struct exchange ecdhe = { u"ECDH", CALG_ECDH_EPHEM };
static const struct exchange dhe = { u"DH", CALG_DH_EPHEM };
static const struct exchange rsa = { u"RSA", CALG_RSA_KEYX };
static const struct exchange psk = { u"PSK", 0 };

/* RFC 8446 4.2.7: finite fields have numbers from 0x0100 on.  Without a group a ticket did it all.
 */
static const struct exchange *exchange_of(const struct tls_core *core)
{
    switch (core->suite->exchange) {
    case TLS_BY_ECDHE:
        return &ecdhe;
    case TLS_BY_DHE:
        return &dhe;
    case TLS_BY_RSA:
        return &rsa;
    case TLS_BY_GROUP:
    default:
        if (core->group == 0)
            return &psk;
        return core->group >> 8 == 1 ? &dhe : &ecdhe;
    }
}

/* RFC 8446 4.2.3 */
static const struct {
    uint16_t signature;
    const char16_t *name;
} proofs[] = {
    { 0x0201, u"RSA" },   { 0x0401, u"RSA" },   { 0x0501, u"RSA" },   { 0x0601, u"RSA" },
    { 0x0804, u"RSA" },   { 0x0805, u"RSA" },   { 0x0806, u"RSA" },   { 0x0809, u"RSA" },
    { 0x080a, u"RSA" },   { 0x080b, u"RSA" },   { 0x0203, u"ECDSA" }, { 0x0403, u"ECDSA" },
    { 0x0503, u"ECDSA" }, { 0x0603, u"ECDSA" }, { 0x0807, u"EdDSA" }, { 0x0808, u"EdDSA" },
};

static const char16_t *proof_of(const struct tls_core *core)
{
    for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++)
        if (proofs[i].signature == core->signature)
            return proofs[i].name;
    if (core->suite->proof == TLS_PROOF_ANY)
        return u"";
    return core->suite->proof == TLS_PROOF_RSA ? u"RSA" : u"ECDSA";
}

static DWORD protocol_of(const struct tls_core *core)
{
    if (core->suite->version == TLS_1_3)
        return core->role == TLS_CLIENT ? SP_PROT_TLS1_3_CLIENT : SP_PROT_TLS1_3_SERVER;
    return core->role == TLS_CLIENT ? SP_PROT_TLS1_2_CLIENT : SP_PROT_TLS1_2_SERVER;
}

struct tls_alg_names tls_alg_names_of(const struct tls_core *core)
{
    enum tls_cipher cipher = core->suite->cipher;
    bool is_sha384 = core->suite->is_sha384;
    const struct exchange *exchange = exchange_of(core);

    return (struct tls_alg_names){
        .cipher = ciphers[cipher].name,
        .cipher_id = ciphers[cipher].id,
        .cipher_bits = ciphers[cipher].bits,
        .block_bytes = ciphers[cipher].block,
        .hash = is_sha384 ? u"SHA384" : u"SHA256",
        .hash_id = is_sha384 ? CALG_SHA_384 : CALG_SHA_256,
        .hash_bits = is_sha384 ? 384 : 256,
        .exchange = exchange->name,
        .exchange_id = exchange->id,
        .proof = proof_of(core),
        .protocol = protocol_of(core),
    };
}
