/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "base/trace.h"

#include <stddef.h>

struct err_row {
    uint32_t status;
    const char *text;
};

static const struct err_row rows[] = {
    [SSP_OK] = { 0, "success" },
#define SSP_ERR(name, status, text) [SSP_ERR_##name] = { status, text },
#include "base/err.def"
#undef SSP_ERR
};

static const struct err_row *row_of(enum ssp_err e)
{
    size_t i = (size_t)e;

    return &rows[i < sizeof(rows) / sizeof(rows[0]) ? i : SSP_ERR_INTERNAL];
}

enum ssp_err ssp_fail_at(enum ssp_err e, const char *file, int line)
{
    trace(TRACE_DEBUG, "%s:%d: %s", file, line, ssp_err_text(e));
    return e;
}

int32_t ssp_err_status(enum ssp_err e)
{
    return (int32_t)row_of(e)->status;
}

const char *ssp_err_text(enum ssp_err e)
{
    return row_of(e)->text;
}
