/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/report.h"

#include <stdlib.h>
#include <string.h>

#include "cli/json.h"

enum fact_type { NUMBER, TEXT };

/* Facts by the key they are told with; sizes are of text. */
/* clang-format off */
#define NUMBER_FACT(name) { #name, NUMBER, offsetof(struct demo_report, name), sizeof(uint64_t) }
#define TEXT_FACT(name) \
    { #name, TEXT, offsetof(struct demo_report, name), sizeof((struct demo_report){ 0 }.name) }
/* clang-format on */
static const struct {
    const char *key;
    enum fact_type type;
    size_t offset;
    size_t size;
} facts[] = {
    NUMBER_FACT(blob_bytes),
    NUMBER_FACT(packed_bytes),
    NUMBER_FACT(export_us),
    NUMBER_FACT(import_us),
    NUMBER_FACT(messages_before),
    NUMBER_FACT(messages_after),
    NUMBER_FACT(client_messages),
    NUMBER_FACT(peer_pid),
    TEXT_FACT(old_handle),
    TEXT_FACT(second_import),
    TEXT_FACT(token_user),
    TEXT_FACT(secret_file),
    TEXT_FACT(inner),
};

static void set(struct demo_report *report, size_t fact, const char *value)
{
    char *member = (char *)report + facts[fact].offset;
    uint64_t number = strtoull(value, NULL, 10);

    if (facts[fact].type == NUMBER)
        memcpy(member, &number, sizeof(number));
    else
        memcpy(member, value, strnlen(value, facts[fact].size - 1)); /* all of it is 0 before */
}

void report_note(struct demo_report *report, const struct event *event)
{
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        if (strcmp(facts[i].key, event->key) == 0)
            set(report, i, event->value);
    }
}

const char *report_flaw(const struct demo_report *report)
{
    const uint64_t before = 2 * (uint64_t)ROUNDS_BEFORE;
    const uint64_t after = 2 * (uint64_t)ROUNDS_AFTER;
    const struct {
        bool holds;
        const char *flaw;
    } claims[] = {
        { report->messages_before == before, "messages were missing before the hand-over" },
        { report->blob_bytes > report->packed_bytes, "nothing was exported" },
        { report->messages_after == after, "messages were missing after the hand-over" },
        { report->client_messages == before + after, "the client noticed" },
        { report->peer_pid == report->client_pid, "the worker talked to another client" },
        { strcmp(report->token_user, report->recipe->user) == 0, "the token names another user" },
        { report->recipe->inner == NULL || strcmp(report->inner, report->recipe->inner) == 0,
          "another package was negotiated" },
        { strcmp(report->old_handle, "SEC_E_INVALID_HANDLE") == 0, "the old handle still works" },
        { strcmp(report->second_import, "SEC_E_CONTEXT_EXPIRED") == 0,
          "the blob could be imported twice" },
        { !report->gives_up_root || strcmp(report->secret_file, "EACCES") == 0,
          "the worker could read the file with the secrets" },
        { report->all_exited_well, "a process failed" },
    };

    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        if (!claims[i].holds)
            return claims[i].flaw;
    }
    return NULL;
}

static const char *lsa_of(const struct demo_report *report)
{
    return report->lsa == DEMO_LSAD ? "lsad" : "embedded";
}

void report_print_json(const struct demo_report *report)
{
    const char *flaw = report_flaw(report);
    struct json json = json_open(stdout);

    json_string(&json, "title", report->recipe->title);
    json_string(&json, "package", report->recipe->package);
    json_string(&json, "inner", report->inner);
    json_string(&json, "lsa", lsa_of(report));
    json_number(&json, "kdc_pid", report->kdc_pid);
    json_number(&json, "lsad_pid", report->lsad_pid);
    json_number(&json, "greeter_pid", report->greeter_pid);
    json_number(&json, "client_pid", report->client_pid);
    json_number(&json, "front_pid", report->front_pid);
    json_number(&json, "worker_pid", report->worker_pid);
    json_number(&json, "blob_bytes", report->blob_bytes);
    json_number(&json, "packed_bytes", report->packed_bytes);
    json_number(&json, "export_us", report->export_us);
    json_number(&json, "import_us", report->import_us);
    json_number(&json, "messages_before", report->messages_before);
    json_number(&json, "messages_after", report->messages_after);
    json_string(&json, "old_handle", report->old_handle);
    json_string(&json, "second_import", report->second_import);
    json_string(&json, "secret_file", report->secret_file);
    json_string(&json, "result", flaw == NULL ? "ok" : flaw);
    json_close(&json);
}
