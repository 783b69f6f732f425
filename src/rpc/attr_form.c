/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/attr_form.h"

#include "base/heap.h"
#include "base/limits.h"
#include "base/trace.h"
#include "base/utf16.h"

bool attr_form_exists(const struct attr *attr)
{
    return attr != NULL && !attr->stays && attr->size <= ATTR_SIZE_MAX;
}

static void free_at(void *structure, size_t offset)
{
    if (heap_free(attr_pointer(structure, offset)) != SSP_OK)
        trace(TRACE_WARNING, "an attribute's memory is not from the heap");
    attr_set_pointer(structure, offset, NULL);
}

void attr_form_free(const struct attr *attr, void *structure)
{
    for (size_t i = 0; i < attr->n_text; i++)
        free_at(structure, attr->text[i]);
    if (attr->has_package)
        free_at(structure, 0);
    if (attr->has_blob)
        free_at(structure, attr->blob);
}

static void clear_pointers(const struct attr *attr, void *structure)
{
    for (size_t i = 0; i < attr->n_text; i++)
        attr_set_pointer(structure, attr->text[i], NULL);
    if (attr->has_package)
        attr_set_pointer(structure, 0, NULL);
    if (attr->has_blob)
        attr_set_pointer(structure, attr->blob, NULL);
}

/* ---- Text: the characters, and one more in the count, since 0 is NULL ---------------------- */

static void encode_text(const char16_t *text, struct wr *out)
{
    size_t n = text != NULL ? str16_len(text) : 0;

    if (n > LIMIT_NAME)
        out->err = ssp_fail(TOO_LARGE);
    wr_le32(out, text != NULL ? n + 1 : 0);
    for (size_t i = 0; i < n; i++)
        wr_le16(out, text[i]);
}

/* The units of it, which are there; -1 for NULL. */
static struct rd open_text(struct rd *in, bool *ret_is_null)
{
    uint32_t n = rd_le32(in);

    *ret_is_null = n == 0;
    if (n > LIMIT_NAME + 1)
        in->bad = true;
    return rd_of(rd_view(in, n == 0 ? 0 : ((size_t)n - 1) * sizeof(char16_t)));
}

static void copy_units(struct rd *units, size_t n, char16_t *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = rd_le16(units);
    to[n] = 0;
}

static enum ssp_err decode_text(struct rd *in, void *structure, size_t offset)
{
    bool is_null = false;
    struct rd units = open_text(in, &is_null);
    size_t n = units.left.n / sizeof(char16_t);

    if (!rd_ok(in))
        return ssp_fail(BAD_FRAME);
    if (is_null)
        return SSP_OK;
    char16_t *text = heap_alloc((n + 1) * sizeof(*text));
    if (text == NULL)
        return ssp_fail(NO_MEMORY);
    copy_units(&units, n, text);
    attr_set_pointer(structure, offset, text);
    return SSP_OK;
}

/* ---- A package's description: one block, as EnumerateSecurityPackages gives it -------------- */

static void encode_package(const SecPkgInfoW *info, struct wr *out)
{
    wr_u8(out, info != NULL ? 1 : 0);
    if (info == NULL)
        return;
    wr_le32(out, info->fCapabilities);
    wr_le16(out, info->wVersion);
    wr_le16(out, info->wRPCID);
    wr_le32(out, info->cbMaxToken);
    encode_text(info->Name, out);
    encode_text(info->Comment, out);
}

static SEC_WCHAR *lay_down(struct rd *units, bool is_null, SEC_WCHAR **at)
{
    size_t n = units->left.n / sizeof(SEC_WCHAR);
    SEC_WCHAR *start = *at;

    if (is_null)
        return NULL;
    copy_units(units, n, start);
    *at += n + 1;
    return start;
}

static enum ssp_err decode_package(struct rd *in, void *structure)
{
    uint8_t is_there = rd_u8(in);
    bool no_name = false;
    bool no_comment = false;

