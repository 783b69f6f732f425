/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/conn.h"

#include "base/cleanup.h"

/* Labels are short and the sizes asked for are the suites': tls_expand_label() does not refuse. */
static void expand(const struct tls_core *core, const uint8_t *secret, const char *label,
                   uint8_t *ret, size_t n)
{
    size_t secret_n = tls_suite_hash_size(core->suite);
    const struct tls_label what = { { (const uint8_t *)label, strlen(label) }, { 0 } };

    if (tls_expand_label(tls_conn_hash(core), (struct view){ secret, secret_n }, &what, ret, n) !=
        SSP_OK)
        explicit_bzero(ret, n);
}

enum tls_hash tls_conn_hash(const struct tls_core *core)
{
    return core->suite->is_sha384 ? TLS_SHA384 : TLS_SHA256;
}

static struct tls_dir *dir_of(struct tls_conn *conn, enum tls_way way)
{
    return way == TLS_SEND ? &conn->core->send : &conn->core->recv;
}

static struct record_aead **aead_of(struct tls_conn *conn, enum tls_way way)
{
    return way == TLS_SEND ? &conn->send : &conn->recv;
}

void tls_conn_close(struct tls_conn *conn)
{
    record_aead_free(conn->send);
    record_aead_free(conn->recv);
    conn->send = NULL;
    conn->recv = NULL;
}

/* ---- Keys of TLS 1.2: RFC 5246 6.3 -------------------------------------- */

/* client_write_key, server_write_key, client_write_IV, server_write_IV; there are no MAC keys. */
static void key_1_2(const struct tls_core *core, enum tls_way way, struct tls_write_key *ret)
{
    const struct view seed[] = { { (const uint8_t *)"key expansion", 13 },
                                 VIEW_OF(core->server_random),
                                 VIEW_OF(core->client_random) };
    size_t key_n = tls_cipher_key_size(core->suite->cipher);
    size_t iv_n = tls_cipher_fixed_iv_size(core->suite->cipher);
    size_t nth = (way == TLS_SEND) == (core->role == TLS_SERVER) ? 1 : 0;
    uint8_t block[2 * (32 + TLS_IV_SIZE)];

    tls_prf(tls_conn_hash(core), VIEW_OF(core->exporter), seed, 3, block, 2 * (key_n + iv_n));
    key_set(&ret->key, (struct view){ block + nth * key_n, key_n });
    memcpy(ret->iv, block + 2 * key_n + nth * iv_n, iv_n);
    explicit_bzero(block, sizeof(block));
}

/* ---- Keys of TLS 1.3: RFC 8446 7.3 -------------------------------------- */

static void key_of_secret(const struct tls_core *core, const uint8_t *secret,
                          struct tls_write_key *ret)
{
    ret->key.n = tls_cipher_key_size(core->suite->cipher);
    expand(core, secret, "key", ret->key.b, ret->key.n);
    expand(core, secret, "iv", ret->iv, sizeof(ret->iv));
}

void tls_write_key(const struct tls_core *core, enum tls_way way, struct tls_write_key *ret)
{
    const struct tls_dir *dir = way == TLS_SEND ? &core->send : &core->recv;

    if (core->suite->version == TLS_1_3)
        key_of_secret(core, dir->secret, ret);
    else
        key_1_2(core, way, ret);
}

void tls_write_key_wipe(struct tls_write_key *key)
{
    explicit_bzero(key, sizeof(*key));
}

static enum ssp_err prepare(const struct tls_core *core, const struct tls_write_key *key,
                            struct record_aead **ret)
{
    static const enum record_cipher ciphers[] = {
        [TLS_AES_128_GCM] = RECORD_AES_128_GCM,
        [TLS_AES_256_GCM] = RECORD_AES_256_GCM,
        [TLS_CHACHA20_POLY1305] = RECORD_CHACHA20_POLY1305,
    };

    return record_aead_new(ciphers[core->suite->cipher], key_view(&key->key), ret);
}

enum ssp_err tls_conn_key(struct tls_conn *conn, enum tls_way way, const struct record_aead **ret)
{
    struct record_aead **aead = aead_of(conn, way);

    if (*aead == NULL) {
        ssp_cleanup(tls_write_key_wipe) struct tls_write_key key = { 0 };

        tls_write_key(conn->core, way, &key);
        SSP_TRY(prepare(conn->core, &key, aead));
        memcpy(dir_of(conn, way)->iv, key.iv, sizeof(key.iv));
    }
    *ret = *aead;
    return SSP_OK;
}

enum ssp_err tls_next_make(struct tls_conn *conn, enum tls_way way, struct tls_next *ret)
{
    ssp_cleanup(tls_write_key_wipe) struct tls_write_key key = { 0 };
    const struct tls_core *core = conn->core;

    expand(core, dir_of(conn, way)->secret, "traffic upd", ret->dir.secret,
           tls_suite_hash_size(core->suite));
    key_of_secret(core, ret->dir.secret, &key);
    memcpy(ret->dir.iv, key.iv, sizeof(key.iv));
    return prepare(core, &key, &ret->aead);
}

void tls_next_use(struct tls_conn *conn, enum tls_way way, struct tls_next *next)
{
    struct record_aead **aead = aead_of(conn, way);

    *dir_of(conn, way) = next->dir;
    record_aead_free(*aead);
    *aead = ssp_steal(&next->aead);
}

void tls_next_wipe(struct tls_next *next)
{
    record_aead_free(next->aead);
    explicit_bzero(next, sizeof(*next));
}

/* ---- The end ------------------------------------------------------------ */

void tls_conn_end(struct tls_conn *conn, uint8_t alert)
{
    struct tls_live *live = &conn->core->live;

    live->is_dead = true;
    live->alert_level = TLS1_ALERT_FATAL;
    live->alert = alert;
}
