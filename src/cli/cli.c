/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int cli_misuse(const struct command *command, const char *text)
{
    (void)fprintf(stderr, "sspi %s: %s\nTry 'sspi %s --help'.\n", command->name, text,
                  command->name);
    return CLI_USAGE;
}

int cli_fail(const struct command *command, const char *what, const char *reason)
{
    (void)fprintf(stderr, "sspi %s: %s: %s\n", command->name, what, reason);
    return CLI_FAILED;
}

int cli_fail_err(const struct command *command, const char *what, enum ssp_err why)
{
    char system[128] = "";

    if (why == SSP_ERR_IO && errno != 0)
        return cli_fail(command, what, strerror_r(errno, system, sizeof(system)));
    return cli_fail(command, what, ssp_err_text(why));
}
