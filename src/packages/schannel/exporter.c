/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/exporter.h"

enum { UNIQUE_1_3_SIZE = 32, CONTEXT_MAX = UINT16_MAX };

/* RFC 8446 7.5: HKDF-Expand-Label(Derive-Secret(exporter_master_secret, label, ""), "exporter",
 * Hash(context_value), n) */
static enum ssp_err export_1_3(const struct tls_core *core, const struct tls_export_of *of,
                               uint8_t *ret, size_t n)
{
    enum tls_hash hash = tls_conn_hash(core);
    size_t hash_n = tls_hash_size(hash);
    uint8_t digest[TLS_HASH_MAX];
    uint8_t secret[TLS_HASH_MAX];

    tls_digest(hash, (struct view){ 0 }, digest);
    const struct tls_label derive = { of->label, { digest, hash_n } };
    SSP_TRY(
        tls_expand_label(hash, (struct view){ core->exporter, hash_n }, &derive, secret, hash_n));
    tls_digest(hash, of->context, digest);
    const struct tls_label exporter = { { (const uint8_t *)"exporter", 8 }, { digest, hash_n } };
    enum ssp_err e = tls_expand_label(hash, (struct view){ secret, hash_n }, &exporter, ret, n);
    explicit_bzero(secret, sizeof(secret));
    return e;
}

/* RFC 5705 4: PRF(master_secret, label, client_random + server_random [ + length + context ]) */
static void export_1_2(const struct tls_core *core, const struct tls_export_of *of, uint8_t *ret,
                       size_t n)
{
    const uint8_t length[2] = { (uint8_t)(of->context.n >> 8), (uint8_t)of->context.n };
    const struct view pieces[] = { of->label, VIEW_OF(core->client_random),
                                   VIEW_OF(core->server_random), VIEW_OF(length), of->context };

    tls_prf(tls_conn_hash(core), VIEW_OF(core->exporter), pieces, of->has_context ? 5 : 3, ret, n);
}

enum ssp_err tls_export(const struct tls_core *core, const struct tls_export_of *of, uint8_t *ret,
                        size_t n)
{
    if (of->label.n == 0 || of->label.n > TLS_LABEL_MAX || of->context.n > CONTEXT_MAX ||
        n > TLS_EXPORT_MAX)
        return ssp_fail(BAD_ARGUMENT);
    if (core->suite->version == TLS_1_3)
        return export_1_3(core, of, ret, n);
    export_1_2(core, of, ret, n);
    return SSP_OK;
}

/* ---- Bindings ------------------------------------------------------------- */

static void begin(struct tls_binding *binding, const char *prefix)
{
    binding->n = strlen(prefix);
    memcpy(binding->bytes, prefix, binding->n);
}

static void add(struct tls_binding *binding, const uint8_t *p, size_t n)
{
    memcpy(binding->bytes + binding->n, p, n);
    binding->n += n;
}

enum ssp_err tls_binding_unique(const struct tls_core *core, struct tls_binding *ret)
{
    /* RFC 9266 2 */
    const struct tls_export_of of = { { (const uint8_t *)"EXPORTER-Channel-Binding", 24 },
                                      { 0 },
                                      true };
    uint8_t key[UNIQUE_1_3_SIZE];

    if (core->suite->version == TLS_1_3) {
        SSP_TRY(tls_export(core, &of, key, sizeof(key)));
        begin(ret, "tls-exporter:");
        add(ret, key, sizeof(key));
        return SSP_OK;
    }
    if (!core->has_unique)
        return ssp_fail(UNSUPPORTED);
    begin(ret, "tls-unique:");
    add(ret, core->unique, sizeof(core->unique));
    return SSP_OK;
}

enum ssp_err tls_binding_endpoint(const struct tls_core *core, struct tls_binding *ret)
{
    if (core->endpoint_n == 0)
        return ssp_fail(UNSUPPORTED);
    begin(ret, "tls-server-end-point:");
    add(ret, core->endpoint, core->endpoint_n);
    return SSP_OK;
}
