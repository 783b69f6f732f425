/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `sspi inspect`: what the header of a sealed context says.  It is in clear and
 * nobody has verified it: only an import does that, and the header says nothing
 * that the exporter did not mean to be read.
 */
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <sspi.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fdio.h"
#include "cli/cli.h"
#include "cli/flags.h"
#include "cli/json.h"
#include "handoff/envelope.h"

#define ID_TEXT_SIZE (2 * ENVELOPE_ID_SIZE + 1)

static const char *const kinds[] = {
    [ENVELOPE_ESTABLISHED] = "established",
    [ENVELOPE_NEGOTIATING] = "negotiating",
    [ENVELOPE_KEPT] = "negotiating, kept by the daemon",
};

static const struct flag_name export_flags[] = {
    { SECPKG_CONTEXT_EXPORT_RESET_NEW, "RESET_NEW" },
    { SECPKG_CONTEXT_EXPORT_DELETE_OLD, "DELETE_OLD" },
    { SECPKG_CONTEXT_EXPORT_TO_KERNEL, "TO_KERNEL" },
};
enum { N_EXPORT_FLAGS = sizeof(export_flags) / sizeof(export_flags[0]) };

struct bytes { /* ssp_cleanup(bytes_free) */
    uint8_t *p;
    size_t n;
};

static void bytes_free(struct bytes *bytes)
{
    ssp_wipe_free(bytes->p, bytes->n);
}

static const char *id_text(const uint8_t id[ENVELOPE_ID_SIZE], char ret[ID_TEXT_SIZE])
{
    for (size_t i = 0; i < ENVELOPE_ID_SIZE; i++)
        (void)snprintf(ret + 2 * i, 3, "%02x", id[i]);
    return ret;
}

static const char *kind_text(uint16_t kind)
{
    return kind < sizeof(kinds) / sizeof(kinds[0]) && kinds[kind] != NULL ? kinds[kind] : "unknown";
}

/* Milliseconds until the envelope expires; negative when it has. */
static int64_t time_left_ms(const struct envelope_header *header)
{
    uint64_t now = system_clock.boottime();
    const uint64_t ms = 1000000;

    return header->expires >= now ? (int64_t)((header->expires - now) / ms)
                                  : -(int64_t)((now - header->expires) / ms);
}

static void print_json(const struct envelope_header *header, size_t size)
{
    char id[ID_TEXT_SIZE];
    const char *flags[32];
    int64_t left = time_left_ms(header);
    struct json json = json_open(stdout);

    json_bool(&json, "verified", false);
    json_string(&json, "kind", kind_text(header->kind));
    json_string(&json, "package", header->name);
    json_number(&json, "packed_version", header->packed_version);
    json_strings(&json, "flags", flags,
                 flags_names(header->flags, export_flags, N_EXPORT_FLAGS, flags));
    json_string(&json, "ticket", id_text(header->ticket, id));
    json_string(&json, "boot", id_text(header->boot, id));
    json_string(&json, "key", id_text(header->key_id, id));
    json_number(&json, "uid_from", header->uid_from);
    json_number(&json, "uid_to", header->uid_to);
    json_bool(&json, "expired", left <= 0);
    json_number(&json, "expires_in_ms", left > 0 ? (uint64_t)left : 0);
    json_number(&json, "bytes", size);
    json_close(&json);
}

/* The name is a stranger's until an import has verified it, and a terminal obeys what it is shown.
 */
static void print_name(const char *name)
{
    for (const char *p = name; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        printf(c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", c);
    }
}

static void print_flags(uint32_t flags)
{
    const char *names[32];
    size_t n = flags_names(flags, export_flags, N_EXPORT_FLAGS, names);

    printf("flags          ");
    for (size_t i = 0; i < n; i++)
        printf("%s%s", i == 0 ? "" : " ", names[i]);
    printf("%s\n", n == 0 ? "none" : "");
}

static void print_text(const struct envelope_header *header, size_t size)
{
    char id[ID_TEXT_SIZE];
    int64_t left = time_left_ms(header);
    double seconds = (double)(left < 0 ? -left : left) / 1000;

    printf("A sealed context of %zu bytes.  Its header says, unverified:\n\n", size);
    printf("kind           %s\n", kind_text(header->kind));
    printf("package        ");
    print_name(header->name);
    printf(", packed form %u\n", header->packed_version);
    print_flags(header->flags);
    printf("ticket         %s\n", id_text(header->ticket, id));
    printf("boot           %s\n", id_text(header->boot, id));
    printf("sealing key    %s\n", id_text(header->key_id, id));
    printf("exported by    uid %" PRIu32 "\n", header->uid_from);
    printf("importable by  uid %" PRIu32 "\n", header->uid_to);
    printf(left > 0 ? "expires        in %.1f s\n" : "expired        %.1f s ago\n", seconds);
}

static enum ssp_err read_input(const char *name, struct bytes *ret)
{
    if (strcmp(name, "-") == 0)
        return fd_read_all(STDIN_FILENO, &ret->p, &ret->n);
    ssp_cleanup(fd_close) int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return ssp_fail(IO);
    return fd_read_all(fd, &ret->p, &ret->n);
}

static int inspect(const char *name, bool json)
{
    ssp_cleanup(bytes_free) struct bytes blob = { 0 };
    struct envelope_header header = { 0 };
    enum ssp_err e = read_input(name, &blob);

    if (e == SSP_OK)
        e = envelope_peek((struct view){ blob.p, blob.n }, &header);
    if (e != SSP_OK)
        return cli_fail_err(&cmd_inspect, name, e);
    if (json)
        print_json(&header, blob.n);
    else
        print_text(&header, blob.n);
    return CLI_OK;
}

static int run(int argc, char *argv[])
{
    static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
    bool json = false;

    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c != 'j')
            return cli_misuse(&cmd_inspect, "bad option");
        json = true;
    }
    if (optind != argc - 1)
        return cli_misuse(&cmd_inspect, "takes one FILE");
    return inspect(argv[optind], json);
}

const struct command cmd_inspect = {
    .name = "inspect",
    .summary = "show what the header of an exported context says",
    .help =
        "Usage: sspi inspect [--json] FILE\n"
        "\n"
        "Shows what the header of a sealed context says: package, ticket, who may import it and\n"
        "until when.  Nothing of it is verified, and nothing secret is shown: the session itself\n"
        "is encrypted.  FILE may be '-' for standard input.\n"
        "\n"
        "  --json  one JSON object\n",
    .run = run,
};
