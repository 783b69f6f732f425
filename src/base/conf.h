/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensspi.conf: INI, read in this order, later ones win:
 *
 *   /etc/opensspi/opensspi.conf
 *   $XDG_CONFIG_HOME/opensspi/opensspi.conf (~/.config without that variable)
 *   the file that OPENSSPI_CONFIG names
 *
 * The environment is read with secure_getenv(): a setuid program sees the first
 * only.  A missing file is fine, except one named by OPENSSPI_CONFIG; a file
 * that others may write is not.
 *
 * A section belongs to one reader, which describes its keys in a table and gets
 * a filled struct.  Anything the table does not know is an error that names the
 * file and the line: a security setting that is misspelt must not be ignored.
 * So is a line that is neither of [section], name = value, comment and nothing,
 * a name set twice in one file, and a line of more than 199 bytes.  A comment
 * begins with ';' or '#' at the start of a line, or with ';' after a space.
 */
#ifndef SSP_BASE_CONF_H
#define SSP_BASE_CONF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct conf;

/* BAD_CONFIG (traced with file and line), IO, UNSAFE_FILE, NO_MEMORY. */
enum ssp_err conf_load(struct conf **ret);
enum ssp_err conf_load_file(const char *path, struct conf **ret); /* this one file only */
void conf_free(struct conf *conf);

enum conf_type {
    CONF_STRING, /* char *, owned by the struct (free()); the default is copied */
    CONF_BOOL,   /* bool: yes/no, true/false, on/off, 1/0 */
    CONF_NUMBER, /* uint32_t within min..max */
    CONF_CHOICE, /* int: the index of the word in choices */
};

struct conf_key {
    const char *name;
    enum conf_type type;
    size_t offset;              /* of the member in the struct */
    const char *const *choices; /* CONF_CHOICE: words, closed by NULL */
    const char *fallback; /* as it would stand in the file; NULL: empty string, no, 0, first */
    uint32_t min;
    uint32_t max; /* 0: any */
};

/* Fills every member of *target from one section; keys are closed by a NULL name.  BAD_CONFIG for
 * an unknown key or a bad value; then *target is untouched. */
enum ssp_err conf_read(const struct conf *conf, const char *section, const struct conf_key *keys,
                       void *target);

/* Calls visit() for each "name = value" of a section whose names are free, such as [map]. */
enum ssp_err conf_each(const struct conf *conf, const char *section,
                       enum ssp_err (*visit)(void *arg, const char *name, const char *value),
                       void *arg);

/*
 * Calls visit() for each section of a kind that has a name of its own, such as [schannel "www"]:
 * once, in the order in which they are first met.  section is the whole of it, for conf_read();
 * name is what stands in the quotes.  What begins like one and is none (no quotes, nothing in them,
 * text behind them) is BAD_CONFIG.  The section of the kind alone, [schannel], is not visited.
 */
enum ssp_err conf_each_section(const struct conf *conf, const char *kind,
                               enum ssp_err (*visit)(void *arg, const char *section,
                                                     const char *name),
                               void *arg);

/* BAD_CONFIG unless is_known(arg, section) for every section that occurs. */
enum ssp_err conf_check_sections(const struct conf *conf,
                                 bool (*is_known)(void *arg, const char *section), void *arg);

/* An error about a value found later: traces "FILE:LINE: text" and yields BAD_CONFIG. */
enum ssp_err conf_blame(const struct conf *conf, const char *section, const char *name,
                        const char *text);

/* The text of the last error of this thread, "FILE:LINE: what", for programs that show it; "" if
 * none. */
const char *conf_last_error(void);

#endif
