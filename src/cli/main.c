/* SPDX-License-Identifier: Apache-2.0 */
/* `sspi`: OpenSSPI on the command line.  One command a file, all of them in this table. */
#include <opensspi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const struct command *const commands[] = {
    &cmd_demo, &cmd_packages, &cmd_passwd, &cmd_inspect, &cmd_status,
};

static void print_usage(FILE *out)
{
    (void)fprintf(out, "Usage: sspi COMMAND [OPTION]...\n\nCommands:\n");
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        (void)fprintf(out, "  %-9s  %s\n", commands[i]->name, commands[i]->summary);
    (void)fprintf(out, "\n'sspi COMMAND --help' tells more; 'sspi --version' the version.\n");
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static bool asks_for_help(int argc, char *argv[])
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0)
            return true;
    }
    return false;
}

static int run(const struct command *command, int argc, char *argv[])
{
    if (asks_for_help(argc, argv)) {
        (void)fputs(command->help, stdout);
        return CLI_OK;
    }
    return command->run(argc, argv);
}

/* What was printed and could not be written is a failure too: `sspi packages >/dev/full`. */
static int finish(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("sspi: standard output");
        return status == CLI_OK ? CLI_FAILED : status;
    }
    return status;
}

int main(int argc, char *argv[])
{
    const char *name = argc > 1 ? argv[1] : "";

    /* Who sits at a terminal wants to read here which line of which file is wrong. */
    (void)setenv("OPENSSPI_TRACE", "errors", 0);
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_usage(stdout);
        return finish(CLI_OK);
    }
    if (strcmp(name, "--version") == 0) {
        printf("sspi %s\n", opensspi_version());
        return finish(CLI_OK);
    }
    const struct command *command = find(name);
    if (command == NULL) {
        if (*name != '\0')
            (void)fprintf(stderr, "sspi: no command '%s'\n", name);
        print_usage(stderr);
        return CLI_USAGE;
    }
    return finish(run(command, argc - 1, argv + 1));
}
