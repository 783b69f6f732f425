/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SAM file: who may log on.  One account a line,
 *
 *   user:domain:NT-hash
 *
 * in UTF-8, the hash (MD4 of the UTF-16 password) as 32 hexadecimal digits.  An
 * empty domain fits whatever domain a client names: the account is this machine's
 * own, and who logs on to it is known by the machine's name, not by the client's.
 * Empty lines and lines that begin with '#' are comments.  Names have no control
 * characters and are compared without regard to case ([MS-NLMP] 3.2.5.1.2); a user
 * who stands there twice with one domain cannot log on.
 *
 * A hash is as good as its password, so the file has to be readable by its
 * owner alone; otherwise, or if one line is not as described, nobody is let in,
 * and the log says which file and line and why.
 *
 * The file is read anew for each look-up: whoever is struck out is out.
 */
#ifndef SSP_NTLM_SAM_H
#define SSP_NTLM_SAM_H

#include "base/secret.h"
#include "base/utf16.h"

enum { NT_HASH_SIZE = 16 };

struct sam_entry { /* ssp_cleanup(sam_entry_wipe) */
    struct str16 user;
    struct str16 domain;
    uint8_t hash[NT_HASH_SIZE];
};

/*
 * The account of a user, in this order: with that very domain, with an empty
 * one.  Reads the whole file wherever the user stands in it.  *ret_found says
 * whether there is one; *ret is written only then.  BAD_CONFIG for a bad line;
 * IO, UNSAFE_FILE, TOO_LARGE, NO_MEMORY.
 */
enum ssp_err sam_find(const char *path, const struct str16 *user, const struct str16 *domain,
                      struct sam_entry *ret, bool *ret_found);

/* The first account: the file is somebody's own stored credential.  Errors as sam_find(), and
 * NO_CREDS when it holds none. */
enum ssp_err sam_first(const char *path, struct sam_entry *ret);

/*
 * Gives a user that hash: replaces the account's line, or adds one at the end;
 * everything else stays as it is, and so does what another call sets at the same time.  Makes the
 * file (0600) when there is none. Errors as sam_find(); BAD_ARGUMENT for an empty user or a name
 * that a line cannot hold.
 */
enum ssp_err sam_set(const char *path, const struct str16 *user, const struct str16 *domain,
                     const uint8_t hash[NT_HASH_SIZE]);

struct sam_flaw { /* for the log */
    size_t line;
    const char *why;
};

/* The text of a SAM file: visit() sees each account and the line it stands on, and may stop the
 * walk with an error of its own.  BAD_CONFIG for a bad line.  *ret_flaw is written on failure. */
enum ssp_err sam_parse(struct view text,
                       enum ssp_err (*visit)(void *arg, const struct sam_entry *entry,
                                             struct view line),
                       void *arg, struct sam_flaw *ret_flaw);

void sam_entry_wipe(struct sam_entry *entry);

#endif
