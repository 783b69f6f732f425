/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <stdio.h>

static double ratio_of(const struct row *row)
{
    return row->ours / row->theirs;
}

static bool is_met(const struct row *row)
{
    return (row->aim == AIM_VALUE ? row->ours : ratio_of(row)) <= row->at_most;
}

static int digits(double value)
{
    return value < 10 ? 2 : value < 100 ? 1 : 0;
}

static void print_text(const struct row *row)
{
    bool goes_on = row->other != NULL || row->aim != AIM_NONE;

    (void)printf("  %-46s %9.*f %*s", row->name, digits(row->ours), row->ours, goes_on ? -2 : 0,
                 row->unit);
    if (row->other != NULL) {
        (void)printf("  %-23s %9.*f %-2s  %5.2f", row->other, digits(row->theirs), row->theirs,
                     row->unit, ratio_of(row));
    } else if (row->aim != AIM_NONE) {
        (void)printf("  %-43s", "");
    }
    if (row->aim != AIM_NONE)
        (void)printf("  aim %.4g%s", row->at_most, is_met(row) ? "" : ", MISSED");
    (void)printf("\n");
}

/* Names are ours: none needs escaping. */
static void print_json(const struct row *row)
{
    (void)printf("{\"name\": \"%s\", \"unit\": \"%s\", \"ours\": %.2f", row->name, row->unit,
                 row->ours);
    if (row->other != NULL) {
        (void)printf(", \"other\": \"%s\", \"theirs\": %.2f, \"ratio\": %.3f", row->other,
                     row->theirs, ratio_of(row));
    }
    if (row->aim != AIM_NONE) {
        (void)printf(", \"aim_of\": \"%s\", \"aim\": %.4g, \"met\": %s",
                     row->aim == AIM_VALUE ? "ours" : "ratio", row->at_most,
                     is_met(row) ? "true" : "false");
    }
    (void)printf("}\n");
}

void report_heading(const struct report *report, const char *text)
{
    if (!report->json)
        (void)printf("\n%-48s %12s  %-23s %12s  ratio\n", text, "ours", "other", "theirs");
}

void report_row(const struct report *report, const struct row *row)
{
    (report->json ? print_json : print_text)(row);
    (void)fflush(stdout);
}
