/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_file.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/conf.h"
#include "base/limits.h"
#include "base/trace.h"

static _Thread_local char last_error[1024];

const char *conf_last_error(void)
{
    return last_error;
}

void conf_say(const char *file, int line, const char *text)
{
    if (line > 0)
        (void)snprintf(last_error, sizeof(last_error), "%s:%d: %s", file, line, text);
    else
        (void)snprintf(last_error, sizeof(last_error), "%s: %s", file, text);
    trace(TRACE_ERROR, "%s", last_error);
}

enum ssp_err conf_fail(const char *file, int line, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    conf_say(file, line, text);
    return ssp_fail(BAD_CONFIG);
}

const struct conf_entry *conf_find(const struct conf *conf, const char *section, const char *name)
{
    const struct conf_entry *found = NULL;

    for (const struct conf_entry *e = conf->first; e != NULL; e = e->next)
        if (e->name != NULL && strcmp(e->name, name) == 0 && strcmp(e->section, section) == 0)
            found = e;
    return found;
}

struct parser {
    struct conf *conf;
    const char *file;
    struct conf_entry **start; /* where the entries of this file begin */
    struct rd in;
    int line;
    bool in_section;
    enum ssp_err err; /* what stopped us; inih knows only that something did */
};

/* Copies a text to *at, and moves *at behind it. */
static const char *put_text(char **at, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = memcpy(*at, text, n);

    *at += n;
    return copy;
}

/* name may be NULL. */
static enum ssp_err add_entry(struct parser *p, const char *section, const char *name,
                              const char *value)
{
    const char *name_text = name == NULL ? "" : name;
    size_t n = strlen(p->file) + strlen(section) + strlen(name_text) + strlen(value) + 4;
    struct conf_entry *e = malloc(sizeof(*e) + n);

    if (e == NULL)
        return ssp_fail(NO_MEMORY);
    char *at = (char *)(e + 1);
    *e = (struct conf_entry){ .line = p->line };
    e->file = put_text(&at, p->file);
    e->section = put_text(&at, section);
    e->value = put_text(&at, value);
    e->name = put_text(&at, name_text);
    if (name == NULL)
        e->name = NULL;
    *p->conf->end = e;
    p->conf->end = &e->next;
    p->conf->n++;
    return SSP_OK;
}

static enum ssp_err check_heading(struct parser *p, const char *line)
{
    const char *close = strchr(line, ']');
    char section[CONF_NAME_MAX + 1] = { 0 };

    if (close == NULL)
        return conf_fail(p->file, p->line, "no ']' after the name of the section");
    size_t n = (size_t)(close - line) - 1;
    if (n == 0 || n > CONF_NAME_MAX || memchr(line, ';', n) != NULL)
        return conf_fail(p->file, p->line, "not a name for a section");
    if (strchr(";#", close[1 + strspn(close + 1, " \t")]) == NULL)
        return conf_fail(p->file, p->line, "text after the name of the section");
    memcpy(section, line + 1, n);
    p->in_section = true;
    return add_entry(p, section, NULL, "");
}

static enum ssp_err check_setting(const struct parser *p, const char *line)
{
    size_t n = strcspn(line, "=:;");

    if (line[n] != '=')
        return conf_fail(p->file, p->line, "neither a [section] nor name = value");
    while (n > 0 && strchr(" \t", line[n - 1]) != NULL)
        n--;
    if (n == 0 || n > CONF_NAME_MAX)
        return conf_fail(p->file, p->line, "not a name for a setting");
    if (!p->in_section)
        return conf_fail(p->file, p->line, "a setting before the first [section]");
    return SSP_OK;
}

static bool is_clean_text(struct view line)
{
    for (size_t i = 0; i < line.n; i++)
        if ((line.p[i] < 0x20 && line.p[i] != '\t') || line.p[i] == 0x7f)
            return false;
    return line.n == 0 || u8_check(line.p, line.n) == NULL;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Copies one line to inih's memory, if inih will take it for what it is. */
static enum ssp_err take_line(struct parser *p, struct view line, char *room, size_t size)
{
    while (line.n > 0 && is_blank(line.p[line.n - 1]))
        line.n--;
    while (line.n > 0 && is_blank(line.p[0])) {
        line.p++;
        line.n--;
    }
    if (line.n + 1 > size)
        return conf_fail(p->file, p->line, "a line of more than %zu bytes", size - 1);
    if (!is_clean_text(line))
        return conf_fail(p->file, p->line, "a control character, or not UTF-8");
    if (p->conf->n >= LIMIT_SETTINGS)
        return conf_fail(p->file, p->line, "more than %d settings", LIMIT_SETTINGS);

    memset(room, 0, size);
    if (line.n != 0)
        memcpy(room, line.p, line.n);
    if (room[0] == '\0' || room[0] == ';' || room[0] == '#')
        return SSP_OK;
    return room[0] == '[' ? check_heading(p, room) : check_setting(p, room);
}

/* inih's way to the next line, as fgets() has it. */
static char *next_line(char *room, int size, void *arg)
{
    struct parser *p = arg;

    if (p->err != SSP_OK || p->in.left.n == 0 || size <= 0)
        return NULL;
    const uint8_t *end = memchr(p->in.left.p, '\n', p->in.left.n);
    struct view line = rd_view(&p->in, end == NULL ? p->in.left.n : (size_t)(end - p->in.left.p));

    (void)rd_view(&p->in, end == NULL ? 0 : 1);
    p->line++;
    p->err = take_line(p, line, room, (size_t)size);
    return p->err == SSP_OK ? room : NULL;
}

/* The same name twice in one file is a slip, and which one was meant nobody knows. */
static const struct conf_entry *find_in_file(const struct parser *p, const char *section,
                                             const char *name)
{
    for (const struct conf_entry *e = *p->start; e != NULL; e = e->next)
        if (e->name != NULL && strcmp(e->name, name) == 0 && strcmp(e->section, section) == 0)
            return e;
    return NULL;
}

static int take_setting(void *arg, const char *section, const char *name, const char *value)
{
    struct parser *p = arg;
    const struct conf_entry *before = find_in_file(p, section, name);

    if (before == NULL)
        p->err = add_entry(p, section, name, value);
    else
        p->err = conf_fail(p->file, p->line, "%s is set in line %d already", name, before->line);
    return p->err == SSP_OK;
}

enum ssp_err conf_parse(struct conf *conf, const char *file, struct view text)
{
    static const uint8_t bom[] = { 0xef, 0xbb, 0xbf };
    struct parser p = { .conf = conf, .file = file, .start = conf->end, .in = rd_of(text) };

    if (text.n >= sizeof(bom) && text.p[0] == bom[0] && text.p[1] == bom[1] && text.p[2] == bom[2])
        (void)rd_view(&p.in, sizeof(bom));
    int first_bad = ini_parse_stream(next_line, &p, take_setting, &p);

    SSP_TRY(p.err);
    if (first_bad < 0)
        return ssp_fail(NO_MEMORY);
    return first_bad == 0 ? SSP_OK : conf_fail(file, first_bad, "not understood");
}
