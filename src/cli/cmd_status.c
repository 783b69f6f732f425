/* SPDX-License-Identifier: Apache-2.0 */
/* `sspi status`: is lsad there, which packages does it have, and what do users make it keep? */
#include <getopt.h>
#include <opensspi.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/conf.h"
#include "base/utf16.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/status.h"
#include "lsa/options.h"
#include "rpc/account.h"
#include "rpc/pool.h"

enum { ROW = 1 + CHARGES /* of a user: the uid, and the counts */ };

static const char *const charge_names[CHARGES] = {
    [CHARGE_CONNECTION] = "connections",
    [CHARGE_PROCESS] = "processes",
    [CHARGE_CREDENTIAL] = "credentials",
    [CHARGE_CONTEXT] = "contexts",
    [CHARGE_TICKET] = "tickets",
    [CHARGE_CALL] = "calls",
    [CHARGE_BYTES] = "bytes",
};

/* ---- Asking lsad ----------------------------------------------------------------------------- */

struct exchange { /* ssp_cleanup(exchange_done) */
    const struct message *message;
    struct frame frame;
    union rpc_answer answer;
};

static void exchange_done(struct exchange *exchange)
{
    if (exchange->message != NULL)
        message_wipe(exchange->message, &exchange->answer);
    frame_done(&exchange->frame);
}

#define EXCHANGE            \
    {                       \
        .frame = FRAME_INIT \
    }

/* The call's status, or that of not reaching lsad. */
static SECURITY_STATUS ask(struct pool *pool, enum rpc_call call, const void *body,
                           struct exchange *exchange)
{
    const struct pool_ask what = { .call = call, .body = body };
    int32_t status = SEC_E_OK;

    enum ssp_err e = pool_call(pool, &what, &exchange->frame, &exchange->answer, &status);
    if (e != SSP_OK)
        return ssp_err_status(e);
    exchange->message = &rpc_shape(call)->answer;
    return status;
}

static bool holds(const struct status_answer *answer)
{
    return answer->limits.n == CHARGES && answer->accounts.n % ROW == 0;
}

static SECURITY_STATUS ask_status(struct pool *pool, uint32_t from, struct exchange *exchange)
{
    const struct status_ask body = { .from = from };

    SECURITY_STATUS status = ask(pool, RPC_STATUS, &body, exchange);
    return status >= 0 && !holds(&exchange->answer.status) ? SEC_E_INTERNAL_ERROR : status;
}

/* ---- What it says, in either form ------------------------------------------------------------ */

struct packages { /* ssp_cleanup(packages_free) */
    char *name[LIMIT_PACKAGES];
    size_t n;
};

static void packages_free(struct packages *packages)
{
    while (packages->n > 0)
        wipe_free_str(&packages->name[--packages->n]);
}

/* The list ends where there is none of the next number. */
static SECURITY_STATUS ask_packages(struct pool *pool, struct packages *ret)
{
    SECURITY_STATUS status = SEC_E_OK;

    while (status >= 0 && ret->n < LIMIT_PACKAGES) {
        ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE;
        const struct package_ask body = { .package = (uint32_t)ret->n };

        status = ask(pool, RPC_PACKAGE, &body, &exchange);
        if (status < 0)
            continue;
        SECURITY_STATUS named =
            ssp_err_status(str16_to_utf8(&exchange.answer.package.name, &ret->name[ret->n]));
        if (named < 0)
            return named;
        ret->n++;
    }
    return status == SEC_E_SECPKG_NOT_FOUND ? SEC_E_OK : status;
}

struct head {
    const char *socket;
    const struct status_answer *answer;
    const struct packages *packages;
};

/* How what lsad says is printed. */
struct form {
    void (*head)(const struct head *head);
    void (*user)(const uint32_t *row);
    void (*absent)(const char *socket, const char *why);
};

/* Users come in portions, in the order of their uids. */
static SECURITY_STATUS print_users(struct pool *pool, const struct form *form)
{
    for (uint32_t from = 0;;) {
        ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE;
        const struct numbers *rows = &exchange.answer.status.accounts;

        SECURITY_STATUS status = ask_status(pool, from, &exchange);
        if (status < 0 || rows->n == 0)
            return status;
        for (size_t at = 0; at < rows->n; at += ROW)
            form->user(rows->p + at);
        uint32_t last = rows->p[rows->n - ROW];
        if (last < from || last == UINT32_MAX)
            return SEC_E_OK;
        from = last + 1;
    }
}

static SECURITY_STATUS print_head(struct pool *pool, const char *socket, const struct form *form)
{
    ssp_cleanup(exchange_done) struct exchange exchange = EXCHANGE;
    ssp_cleanup(packages_free) struct packages packages = { .n = 0 };
    const struct head head = { socket, &exchange.answer.status, &packages };

    SECURITY_STATUS status = ask_status(pool, 0, &exchange);
    if (status >= 0)
        status = ask_packages(pool, &packages);
    if (status >= 0)
        form->head(&head);
    return status;
}

/* ---- For people ------------------------------------------------------------------------------ */

static const int widths[CHARGES] = {
    [CHARGE_CONNECTION] = 11, [CHARGE_PROCESS] = 9, [CHARGE_CREDENTIAL] = 11, [CHARGE_CONTEXT] = 8,
    [CHARGE_TICKET] = 7,      [CHARGE_CALL] = 5,    [CHARGE_BYTES] = 10,
};

