/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/audit.h"

#include "base/trace.h"
#include "lsa/call.h"
#include "lsa/client.h"
#include "lsa/logon.h"
#include "lsa/package.h"
#include "lsa/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE = 960,  /* fits a line of the log: trace.c cuts at 1023 */
    VALUE = 160, /* of one quoted value, escaped; four of them leave room for the rest */
    ESCAPED = 4, /* \xHH */
    TICKET_SHOWN = ENVELOPE_ID_SIZE / 2,
};

struct line {
    char text[LINE];
    size_t n;
    bool is_cut;
};

static const struct {
    const char *name;
    enum trace_level level;
} events[AUDIT_EVENTS] = {
    [AUDIT_LOGON] = { "logon", TRACE_NOTICE },
    [AUDIT_LOGON_REFUSED] = { "logon-refused", TRACE_WARNING },
    [AUDIT_EXPORT] = { "export", TRACE_NOTICE },
    [AUDIT_IMPORT] = { "import", TRACE_NOTICE },
    [AUDIT_IMPORT_REFUSED] = { "import-refused", TRACE_WARNING },
};

/* Of our own making, and bounded: there is room. */
static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct line *line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(line->text + line->n, sizeof(line->text) - line->n, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < sizeof(line->text) - line->n)
        line->n += (size_t)n;
    else
        line->text[line->n] = '\0';
}

static void add_byte(struct line *line, unsigned char c)
{
    if (c < ' ' || c > '~' || c == '"' || c == '\\')
        add(line, "\\x%02x", c);
    else
        add(line, "%c", c);
}

static void add_chosen(struct line *line, const char *name, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    add(line, " %s=\"", name);
    size_t end = line->n + VALUE;
    while (*value != '\0' && line->n + ESCAPED <= end)
        add_byte(line, (unsigned char)*value++);
    add(line, "\"");
    line->is_cut = line->is_cut || *value != '\0';
}

static void add_client(struct line *line, struct client *client)
{
    if (client == NULL)
        return;
    add(line, " uid=%u pid=%d", (unsigned)client->door->uid(client),
        (int)client->door->pid(client));
}

static void add_envelope(struct line *line, const struct envelope_header *header)
{
    if (header == NULL)
        return;
    add(line, " kind=%u flags=0x%x from=%u to=%u ticket=", header->kind, (unsigned)header->flags,
        (unsigned)header->uid_from, (unsigned)header->uid_to);
    for (size_t i = 0; i < TICKET_SHOWN; i++)
        add(line, "%02x", header->ticket[i]);
}

static void add_logon(struct line *line, const struct audit_logon *logon)
{
    if (logon == NULL)
        return;
    if (logon->has_id)
        add(line, " logon=0x%" PRIx64, luid_to_u64(logon->id));
    add_chosen(line, "domain", logon->domain);
    add_chosen(line, "user", logon->user);
    add_chosen(line, "workstation", logon->workstation);
}

void audit(struct client *client, const struct audit *what)
{
    struct line line = { .n = 0 };

    if (!trace_is_heard(events[what->event].level))
        return;
    add(&line, "audit event=%s", events[what->event].name);
    add_client(&line, client);
    add_chosen(&line, "package", what->package);
    add(&line, " status=0x%08x", (unsigned)what->status);
    add_envelope(&line, what->envelope);
    add_logon(&line, what->logon);
    if (line.is_cut)
        add(&line, " cut=1");
    trace(events[what->event].level, "%s", line.text);
}

/* A package may call another one, whose notes are the outer leg's then, and say so. */
struct audit_logon *audit_notes(void)
{
    const struct call *current = call_current();

    for (const struct call *call = current; call != NULL; call = call->outer) {
        if (call->notes == NULL)
            continue;
        if (call != current && current->package != NULL)
            call->notes->package = current->package->name8;
        return call->notes;
    }
    return NULL;
}

static void note(const UNICODE_STRING *text, char *ret, size_t n)
{
    if (text != NULL && lsa_text_to_utf8(text, ret, n) != SSP_OK)
        (void)snprintf(ret, n, "?");
}

void audit_note(struct audit_logon *logon, const UNICODE_STRING *domain, const UNICODE_STRING *user,
                const UNICODE_STRING *workstation)
{
    note(domain, logon->domain, sizeof(logon->domain));
    note(user, logon->user, sizeof(logon->user));
    note(workstation, logon->workstation, sizeof(logon->workstation));
}
