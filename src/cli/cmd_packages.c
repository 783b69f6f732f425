/* SPDX-License-Identifier: Apache-2.0 */
/* `sspi packages`: what EnumerateSecurityPackages tells. */
#include <getopt.h>
#include <sspi.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/flags.h"
#include "cli/json.h"
#include "cli/status.h"

enum { MAX_BITS = 32 };

/* clang-format off */
#define FLAG(name) { SECPKG_FLAG_##name, #name }
static const struct flag_name capabilities[] = {
    FLAG(INTEGRITY), FLAG(PRIVACY), FLAG(TOKEN_ONLY), FLAG(DATAGRAM), FLAG(CONNECTION),
    FLAG(MULTI_REQUIRED), FLAG(CLIENT_ONLY), FLAG(EXTENDED_ERROR), FLAG(IMPERSONATION),
    FLAG(ACCEPT_WIN32_NAME), FLAG(STREAM), FLAG(NEGOTIABLE), FLAG(GSS_COMPATIBLE), FLAG(LOGON),
    FLAG(ASCII_BUFFERS), FLAG(FRAGMENT), FLAG(MUTUAL_AUTH), FLAG(DELEGATION),
    FLAG(READONLY_WITH_CHECKSUM), FLAG(RESTRICTED_TOKENS), FLAG(NEGO_EXTENDER), FLAG(NEGOTIABLE2),
    FLAG(APPCONTAINER_PASSTHROUGH), FLAG(APPCONTAINER_CHECKS),
    FLAG(CREDENTIAL_ISOLATION_ENABLED), FLAG(APPLY_LOOPBACK),
};
/* clang-format on */

static void print_json(const SecPkgInfoA *package)
{
    const char *names[MAX_BITS];
    size_t n = flags_names(package->fCapabilities, capabilities,
                           sizeof(capabilities) / sizeof(capabilities[0]), names);
    struct json json = json_open(stdout);

    json_string(&json, "name", package->Name);
    json_string(&json, "comment", package->Comment);
    json_number(&json, "version", package->wVersion);
    json_number(&json, "rpc_id", package->wRPCID);
    json_number(&json, "max_token", package->cbMaxToken);
    json_strings(&json, "capabilities", names, n);
    json_close(&json);
}

/* Names separated by spaces, broken so that no line gets longer than a terminal is wide. */
static void print_wrapped(const char *const *names, size_t n)
{
    const size_t indent = 16;
    size_t column = 80;

    for (size_t i = 0; i < n; i++) {
        size_t width = strlen(names[i]) + 1;
        if (column + width > 80) {
            printf("%s%*s", i == 0 ? "" : "\n", i == 0 ? 0 : (int)indent, "");
            column = indent;
        }
        printf("%s ", names[i]);
        column += width;
    }
    printf("\n");
}

static void print_text(const SecPkgInfoA *package)
{
    const char *names[MAX_BITS];
    size_t n = flags_names(package->fCapabilities, capabilities,
                           sizeof(capabilities) / sizeof(capabilities[0]), names);

    printf("%s\n  %s\n", package->Name, package->Comment);
    printf("  version       %u\n", package->wVersion);
    if (package->wRPCID == SECPKG_ID_NONE)
        printf("  rpc id        none\n");
    else
        printf("  rpc id        %u\n", package->wRPCID);
    printf("  max token     %u bytes\n", package->cbMaxToken);
    printf("  capabilities  ");
    print_wrapped(names, n);
}

static void free_packages(PSecPkgInfoA *packages)
{
    if (*packages != NULL)
        (void)FreeContextBuffer(*packages);
}

static int run(int argc, char *argv[])
{
    static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
    ssp_cleanup(free_packages) PSecPkgInfoA packages = NULL;
    ULONG n = 0;
    bool json = false;

    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'j')
            return cli_misuse(&cmd_packages, "bad option");
        json = true;
    }
    if (optind != argc)
        return cli_misuse(&cmd_packages, "takes no arguments");

    SECURITY_STATUS status = EnumerateSecurityPackagesA(&n, &packages);
    if (status != SEC_E_OK)
        return cli_fail(&cmd_packages, "EnumerateSecurityPackages", status_name(status));
    for (ULONG i = 0; i < n; i++) {
        if (json)
            print_json(&packages[i]);
        else
            print_text(&packages[i]);
    }
    return CLI_OK;
}

const struct command cmd_packages = {
    .name = "packages",
    .summary = "list the security packages of this machine",
    .help = "Usage: sspi packages [--json]\n"
            "\n"
            "Lists the security packages that an application finds here, built in or loaded, and\n"
            "what each can do.\n"
            "\n"
            "  --json  one JSON object a package and line\n",
    .run = run,
};
