/* SPDX-License-Identifier: Apache-2.0 */
/* What a demo has shown, gathered from its processes, and the verdict on it. */
#ifndef SSP_CLI_DEMO_REPORT_H
#define SSP_CLI_DEMO_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/demo/events.h"

struct demo_report {
    const struct demo_recipe *recipe;
    enum demo_lsa lsa;
    bool gives_up_root;
    uint64_t kdc_pid;     /* 0: the recipe needs none */
    uint64_t lsad_pid;    /* 0: embedded */
    uint64_t greeter_pid; /* likewise */
    uint64_t client_pid;
    uint64_t front_pid;
    uint64_t worker_pid;
    bool all_exited_well;
    uint64_t blob_bytes;
    uint64_t packed_bytes;
    uint64_t export_us;
    uint64_t import_us;
    uint64_t messages_before;
    uint64_t messages_after;
    uint64_t client_messages;
    uint64_t peer_pid;    /* at the other end of the worker's connection */
    char secret_file[16]; /* what the worker got that tried to read it */
    char old_handle[48];
    char second_import[48];
    char token_user[64];
    char inner[64]; /* what a negotiation chose; empty: there was none */
};

/* Notes an event that is a fact; others are passed over. */
void report_note(struct demo_report *report, const struct event *event);

/* The first thing that did not hold, or NULL when all of it did. */
const char *report_flaw(const struct demo_report *report);

void report_print_json(const struct demo_report *report);

#endif
