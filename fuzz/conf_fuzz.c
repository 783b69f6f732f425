/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever loads can be written out again from what was visited, and reads the same. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/conf.h"
#include "base/conf_file.h"
#include "base/wr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct settings {
    char *text;
    bool on;
    uint32_t number;
    int choice;
};

static const char *const words[] = { "one", "two", NULL };
static const struct conf_key keys[] = {
    { .name = "text", .type = CONF_STRING, .offset = offsetof(struct settings, text) },
    { .name = "on", .type = CONF_BOOL, .offset = offsetof(struct settings, on) },
    { .name = "number",
      .type = CONF_NUMBER,
      .offset = offsetof(struct settings, number),
      .fallback = "10",
      .min = 10,
      .max = 20 },
    { .name = "choice",
      .type = CONF_CHOICE,
      .offset = offsetof(struct settings, choice),
      .choices = words },
    { 0 },
};

static void must(bool good)
{
    if (!good)
        abort();
}

static void conf_clear(struct conf *conf)
{
    for (struct conf_entry *e = conf->first; e != NULL;) {
        struct conf_entry *next = e->next;

        free(e);
        e = next;
    }
}

static void put(struct wr *out, const char *text)
{
    wr_view(out, (struct view){ (const uint8_t *)text, strlen(text) });
}

static void write_out(const struct conf *conf, struct wr *out)
{
    for (const struct conf_entry *e = conf->first; e != NULL; e = e->next) {
        put(out, e->name == NULL ? "[" : e->name);
        put(out, e->name == NULL ? e->section : "=");
        put(out, e->name == NULL ? "]" : e->value);
        put(out, "\n");
    }
}

static void must_be_same(const struct conf *a, const struct conf *b)
{
    const struct conf_entry *other = b->first;

    must(a->n == b->n);
    for (const struct conf_entry *e = a->first; e != NULL; e = e->next, other = other->next) {
        must(strcmp(e->section, other->section) == 0 && strcmp(e->value, other->value) == 0);
        must((e->name == NULL) == (other->name == NULL));
        must(e->name == NULL || strcmp(e->name, other->name) == 0);
        must(e->line > 0 && strlen(e->value) < 200);
    }
}

/* Every name is one that stands in the quotes of its section. */
static enum ssp_err must_be_quoted(void *arg, const char *section, const char *name)
{
    size_t n = strlen(name);
    size_t whole = strlen(section);

    (void)arg;
    must(n > 0 && whole > n + 2 && section[whole - 1] == '"' && section[whole - n - 2] == '"');
    must(memcmp(section + whole - n - 1, name, n) == 0);
    return SSP_OK;
}

static void must_read_in_bounds(const struct conf *conf)
{
    struct settings s = { 0 };

    if (conf_read(conf, "s", keys, &s) != SSP_OK)
        return;
    must(s.text != NULL && s.number >= 10 && s.number <= 20);
    must(s.choice == 0 || s.choice == 1);
    free(s.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf conf = { .end = &conf.first };
    struct conf again = { .end = &again.first };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(1 << 22);

    if (conf_parse(&conf, "fuzz", (struct view){ data, size }) == SSP_OK) {
        write_out(&conf, &out);
        must(out.err == SSP_OK);
        must(conf_parse(&again, "fuzz", (struct view){ out.p, out.n }) == SSP_OK);
        must_be_same(&conf, &again);
        must_read_in_bounds(&conf);
        if (conf_each_section(&conf, "s", must_be_quoted, NULL) != SSP_OK)
            must(*conf_last_error() != '\0');
    }
    conf_clear(&conf);
    conf_clear(&again);
    return 0;
}
