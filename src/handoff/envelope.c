/* SPDX-License-Identifier: Apache-2.0 */
#include "handoff/envelope.h"

#include <unistr.h>

#include "base/cleanup.h"
#include "crypto/hkdf.h"

static const uint8_t magic[8] = { 'S', 'S', 'P', 'I', 'C', 'T', 'X', 1 };

bool envelope_name_ok(struct view name)
{
    return name.n >= 1 && name.n <= ENVELOPE_NAME_MAX && memchr(name.p, 0, name.n) == NULL &&
           u8_check(name.p, name.n) == NULL;
}

static bool kind_ok(uint16_t kind)
{
    return kind >= ENVELOPE_ESTABLISHED && kind <= ENVELOPE_KEPT;
}

static struct view name_view(const struct envelope_header *header)
{
    return (struct view){ (const uint8_t *)header->name, header->name_n };
}

/* The fields of docs/formats/envelope.md, in its order. */
static void put_header(struct wr *out, const struct seal_key *key,
                       const struct envelope_header *header)
{
    wr_view(out, VIEW_OF(magic));
    wr_le16(out, (size_t)ENVELOPE_HEADER_SIZE + header->name_n);
    wr_le16(out, header->kind);
    wr_le32(out, header->flags);
    wr_view(out, VIEW_OF(header->ticket));
    wr_view(out, VIEW_OF(key->boot));
    wr_view(out, VIEW_OF(key->id));
    wr_le32(out, header->uid_from);
    wr_le32(out, header->uid_to);
    wr_le64(out, header->expires);
    wr_le16(out, header->packed_version);
    wr_le16(out, header->name_n);
    wr_view(out, name_view(header));
}

/* Leaves *in at the first byte behind the header. */
static enum ssp_err get_header(struct rd *in, struct envelope_header *ret)
{
    struct envelope_header header = { 0 };
    struct view start = rd_view(in, sizeof(magic));
    size_t header_n = rd_le16(in);

    header.kind = rd_le16(in);
    header.flags = rd_le32(in);
    rd_copy(in, header.ticket, sizeof(header.ticket));
    rd_copy(in, header.boot, sizeof(header.boot));
    rd_copy(in, header.key_id, sizeof(header.key_id));
    header.uid_from = rd_le32(in);
    header.uid_to = rd_le32(in);
    header.expires = rd_le64(in);
    header.packed_version = rd_le16(in);
    header.name_n = rd_le16(in);
    struct view name = rd_view(in, header.name_n);

    if (!rd_ok(in) || !ct_eq(start, VIEW_OF(magic)) || !kind_ok(header.kind) ||
        !envelope_name_ok(name) || header_n != ENVELOPE_HEADER_SIZE + name.n)
        return ssp_fail(BAD_ENVELOPE);
    memcpy(header.name, name.p, name.n);
    *ret = header;
    return SSP_OK;
}

/* What a blob consists of; all views point into it. */
struct parts {
    struct view header;
    struct view cipher;
    struct view tag;
};

static enum ssp_err split(struct view blob, struct envelope_header *ret_header, struct parts *ret)
{
    struct rd in = rd_of(blob);
    struct envelope_header header = { 0 };
    struct parts parts = { 0 };

    SSP_TRY(get_header(&in, &header));
    if (in.left.n < AEAD_TAG_SIZE || in.left.n > LIMIT_PACKED + AEAD_TAG_SIZE)
        return ssp_fail(BAD_ENVELOPE);
    parts.header = (struct view){ blob.p, blob.n - in.left.n };
    parts.cipher = rd_view(&in, in.left.n - AEAD_TAG_SIZE);
    parts.tag = rd_view(&in, AEAD_TAG_SIZE);
    *ret_header = header;
    *ret = parts;
    return SSP_OK;
}

/*
 * The key of this one envelope.  It depends on every byte of the header, and the
 * ticket id in there is never used twice, so each key seals one plaintext and
 * the nonce may be a constant.
 */
static struct key envelope_key(const struct seal_key *key, const uint8_t ticket[ENVELOPE_ID_SIZE],
                               struct view header)
{
    return hkdf_sha256(key_view(&key->key), (struct view){ ticket, ENVELOPE_ID_SIZE }, header,
                       AEAD_KEY_SIZE);
}

static const uint8_t zero_nonce[AEAD_NONCE_SIZE];

enum ssp_err envelope_seal(const struct seal_key *key, const struct envelope_header *header,
                           struct view plain, struct wr *out)
{
    size_t start = out->n;

    if (!kind_ok(header->kind) || !envelope_name_ok(name_view(header)))
        return ssp_fail(BAD_ARGUMENT);
    if (plain.n > LIMIT_PACKED)
        return ssp_fail(TOO_LARGE);
    put_header(out, key, header);
    size_t header_n = out->n - start;
    wr_view(out, plain);
    wr_zero(out, AEAD_TAG_SIZE);
    SSP_TRY(out->err);

    struct view sealed_header = { out->p + start, header_n };
    uint8_t *body = out->p + start + header_n;
    ssp_cleanup(key_wipe) struct key once = envelope_key(key, header->ticket, sealed_header);
    aes256_gcm_seal(once.b, zero_nonce, sealed_header, (struct view){ body, plain.n }, body,
                    body + plain.n);
    return SSP_OK;
}

enum ssp_err envelope_peek(struct view blob, struct envelope_header *ret)
{
    struct parts parts = { 0 };

    return split(blob, ret, &parts);
}

enum ssp_err envelope_open(const struct seal_key *key, struct view blob,
                           struct envelope_header *ret_header, struct secret *ret_plain)
{
    struct envelope_header header = { 0 };
    struct parts parts = { 0 };
    ssp_cleanup(secret_wipe) struct secret plain = { 0 };

    SSP_TRY(split(blob, &header, &parts));
    if (!ct_eq(VIEW_OF(header.boot), VIEW_OF(key->boot)) ||
        !ct_eq(VIEW_OF(header.key_id), VIEW_OF(key->id)))
        return ssp_fail(BAD_ENVELOPE);
    SSP_TRY(secret_new(parts.cipher, &plain));

    ssp_cleanup(key_wipe) struct key once = envelope_key(key, header.ticket, parts.header);
    if (aes256_gcm_open(once.b, zero_nonce, parts.header, parts.cipher, parts.tag.p, plain.p) !=
        SSP_OK)
        return ssp_fail(BAD_ENVELOPE);
    *ret_header = header;
    *ret_plain = plain;
    plain = (struct secret){ 0 };
    return SSP_OK;
}
