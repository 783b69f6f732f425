/* SPDX-License-Identifier: Apache-2.0 */
/* An account that a SAM file holds stands on a line of its own that says the same alone, and a file
 * with a bad line lets nobody in: the walk ends there. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "packages/ntlm/sam.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool fine)
{
    if (!fine)
        abort();
}

static enum ssp_err compare(void *arg, const struct sam_entry *entry, struct view line)
{
    const struct sam_entry *first = arg;

    (void)line;
    need(str16_eq_nocase(&entry->user, &first->user));
    need(str16_eq_nocase(&entry->domain, &first->domain));
    need(ct_eq(VIEW_OF(entry->hash), VIEW_OF(first->hash)));
    return SSP_OK;
}

static enum ssp_err visit(void *arg, const struct sam_entry *entry, struct view line)
{
    const struct view *whole = arg;
    struct sam_entry copy = *entry; /* borrows */
    struct sam_flaw flaw = { 0 };

    need(line.p >= whole->p && line.p + line.n <= whole->p + whole->n);
    need(entry->user.n != 0);
    need(sam_parse(line, compare, &copy, &flaw) == SSP_OK);
    return SSP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view whole = { data, size };
    struct sam_flaw flaw = { 0 };

    if (sam_parse(whole, visit, &whole, &flaw) != SSP_OK)
        need(flaw.line != 0 && flaw.why != NULL);
    return 0;
}
