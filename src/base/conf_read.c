/* SPDX-License-Identifier: Apache-2.0 */
/* Settings to the members of a struct, as a table says. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/conf.h"
#include "base/conf_file.h"
#include "base/limits.h"

/* Big enough for a member of any type. */
union member {
    char *string;
    bool yes;
    uint32_t number;
    int choice;
};

/* The values of a table's keys, until all are known to be good. */
struct values {
    const struct conf_key *keys;
    union member v[LIMIT_KEYS];
    size_t n;
};

static void values_free(struct values *values)
{
    for (size_t i = 0; i < values->n; i++)
        if (values->keys[i].type == CONF_STRING)
            free(values->v[i].string);
}

/* What is wrong with a value; NULL when nothing is. */
typedef const char *reader(const struct conf_key *key, const char *text, union member *ret);

static const char *read_string(const struct conf_key *key, const char *text, union member *ret)
{
    size_t n = strlen(text) + 1;

    (void)key;
    ret->string = malloc(n);
    if (ret->string != NULL)
        memcpy(ret->string, text, n);
    return NULL;
}

static const char *read_bool(const struct conf_key *key, const char *text, union member *ret)
{
    static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

    (void)key;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(text, words[i]) == 0) {
            ret->yes = i % 2 == 1;
            return NULL;
        }
    }
    return "neither yes nor no";
}

/* Ten digits at most: fits any 64-bit number. */
static const char *read_number(const struct conf_key *key, const char *text, union member *ret)
{
    uint32_t max = key->max == 0 ? UINT32_MAX : key->max;
    size_t n = strlen(text);

    if (n == 0 || n > 10 || strspn(text, "0123456789") != n)
        return "not a number";
    unsigned long long number = strtoull(text, NULL, 10);
    if (number < key->min || number > max)
        return "a number out of its bounds";
    ret->number = (uint32_t)number;
    return NULL;
}

static const char *read_choice(const struct conf_key *key, const char *text, union member *ret)
{
    for (int i = 0; key->choices[i] != NULL; i++) {
        if (strcmp(text, key->choices[i]) == 0) {
            ret->choice = i;
            return NULL;
        }
    }
    return "none of the words that are allowed";
}

static const struct {
    reader *read;
    size_t size; /* of the member */
} types[] = {
    [CONF_STRING] = { read_string, sizeof(char *) },
    [CONF_BOOL] = { read_bool, sizeof(bool) },
    [CONF_NUMBER] = { read_number, sizeof(uint32_t) },
    [CONF_CHOICE] = { read_choice, sizeof(int) },
};

static const struct conf_key *key_of(const struct conf_key *keys, const char *name)
{
    for (const struct conf_key *key = keys; key->name != NULL; key++)
        if (strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

static enum ssp_err check_names(const struct conf *conf, const char *section,
                                const struct conf_key *keys)
{
    for (const struct conf_entry *e = conf->first; e != NULL; e = e->next)
        if (e->name != NULL && strcmp(e->section, section) == 0 && key_of(keys, e->name) == NULL)
            return conf_fail(e->file, e->line, "[%s] has no setting %s", section, e->name);
    return SSP_OK;
}

/* What no file sets and the table has no word for is all zero, or an empty string. */
static enum ssp_err read_one(const struct conf *conf, const char *section,
                             const struct conf_key *key, union member *ret)
{
    const struct conf_entry *e = conf_find(conf, section, key->name);
    const char *text = e != NULL ? e->value : key->fallback;

    if (text == NULL && key->type != CONF_STRING)
        return SSP_OK;
    const char *wrong = types[key->type].read(key, text == NULL ? "" : text, ret);
    assert(wrong == NULL || e != NULL); /* a fallback is the program's own */
    if (wrong != NULL)
        return conf_blame(conf, section, key->name, wrong);
    return key->type == CONF_STRING && ret->string == NULL ? ssp_fail(NO_MEMORY) : SSP_OK;
}

enum ssp_err conf_read(const struct conf *conf, const char *section, const struct conf_key *keys,
                       void *target)
{
    ssp_cleanup(values_free) struct values values = { .keys = keys };

    SSP_TRY(check_names(conf, section, keys));
    for (size_t i = 0; keys[i].name != NULL; i++) {
        assert(i < LIMIT_KEYS);
        SSP_TRY(read_one(conf, section, &keys[i], &values.v[i]));
        values.n = i + 1;
    }
    for (size_t i = 0; i < values.n; i++)
        memcpy((uint8_t *)target + keys[i].offset, &values.v[i], types[keys[i].type].size);
    values.n = 0; /* the strings are the caller's now */
    return SSP_OK;
}
