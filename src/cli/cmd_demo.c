/* SPDX-License-Identifier: Apache-2.0 */
/* `sspi demo`: a live session leaves one process and goes on in another (demo/role.h). */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/cli.h"
#include "cli/demo/run.h"
#include "cli/demo/supply.h"

enum { SHOWS_MAX = 16 };

/* What --lsa may say. */
static const struct way {
    const char *name;
    bool with[2]; /* by enum demo_lsa */
} ways[] = {
    { "embedded", { true, false } },
    { "lsad", { false, true } },
    { "both", { true, true } },
};

struct choice {
    bool json;
    const struct way *way;
    size_t n;
    const struct demo_recipe *recipes[SHOWS_MAX];
};

struct narrator {
    bool silent;
    bool colour;
    uint64_t start_us;
    char blame[EVENT_TEXT_MAX + 16];
};

#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

static const struct {
    const char *who;
    const char *colour;
} voices[] = {
    { "client", "\033[36m" },
    { "front", "\033[33m" },
    { "worker", "\033[35m" },
    { "greeter", "\033[34m" },
};

static const char *paint(const struct narrator *narrator, const char *colour)
{
    return narrator->colour ? colour : "";
}

static const char *voice(const char *who)
{
    for (size_t i = 0; i < sizeof(voices) / sizeof(voices[0]); i++) {
        if (strcmp(voices[i].who, who) == 0)
            return voices[i].colour;
    }
    return "";
}

static void hear(void *arg, const struct event *event)
{
    struct narrator *narrator = arg;
    bool is_blame = strcmp(event->key, EVENT_BLAME) == 0;

    if (is_blame && narrator->blame[0] == '\0')
        (void)snprintf(narrator->blame, sizeof(narrator->blame), "%s: %s", event->who,
                       event->value);
    if (narrator->silent || (!is_blame && strcmp(event->key, EVENT_SAY) != 0))
        return;
    printf("%8.2f ms  %s%-7s%s  %s%s%s\n", (double)(event->at_us - narrator->start_us) / 1000,
           paint(narrator, voice(event->who)), event->who, paint(narrator, PLAIN),
           is_blame ? paint(narrator, RED) : "", event->value,
           is_blame ? paint(narrator, PLAIN) : "");
}

static void introduce(const struct narrator *narrator, const struct demo_recipe *recipe,
                      const struct demo_place *place)
{
    static const char *const where[] = {
        [DEMO_EMBEDDED] = "no daemon: every process is its own security authority (embedded)",
        [DEMO_LSAD] = "through lsad, the process that has the accounts and the keys",
    };

    if (narrator->silent)
        return;
    printf("%s%s: a live session leaves one process and goes on in another%s\n%s\n",
           paint(narrator, BOLD), recipe->title, paint(narrator, PLAIN), where[place->lsa]);
    if (place->gives_up_root)
        printf("lsad runs as root, all others as uid %d\n", PLACE_NOBODY);
    if (place->realm.pid != 0)
        printf("its KDC for the realm %s is process %d, on port %d of the loopback interface\n",
               recipe->domain, (int)place->realm.pid, place->realm.port);
    printf("\n");
}

static void conclude(const struct narrator *narrator, const struct demo_report *report)
{
    const char *flaw = report_flaw(report);

    if (narrator->silent) {
        report_print_json(report);
        return;
    }
    printf("\nclient %llu, front %llu and worker %llu were three processes.\n",
           (unsigned long long)report->client_pid, (unsigned long long)report->front_pid,
           (unsigned long long)report->worker_pid);
    if (report->lsa == DEMO_LSAD)
        printf("greeter %llu and lsad %llu were two more.\n",
               (unsigned long long)report->greeter_pid, (unsigned long long)report->lsad_pid);
    if (flaw == NULL)
        printf("%sAll of it held.%s\n\n", paint(narrator, GREEN), paint(narrator, PLAIN));
    else
        printf("%sFailed: %s.%s\n\n", paint(narrator, RED), flaw, paint(narrator, PLAIN));
}

static int show(const struct demo_recipe *recipe, enum demo_lsa lsa, bool json)
{
    struct narrator narrator = { .silent = json,
                                 .colour = !json && isatty(STDOUT_FILENO) == 1,
                                 .start_us = event_now_us() };
    ssp_cleanup(place_remove) struct demo_place place = { 0 };
    struct demo_report report = { 0 };

    enum ssp_err e = place_make(recipe, lsa, &place);
    if (e != SSP_OK && lsa == DEMO_LSAD)
        return cli_fail_err(&cmd_demo, "making a place for lsad, and starting it", e);
    if (e == SSP_OK) {
        introduce(&narrator, recipe, &place);
        e = demo_run(recipe, &place, hear, &narrator, &report);
    }
    if (e != SSP_OK)
        return cli_fail_err(&cmd_demo, recipe->title, e);
    conclude(&narrator, &report);
    if (narrator.blame[0] != '\0' && json)
        (void)cli_fail(&cmd_demo, recipe->title, narrator.blame);
    return report_flaw(&report) == NULL ? CLI_OK : CLI_FAILED;
}

