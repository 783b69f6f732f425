/* SPDX-License-Identifier: Apache-2.0 */
/* One flat JSON object on one line, member by member. */
#ifndef SSP_CLI_JSON_H
#define SSP_CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    bool has_members;
};

struct json json_open(FILE *out);
void json_string(struct json *json, const char *name, const char *utf8); /* NULL: null */
void json_number(struct json *json, const char *name, uint64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_strings(struct json *json, const char *name, const char *const *values, size_t n);
void json_close(struct json *json); /* and ends the line */

#endif
