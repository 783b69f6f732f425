/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/kernel.h"

#include <linux/tls.h>
#include <string.h>

#include "base/cleanup.h"
#include "packages/schannel/conn.h"

enum { SEQ_SIZE = 8 };

/* What one direction has, in the form that all ciphers' structures are made of. */
struct parts { /* ssp_cleanup(parts_wipe) */
    struct tls_crypto_info info;
    struct tls_write_key key;
    uint8_t seq[SEQ_SIZE];
    uint8_t nonce[SEQ_SIZE]; /* AES-GCM: what follows the salt */
};

static void parts_wipe(struct parts *parts)
{
    explicit_bzero(parts, sizeof(*parts));
}

static void take_parts(const struct tls_core *core, enum tls_way way, struct parts *ret)
{
    const struct tls_dir *dir = way == TLS_SEND ? &core->send : &core->recv;

    ret->info.version = (uint16_t)core->suite->version;
    tls_write_key(core, way, &ret->key);
    for (size_t i = 0; i < SEQ_SIZE; i++)
        ret->seq[i] = (uint8_t)(dir->seq >> 8 * (SEQ_SIZE - 1 - i));
    /* In 1.2 each record carries it, and the number of the record is what we use. */
    if (core->suite->version == TLS_1_3)
        memcpy(ret->nonce, ret->key.iv + TLS_CIPHER_AES_GCM_128_SALT_SIZE, sizeof(ret->nonce));
    else
        memcpy(ret->nonce, ret->seq, sizeof(ret->nonce));
}

#define COPY(field, src) memcpy((field), (src), sizeof(field))

static size_t put_gcm_128(const struct parts *parts, UCHAR *dst)
{
    struct tls12_crypto_info_aes_gcm_128 out = { .info = parts->info };

    out.info.cipher_type = TLS_CIPHER_AES_GCM_128;
    COPY(out.iv, parts->nonce);
    COPY(out.key, parts->key.key.b);
    COPY(out.salt, parts->key.iv);
    COPY(out.rec_seq, parts->seq);
    memcpy(dst, &out, sizeof(out));
    explicit_bzero(&out, sizeof(out));
    return sizeof(out);
}

static size_t put_gcm_256(const struct parts *parts, UCHAR *dst)
{
    struct tls12_crypto_info_aes_gcm_256 out = { .info = parts->info };

    out.info.cipher_type = TLS_CIPHER_AES_GCM_256;
    COPY(out.iv, parts->nonce);
    COPY(out.key, parts->key.key.b);
    COPY(out.salt, parts->key.iv);
    COPY(out.rec_seq, parts->seq);
    memcpy(dst, &out, sizeof(out));
    explicit_bzero(&out, sizeof(out));
    return sizeof(out);
}

static size_t put_chacha(const struct parts *parts, UCHAR *dst)
{
    struct tls12_crypto_info_chacha20_poly1305 out = { .info = parts->info };

    out.info.cipher_type = TLS_CIPHER_CHACHA20_POLY1305;
    COPY(out.iv, parts->key.iv);
    COPY(out.key, parts->key.key.b);
    COPY(out.rec_seq, parts->seq);
    memcpy(dst, &out, sizeof(out));
    explicit_bzero(&out, sizeof(out));
    return sizeof(out);
}

static size_t (*const forms[])(const struct parts *parts, UCHAR *dst) = {
    [TLS_AES_128_GCM] = put_gcm_128,
    [TLS_AES_256_GCM] = put_gcm_256,
    [TLS_CHACHA20_POLY1305] = put_chacha,
};

static ULONG put(const struct tls_core *core, enum tls_way way, UCHAR *dst)
{
    ssp_cleanup(parts_wipe) struct parts parts = { 0 };

    take_parts(core, way, &parts);
    return (ULONG)forms[core->suite->cipher](&parts, dst);
}

static enum ssp_err check(const struct tls_live *live)
{
    if (live->is_dead || live->close_sent || live->close_received)
        return ssp_fail(EXPIRED);
    if (live->update_owed || live->alert_level != 0 || live->partial.head_n != 0)
        return ssp_fail(UNSUPPORTED);
    return SSP_OK;
}

enum ssp_err tls_kernel_form(const struct tls_core *core, OPENSSPI_KERNEL_TLS *ret)
{
    SSP_TRY(check(&core->live));
    *ret = (OPENSSPI_KERNEL_TLS){ .Version = OPENSSPI_KERNEL_TLS_VERSION };
    ret->Size = put(core, TLS_SEND, ret->Transmit);
    (void)put(core, TLS_RECV, ret->Receive);
    return SSP_OK;
}