/* All that is shown of a package; NULL: of every one. */
static int choose(struct choice *choice, const char *package)
{
    size_t before = choice->n;

    for (size_t i = 0; i < demo_n_recipes; i++) {
        if (package != NULL && strcasecmp(demo_recipes[i].package, package) != 0)
            continue;
        if (choice->n == SHOWS_MAX)
            return cli_misuse(&cmd_demo, "too many packages");
        choice->recipes[choice->n++] = &demo_recipes[i];
    }
    return choice->n > before
               ? CLI_OK
               : cli_misuse(&cmd_demo, "no demonstration for a package of that name");
}

static int choose_way(struct choice *choice, const char *name)
{
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(ways[i].name, name) == 0) {
            choice->way = &ways[i];
            return CLI_OK;
        }
    }
    return cli_misuse(&cmd_demo, "--lsa is embedded, lsad or both");
}

static int parse(int argc, char *argv[], struct choice *ret)
{
    static const struct option options[] = { { "package", required_argument, NULL, 'p' },
                                             { "lsa", required_argument, NULL, 'l' },
                                             { "json", no_argument, NULL, 'j' },
                                             { 0 } };
    int status = CLI_OK;

    for (int c = 0; status == CLI_OK && (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'p')
            status = choose(ret, optarg);
        else if (c == 'l')
            status = choose_way(ret, optarg);
        else if (c == 'j')
            ret->json = true;
        else
            status = cli_misuse(&cmd_demo, "bad option");
    }
    if (status == CLI_OK && optind != argc)
        status = cli_misuse(&cmd_demo, "takes no arguments");
    return status;
}

/* Says what is missing before anything is shown, so that it is not overlooked. */
static int check(const struct choice *choice, bool is_chosen)
{
    for (size_t i = 0; i < choice->n; i++) {
        const char *missing = supply_missing(choice->recipes[i]);
        char text[160];

        if (missing == NULL)
            continue;
        (void)snprintf(text, sizeof(text), "%s%s", missing,
                       is_chosen ? "" : "; with --package the others can be shown");
        return cli_fail(&cmd_demo, choice->recipes[i]->title, text);
    }
    return CLI_OK;
}

static int show_all(const struct choice *choice, enum demo_lsa lsa)
{
    int status = CLI_OK;

    for (size_t i = 0; i < choice->n; i++) {
        int shown = show(choice->recipes[i], lsa, choice->json);
        status = shown == CLI_OK ? status : shown;
    }
    return status;
}

static int run(int argc, char *argv[])
{
    struct choice choice = { .way = &ways[0] };
    int status = parse(argc, argv, &choice);
    bool is_chosen = choice.n != 0;

    if (status == CLI_OK && !is_chosen)
        status = choose(&choice, NULL);
    if (status == CLI_OK)
        status = check(&choice, is_chosen);
    if (status != CLI_OK)
        return status;
    /* An interrupt ends the three processes; this one then cleans up after them. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN); /* nor does a reader that has gone keep it from that */
    for (enum demo_lsa lsa = DEMO_EMBEDDED; lsa <= DEMO_LSAD; lsa++) {
        int shown = choice.way->with[lsa] ? show_all(&choice, lsa) : CLI_OK;
        status = shown == CLI_OK ? status : shown;
    }
    return status;
}

const struct command cmd_demo = {
    .name = "demo",
    .summary = "watch a live session move from one process to another",
    .help =
        "Usage: sspi demo [--package NAME]... [--lsa embedded|lsad|both] [--json]\n"
        "\n"
        "Starts a client, a front server and a worker as three processes.  Client and front\n"
        "authenticate and exchange messages; the front exports the session and sends it to the\n"
        "worker, which goes on talking to the same client.  Then the front tries its old handle\n"
        "and imports the same blob again; both have to fail.  Accounts, keys and a KDC are made\n"
        "for it where they are needed, so it needs no set-up, and it leaves nothing behind.\n"
        "\n"
        "  --package NAME  show this package (default: every one that can be shown)\n"
        "  --lsa WAY       embedded: without a daemon (the default); lsad: through an lsad that\n"
        "                  is started for it; both: one after the other\n"
        "  --json          one JSON object a package, way and line, instead of the story\n"
        "\n"
        "The exit status is 0 only if all of that held.\n",
    .run = run,
};
