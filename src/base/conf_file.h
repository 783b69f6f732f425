/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of conf.h: entries, and how INI text becomes a list of them.
 *
 * inih splits the lines.  It is shown none that it would take otherwise than it
 * looks: inih cuts long names, joins an indented line to the value before it,
 * takes ':' for '=', and passes over what follows the bracket of a section.
 */
#ifndef SSP_BASE_CONF_FILE_H
#define SSP_BASE_CONF_FILE_H

#include "base/rd.h"

enum { CONF_NAME_MAX = 49 }; /* of a section or a setting: inih cuts what is longer */

struct conf_entry {
    struct conf_entry *next; /* in the order in which they were read */
    const char *file;        /* the texts stand behind the entry, in its block */
    const char *section;
    const char *name; /* NULL: the heading of the section */
    const char *value;
    int line;
};

struct conf {
    struct conf_entry *first;
    struct conf_entry **end;
    size_t n;
};

/* Adds what the text of a file says.  BAD_CONFIG, NO_MEMORY; then a part of it may be there. */
enum ssp_err conf_parse(struct conf *conf, const char *file, struct view text);

/* The entry that counts: of several of one name the last; NULL when there is none. */
const struct conf_entry *conf_find(const struct conf *conf, const char *section, const char *name);

/* Keeps "FILE:LINE: text" for conf_last_error() and traces it; line 0 is none. */
void conf_say(const char *file, int line, const char *text);

/* The same with a format; yields BAD_CONFIG. */
enum ssp_err conf_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
