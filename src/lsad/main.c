/* SPDX-License-Identifier: Apache-2.0 */
/* lsad: the Local Security Authority as a process.  See lsad(8). */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <opensspi.h>

#include "lsad/daemon.h"

#define TEXT_OF(x) #x
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

enum { EXIT_USAGE = 2 };

static const char usage[] = "usage: lsad [--foreground] [--config FILE] [--socket PATH]\n"
                            "       lsad --help | --version\n";

static const struct option options[] = {
    { "foreground", no_argument, NULL, 'f' },   { "config", required_argument, NULL, 'c' },
    { "socket", required_argument, NULL, 's' }, { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'v' },      { 0 },
};

enum verdict { GO_ON, DONE, WRONG };

static enum verdict take(int option, struct lsad_command *command)
{
    switch (option) {
    case 'f':
        command->foreground = true;
        return GO_ON;
    case 'c':
        command->config = optarg;
        return GO_ON;
    case 's':
        command->socket = optarg;
        return GO_ON;
    case 'h':
        (void)fputs(usage, stdout);
        return DONE;
    case 'v':
        (void)printf("lsad %s\n", VERSION_TEXT(OPENSSPI_VERSION_MAJOR, OPENSSPI_VERSION_MINOR,
                                               OPENSSPI_VERSION_PATCH));
        return DONE;
    default:
        return WRONG;
    }
}

static enum verdict parse(int argc, char **argv, struct lsad_command *command)
{
    enum verdict verdict = GO_ON;

    while (verdict == GO_ON) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet
        int option = getopt_long(argc, argv, "", options, NULL);

        if (option == -1)
            break;
        verdict = take(option, command);
    }
    return verdict == GO_ON && optind != argc ? WRONG : verdict;
}

/* Packages read their sections themselves, and look there: base/conf.h. */
static bool set_environment(const struct lsad_command *command)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): there is one thread yet */
    if (command->foreground && setenv("OPENSSPI_TRACE", "stderr", 1) != 0)
        return false;
    return command->config == NULL || setenv("OPENSSPI_CONFIG", command->config, 1) == 0;
    /* NOLINTEND(concurrency-mt-unsafe) */
}

int main(int argc, char **argv)
{
    struct lsad_command command = { 0 };
    enum verdict verdict = parse(argc, argv, &command);

    if (verdict == DONE)
        return EXIT_SUCCESS;
    if (!set_environment(&command))
        return EXIT_FAILURE;
    if (verdict == WRONG) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    enum ssp_err e = daemon_run(&command);
    if (e == SSP_OK)
        return EXIT_SUCCESS;
    (void)fprintf(stderr, "lsad: %s\n",
                  e == SSP_ERR_BAD_CONFIG && *conf_last_error() != '\0' ? conf_last_error()
                                                                        : ssp_err_text(e));
    return EXIT_FAILURE;
}
