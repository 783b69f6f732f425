/* SPDX-License-Identifier: Apache-2.0 */
/* `sspi passwd`: gives an account of the NTLM package a password. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "cli/account.h"
#include "cli/ask.h"
#include "cli/cli.h"

struct arguments { /* ssp_cleanup(arguments_free) */
    char *file;
    const char *domain;
    const char *user;
};

static void arguments_free(struct arguments *arguments)
{
    free(arguments->file);
}

/* The file named, else the configured one. */
static int find_file(const char *named, char **ret)
{
    if (named != NULL) {
        *ret = strdup(named);
        return *ret != NULL ? CLI_OK : cli_fail_err(&cmd_passwd, named, SSP_ERR_NO_MEMORY);
    }
    enum ssp_err e = account_file(ret);
    if (e != SSP_OK)
        return cli_fail_err(&cmd_passwd, "configuration", e);
    if (**ret == '\0')
        return cli_fail(&cmd_passwd, "no SAM file",
                        "name one with --file, or as 'accounts' in section [ntlm]");
    return CLI_OK;
}

static int parse(int argc, char *argv[], struct arguments *ret)
{
    static const struct option options[] = { { "file", required_argument, NULL, 'f' },
                                             { "domain", required_argument, NULL, 'd' },
                                             { 0 } };
    const char *file = NULL;

    ret->domain = "";
    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'f')
            file = optarg;
        else if (c == 'd')
            ret->domain = optarg;
        else
            return cli_misuse(&cmd_passwd, "bad option");
    }
    if (optind != argc - 1)
        return cli_misuse(&cmd_passwd, "takes one USER");
    ret->user = argv[optind];
    return find_file(file, &ret->file);
}

static int run(int argc, char *argv[])
{
    ssp_cleanup(arguments_free) struct arguments arguments = { 0 };
    ssp_cleanup(secret_wipe) struct secret password = { 0 };
    int status = parse(argc, argv, &arguments);

    if (status != CLI_OK)
        return status;
    enum ask_result asked = ask_new_password("New password: ", &password);
    if (asked != ASK_OK)
        return cli_fail(&cmd_passwd, "password", ask_text(asked));
    enum ssp_err e =
        account_set(arguments.file, arguments.user, arguments.domain, secret_view(&password));
    return e == SSP_OK ? CLI_OK : cli_fail_err(&cmd_passwd, arguments.file, e);
}

const struct command cmd_passwd = {
    .name = "passwd",
    .summary = "set the password of an NTLM account",
    .help = "Usage: sspi passwd [--file SAM] [--domain DOMAIN] USER\n"
            "\n"
            "Sets the password of an account that the NTLM package lets in, and makes the account\n"
            "when there is none.  The password is asked for on the terminal, twice; when standard\n"
            "input is no terminal, its first line is the password.\n"
            "\n"
            "  --file SAM       the SAM file (default: 'accounts' in section [ntlm] of the\n"
            "                   configuration); it is made, readable by its owner alone\n"
            "  --domain DOMAIN  the account's domain (default: none, so any domain fits)\n",
    .run = run,
};
