/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/attr.h"

#include <string.h>

#include "base/heap.h"
#include "sspi/pkg_info.h"
#include "sspi/text.h"

const struct attr *attr_find(enum handle_kind kind, ULONG attribute)
{
    return kind == HANDLE_CTX ? attr_of_ctx(attribute) : attr_of_cred(attribute);
}

bool attr_has_text(const struct attr *attr)
{
    return attr != NULL && (attr->n_text != 0 || attr->has_package);
}

/* Sets them to NULL too. */
static void free_texts(const struct attr *attr, uint8_t *buffer)
{
    for (size_t i = 0; i < attr->n_text; i++) {
        (void)(heap_free(attr_pointer(buffer, attr->text[i])) == SSP_OK);
        attr_set_pointer(buffer, attr->text[i], NULL);
    }
    if (attr->has_package) {
        (void)(heap_free(attr_pointer(buffer, 0)) == SSP_OK);
        attr_set_pointer(buffer, 0, NULL);
    }
}

/* narrow comes with NULL in the place of every text, so that it can be freed at any time. */
static enum ssp_err narrow_texts(const struct attr *attr, const uint8_t *wide, uint8_t *narrow)
{
    for (size_t i = 0; i < attr->n_text; i++) {
        SEC_CHAR *text = NULL;

        SSP_TRY(text_narrow(attr_pointer(wide, attr->text[i]), &text));
        attr_set_pointer(narrow, attr->text[i], text);
    }
    if (attr->has_package && attr_pointer(wide, 0) != NULL) {
        PSecPkgInfoA package = NULL;

        SSP_TRY(pkg_info_narrow(attr_pointer(wide, 0), 1, &package));
        attr_set_pointer(narrow, 0, package);
    }
    return SSP_OK;
}

enum ssp_err attr_narrow(const struct attr *attr, const void *wide, void *ret)
{
    uint8_t filled[ATTR_WITH_TEXT_MAX] = { 0 };
    uint8_t narrow[ATTR_WITH_TEXT_MAX] = { 0 };
    enum ssp_err e = SSP_OK;

    memcpy(filled, wide, attr->size);
    memcpy(narrow, wide, attr->size);
    for (size_t i = 0; i < attr->n_text; i++)
        attr_set_pointer(narrow, attr->text[i], NULL);
    if (attr->has_package)
        attr_set_pointer(narrow, 0, NULL);
    e = narrow_texts(attr, filled, narrow);
    if (e != SSP_OK)
        free_texts(attr, narrow);
    else
        memcpy(ret, narrow, attr->size);
    free_texts(attr, filled);
    return e;
}