static void print_numbers(const uint32_t *numbers)
{
    for (size_t i = 0; i < CHARGES; i++)
        printf(" %*u", widths[i], (unsigned)numbers[i]);
    printf("\n");
}

static void print_head_text(const struct head *head)
{
    unsigned version = head->answer->version;

    printf("lsad      %u.%u.%u, process %u, at %s\n", version >> 16, version >> 8 & 0xff,
           version & 0xff, (unsigned)head->answer->pid, head->socket);
    printf("packages ");
    for (size_t i = 0; i < head->packages->n; i++)
        printf(" %s", head->packages->name[i]);
    printf("\n\n%10s", "uid");
    for (size_t i = 0; i < CHARGES; i++)
        printf(" %*s", widths[i], charge_names[i]);
    printf("\n%10s", "limit");
    print_numbers(head->answer->limits.p);
}

static void print_user_text(const uint32_t *row)
{
    printf("%10u", (unsigned)row[0]);
    print_numbers(row + 1);
}

static void print_absent_text(const char *socket, const char *why)
{
    printf("lsad      not at %s (%s)\n", socket, why);
}

/* ---- For programs ---------------------------------------------------------------------------- */

static void add_numbers(struct json *json, const char *prefix, const uint32_t *numbers)
{
    for (size_t i = 0; i < CHARGES; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "%s%s", prefix, charge_names[i]);
        json_number(json, name, numbers[i]);
    }
}

static void print_head_json(const struct head *head)
{
    char version[16];
    unsigned number = head->answer->version;
    struct json json = json_open(stdout);

    (void)snprintf(version, sizeof(version), "%u.%u.%u", number >> 16 & 0xff, number >> 8 & 0xff,
                   number & 0xff);
    json_bool(&json, "there", true);
    json_string(&json, "socket", head->socket);
    json_string(&json, "version", version);
    json_number(&json, "pid", head->answer->pid);
    json_strings(&json, "packages", (const char *const *)head->packages->name, head->packages->n);
    add_numbers(&json, "max_", head->answer->limits.p);
    json_close(&json);
}

static void print_user_json(const uint32_t *row)
{
    struct json json = json_open(stdout);

    json_number(&json, "uid", row[0]);
    add_numbers(&json, "", row + 1);
    json_close(&json);
}

static void print_absent_json(const char *socket, const char *why)
{
    struct json json = json_open(stdout);

    json_bool(&json, "there", false);
    json_string(&json, "socket", socket);
    json_string(&json, "why", why);
    json_close(&json);
}

static const struct form forms[] = {
    [false] = { print_head_text, print_user_text, print_absent_text },
    [true] = { print_head_json, print_user_json, print_absent_json },
};

/* ---- The command ----------------------------------------------------------------------------- */

struct command_line {
    bool json;
    const char *socket; /* NULL: as configured */
};

static int parse(int argc, char *argv[], struct command_line *ret)
{
    static const struct option options[] = { { "json", no_argument, NULL, 'j' },
                                             { "socket", required_argument, NULL, 's' },
                                             { 0 } };

    for (int c = 0; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'j')
            ret->json = true;
        else if (c == 's')
            ret->socket = optarg;
        else
            return cli_misuse(&cmd_status, "bad option");
    }
    return optind == argc ? CLI_OK : cli_misuse(&cmd_status, "takes no arguments");
}

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static enum ssp_err read_options(struct lsa_options *ret)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;

    SSP_TRY(conf_load(&conf));
    return lsa_options_read(conf, ret);
}

static int report(const char *socket, const struct form *form)
{
    ssp_cleanup(pool_done) struct pool pool = { 0 };
    enum ssp_err e = pool_init(socket, &pool);

    if (e != SSP_OK)
        return cli_fail_err(&cmd_status, socket, e);
    SECURITY_STATUS status = print_head(&pool, socket, form);
    if (status == SEC_E_NO_AUTHENTICATING_AUTHORITY) {
        form->absent(socket, status_name(status));
        return CLI_FAILED;
    }
    if (status >= 0)
        status = print_users(&pool, form);
    return status >= 0 ? CLI_OK : cli_fail(&cmd_status, socket, status_name(status));
}

static int run(int argc, char *argv[])
{
    ssp_cleanup(lsa_options_free) struct lsa_options options = { 0 };
    struct command_line line = { 0 };

    int parsed = parse(argc, argv, &line);
    if (parsed != CLI_OK)
        return parsed;
    enum ssp_err e = read_options(&options);
    if (e != SSP_OK)
        return cli_fail_err(&cmd_status, "configuration", e);
    return report(line.socket != NULL ? line.socket : options.socket, &forms[line.json]);
}

const struct command cmd_status = {
    .name = "status",
    .summary = "tell whether lsad is there, and what users make it keep",
    .help = "Usage: sspi status [--json] [--socket PATH]\n"
            "\n"
            "Tells whether lsad answers, which packages it has, and for each user that it serves\n"
            "what the user's processes make it keep, with the limits. Who is not root sees his\n"
            "own line only. The exit status is 1 when lsad does not answer.\n"
            "\n"
            "  --json         one JSON object for lsad and one for each user, a line each\n"
            "  --socket PATH  ask there, rather than where the configuration says\n",
    .run = run,
};