    if (is_there > 1)
        return ssp_fail(BAD_FRAME);
    if (is_there == 0)
        return SSP_OK;
    SecPkgInfoW head = { .fCapabilities = rd_le32(in) };
    head.wVersion = rd_le16(in);
    head.wRPCID = rd_le16(in);
    head.cbMaxToken = rd_le32(in);
    struct rd name = open_text(in, &no_name);
    struct rd comment = open_text(in, &no_comment);
    if (!rd_ok(in))
        return ssp_fail(BAD_FRAME);

    PSecPkgInfoW info =
        heap_alloc(sizeof(*info) + name.left.n + comment.left.n + 2 * sizeof(SEC_WCHAR));
    if (info == NULL)
        return ssp_fail(NO_MEMORY);
    SEC_WCHAR *at = (SEC_WCHAR *)(info + 1);
    *info = head;
    info->Name = lay_down(&name, no_name, &at);
    info->Comment = lay_down(&comment, no_comment, &at);
    attr_set_pointer(structure, 0, info);
    return SSP_OK;
}

/* ---- Bytes: as many as the structure says --------------------------------------------------- */

static uint32_t blob_n(const struct attr *attr, const void *structure)
{
    uint32_t n = 0;

    memcpy(&n, (const uint8_t *)structure + attr->blob_n, sizeof(n));
    return attr_pointer(structure, attr->blob) != NULL ? n : 0;
}

static enum ssp_err decode_blob(const struct attr *attr, struct rd *in, void *structure)
{
    struct view bytes = rd_view(in, rd_le32(in));

    if (!rd_ok(in))
        return ssp_fail(BAD_FRAME);
    if (bytes.n == 0)
        return SSP_OK;
    void *p = heap_alloc(bytes.n);
    if (p == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(p, bytes.p, bytes.n);
    attr_set_pointer(structure, attr->blob, p);
    uint32_t n = (uint32_t)bytes.n;
    memcpy((uint8_t *)structure + attr->blob_n, &n, sizeof(n));
    return SSP_OK;
}

/* ---- The whole ------------------------------------------------------------------------------ */

enum ssp_err attr_form_encode(const struct attr *attr, const void *structure, struct wr *out)
{
    uint8_t flat[ATTR_SIZE_MAX] = { 0 };

    memcpy(flat, structure, attr->size);
    clear_pointers(attr, flat);
    wr_view(out, (struct view){ flat, attr->size });
    for (size_t i = 0; i < attr->n_text; i++)
        encode_text(attr_pointer(structure, attr->text[i]), out);
    if (attr->has_package)
        encode_package(attr_pointer(structure, 0), out);
    if (attr->has_blob) {
        uint32_t n = blob_n(attr, structure);

        wr_le32(out, n);
        if (n != 0)
            wr_view(out, (struct view){ attr_pointer(structure, attr->blob), n });
    }
    explicit_bzero(flat, sizeof(flat));
    return out->err;
}

/* What comes instead of pointers was never one: it is not looked at. */
static enum ssp_err decode_into(const struct attr *attr, struct rd *in, uint8_t *flat)
{
    rd_copy(in, flat, attr->size);
    clear_pointers(attr, flat);
    for (size_t i = 0; i < attr->n_text; i++)
        SSP_TRY(decode_text(in, flat, attr->text[i]));
    if (attr->has_package)
        SSP_TRY(decode_package(in, flat));
    if (attr->has_blob)
        SSP_TRY(decode_blob(attr, in, flat));
    return rd_end(in) == SSP_OK ? SSP_OK : ssp_fail(BAD_FRAME);
}

enum ssp_err attr_form_decode(const struct attr *attr, struct view form, void *ret)
{
    uint8_t flat[ATTR_SIZE_MAX] = { 0 };
    struct rd in = rd_of(form);

    enum ssp_err e = decode_into(attr, &in, flat);
    if (e != SSP_OK)
        attr_form_free(attr, flat);
    else
        memcpy(ret, flat, attr->size);
    explicit_bzero(flat, sizeof(flat));
    return e;
}
