/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of `sspi` share: the table of them, and how they end. */
#ifndef SSP_CLI_CLI_H
#define SSP_CLI_CLI_H

#include "base/err.h"

/* A command's exit status. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct command {
    const char *name;
    const char *summary;                /* one line for `sspi --help` */
    const char *help;                   /* all of `sspi NAME --help` */
    int (*run)(int argc, char *argv[]); /* argv[0] is the command's name; yields an exit status */
};

extern const struct command cmd_packages;
extern const struct command cmd_passwd;
extern const struct command cmd_inspect;
extern const struct command cmd_demo;
extern const struct command cmd_status;

/* "sspi COMMAND: text" on standard error, and where help is; yields CLI_USAGE. */
int cli_misuse(const struct command *command, const char *text);

/* "sspi COMMAND: what: reason" on standard error; yields CLI_FAILED. */
int cli_fail(const struct command *command, const char *what, const char *reason);
int cli_fail_err(const struct command *command, const char *what, enum ssp_err why);

#endif
