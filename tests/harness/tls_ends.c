/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tls_ends.h"

#include "base/clock.h"

const uint16_t tls_ends_suites[] = { 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca9,
                                     0xcca8, 0x009e, 0x009f, 0xccaa, 0x009c, 0x009d, 0 };

static void fill(uint8_t *dst, size_t n, uint8_t with)
{
    for (size_t i = 0; i < n; i++)
        dst[i] = (uint8_t)(with + i);
}

struct tls_core tls_ends_core(uint16_t suite, enum tls_role role)
{
    const struct tls_suite *found = tls_suite_find(suite);
    struct tls_core core = {
        .role = role,
        .suite = found,
        .start = 1,
        .expiry = FILETIME_NEVER,
        .attributes = 0x0001811c,
        .endpoint_n = 32,
        .group = 29,
        .signature = 0x0804,
        .exchange_bits = 255,
    };
    size_t n = tls_suite_hash_size(found);

    fill(core.endpoint, core.endpoint_n, 0x60);
    fill(core.exporter, found->version == TLS_1_3 ? n : sizeof(core.exporter), 0xc0);
    if (found->version == TLS_1_3) {
        fill(core.send.secret, n, role == TLS_CLIENT ? 0x10 : 0x90);
        fill(core.recv.secret, n, role == TLS_CLIENT ? 0x90 : 0x10);
        return core;
    }
    core.send.seq = 1; /* after Finished */
    core.recv.seq = 1;
    core.has_unique = true;
    fill(core.unique, sizeof(core.unique), 0xe0);
    fill(core.client_random, sizeof(core.client_random), 0x20);
    fill(core.server_random, sizeof(core.server_random), 0x40);
    return core;
}

static void begin(struct tls_side *end, uint16_t suite, enum tls_role role)
{
    end->core = tls_ends_core(suite, role);
    end->conn = (struct tls_conn){ .core = &end->core };
}

void tls_ends_begin(struct tls_ends *pair, uint16_t suite)
{
    begin(&pair->client, suite, TLS_CLIENT);
    begin(&pair->server, suite, TLS_SERVER);
}

void tls_ends_end(struct tls_ends *pair)
{
    tls_conn_close(&pair->client.conn);
    tls_conn_close(&pair->server.conn);
    tls_core_wipe(&pair->client.core);
    tls_core_wipe(&pair->server.core);
}

/* ---- Sending ----------------------------------------------------------- */

enum ssp_err tls_ends_send_at(struct tls_side *from, struct view text, uint8_t *dst, size_t *ret_n)
{
    const struct tls_suite *suite = from->core.suite;
    size_t header_n = tls_header_size(suite);

    if (text.n != 0)
        memcpy(dst + header_n, text.p, text.n);
    SecBuffer buffers[] = {
        { (ULONG)header_n, SECBUFFER_STREAM_HEADER, dst },
        { (ULONG)text.n, SECBUFFER_DATA, dst + header_n },
        { (ULONG)tls_trailer_size(suite), SECBUFFER_STREAM_TRAILER, dst + header_n + text.n },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    SSP_TRY(tls_stream_seal(&from->conn, 0, &desc));
    *ret_n = buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer;
    return SSP_OK;
}

enum ssp_err tls_ends_record_at(struct tls_side *from, uint8_t type, struct view text, uint8_t *dst,
                                size_t *ret_n)
{
    size_t header_n = tls_header_size(from->core.suite);
    const struct tls_place place = { dst, dst + header_n, text.n, dst + header_n + text.n };

    if (text.n != 0)
        memcpy(place.text, text.p, text.n);
    SSP_TRY(tls_record_seal(&from->conn, type, &place));
    *ret_n = header_n + text.n + tls_tail_size(from->core.suite);
    return SSP_OK;
}

/* What goes on behind the last zero byte is for the record the type, and so a zero byte more. */
enum ssp_err tls_ends_padded_at(struct tls_side *from, struct view text, size_t padding,
                                uint8_t *dst, size_t *ret_n)
{
    static uint8_t inner[TLS_TEXT_MAX + 512];

    if (padding == 0)
        return tls_ends_record_at(from, TLS_TYPE_DATA, text, dst, ret_n);
    memset(inner, 0, sizeof(inner));
    if (text.n != 0)
        memcpy(inner, text.p, text.n);
    inner[text.n] = TLS_TYPE_DATA;
    return tls_ends_record_at(from, 0, (struct view){ inner, text.n + padding }, dst, ret_n);
}

enum ssp_err tls_ends_send(struct tls_side *from, struct view text, struct tls_wire *wire)
{
    size_t n = 0;

    SSP_TRY(tls_ends_send_at(from, text, wire->p + wire->n, &n));
    wire->n += n;
    return SSP_OK;
}

enum ssp_err tls_ends_record(struct tls_side *from, uint8_t type, struct view text,
                             struct tls_wire *wire)
{
    size_t n = 0;

    SSP_TRY(tls_ends_record_at(from, type, text, wire->p + wire->n, &n));
    wire->n += n;
    return SSP_OK;
}

/* ---- Receiving --------------------------------------------------------- */

static struct view found(const SecBufferDesc *desc, ULONG type)
{
    for (ULONG i = 0; i < desc->cBuffers; i++)
        if (desc->pBuffers[i].BufferType == type)
            return (struct view){ desc->pBuffers[i].pvBuffer, desc->pBuffers[i].cbBuffer };
    return (struct view){ 0 };
}

enum ssp_err tls_ends_receive(struct tls_side *to, uint8_t *bytes, size_t n, struct tls_got *ret)
{
    SecBuffer buffers[] = {
        { (ULONG)n, SECBUFFER_DATA, bytes },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_EMPTY, NULL },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };
    enum tls_event event = TLS_EVENT_QUIET;

    *ret = (struct tls_got){ 0 };
    enum ssp_err e = tls_stream_open(&to->conn, &desc, &event);
    ret->missing = found(&desc, SECBUFFER_MISSING).n;
    if (e != SSP_OK)
        return e;
    ret->event = event;
    ret->text = found(&desc, SECBUFFER_DATA);
    ret->extra = found(&desc, SECBUFFER_EXTRA);
    return SSP_OK;
}
