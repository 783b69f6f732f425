/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/json.h"

/* RFC 8259 7: quotes, backslashes and control characters are escaped, all else stands for itself.
 */
static void put_string(FILE *out, const char *utf8)
{
    (void)fputc('"', out);
    for (const char *p = utf8; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7f)
            (void)fprintf(out, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            (void)fprintf(out, "\\%c", c);
        else
            (void)fputc(c, out);
    }
    (void)fputc('"', out);
}

static void put_name(struct json *json, const char *name)
{
    (void)fputs(json->has_members ? ", " : "{", json->out);
    json->has_members = true;
    put_string(json->out, name);
    (void)fputs(": ", json->out);
}

struct json json_open(FILE *out)
{
    return (struct json){ .out = out };
}

void json_string(struct json *json, const char *name, const char *utf8)
{
    put_name(json, name);
    if (utf8 == NULL)
        (void)fputs("null", json->out);
    else
        put_string(json->out, utf8);
}

void json_number(struct json *json, const char *name, uint64_t value)
{
    put_name(json, name);
    (void)fprintf(json->out, "%llu", (unsigned long long)value);
}

void json_bool(struct json *json, const char *name, bool value)
{
    put_name(json, name);
    (void)fputs(value ? "true" : "false", json->out);
}

void json_strings(struct json *json, const char *name, const char *const *values, size_t n)
{
    put_name(json, name);
    (void)fputc('[', json->out);
    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            (void)fputs(", ", json->out);
        put_string(json->out, values[i]);
    }
    (void)fputc(']', json->out);
}

void json_close(struct json *json)
{
    (void)fputs(json->has_members ? "}\n" : "{}\n", json->out);
}
