/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/samba_peer.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/world.h"
#include "interop/base64.h"

enum { LINE = BASE64_MAX + 8, OPTION = 300 };

/* All folders are the world's. */
static void write_config(const char *more)
{
    static const char *const folders[] = {
        "private dir",   "lock directory", "state directory",          "cache directory",
        "pid directory", "ncalrpc dir",    "winbindd socket directory"
    };
    FILE *file = fopen(world_path("smb.conf"), "we");

    assert_non_null(file);
    (void)fprintf(file, "[global]\nnetbios name = PEER\nworkgroup = PEERS\nlog file = %s\n",
                  world_path("samba.log"));
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        (void)fprintf(file, "%s = %s\n", folders[i], world_path("samba"));
    (void)fprintf(file, "%s\n", more);
    assert_int_equal(fclose(file), 0);
}

static pid_t start(char *const argv[], int in, int out)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;

    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO), 0);
    int failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (failed)
        print_error("%s: %s (is the package winbind installed?)\n", argv[0], strerror(failed));
    assert_int_equal(failed, 0);
    return pid;
}

/* Which protocol it speaks to us, by what it speaks to the other side. */
static const char *protocol_of(const struct scene *scene, bool accepts)
{
    if (strcmp(scene->package, "Negotiate") == 0)
        return accepts ? "gss-spnego" : "gss-spnego-client";
    return accepts ? "squid-2.5-ntlmssp" : "ntlmssp-client-1";
}

struct samba_peer samba_peer_of(const struct scene *scene, bool accepts, const char *config)
{
    struct samba_peer peer = { .accepts = accepts };
    const char *host = strchr(scene->target, '/');
    char options[7][OPTION] = { { 0 } };
    int to[2] = { -1, -1 };
    int from[2] = { -1, -1 };

    write_config(config);
    (void)snprintf(options[0], OPTION, "--configfile=%s", world_path("smb.conf"));
    (void)snprintf(options[1], OPTION, "--helper-protocol=%s", protocol_of(scene, accepts));
    (void)snprintf(options[2], OPTION, "--username=%s", scene->user);
    (void)snprintf(options[3], OPTION, "--domain=%s", scene->domain);
    (void)snprintf(options[4], OPTION, "--password=%s", scene->password);
    (void)snprintf(options[5], OPTION, "--target-service=%.*s", (int)(host - scene->target),
                   scene->target);
    (void)snprintf(options[6], OPTION, "--target-hostname=%s", host + 1);
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    peer.pid = start((char *[]){ (char[]){ "ntlm_auth" }, options[0], options[1], options[2],
                                 options[3], options[4], options[5], options[6], NULL },
                     to[0], from[1]);
    (void)close(to[0]);
    (void)close(from[1]);
    peer.to = fdopen(to[1], "w");
    peer.from = fdopen(from[0], "r");
    assert_true(peer.to != NULL && peer.from != NULL);
    if (!accepts && scene->initiator_asks != 0)
        assert_true(samba_peer_asks(&peer, "SF NTLMSSP_FEATURE_SIGN NTLMSSP_FEATURE_SEAL", "OK"));
    peer.says[0] = '\0';
    return peer;
}

bool samba_peer_end(struct samba_peer *peer)
{
    int status = 0;

    (void)fclose(peer->to);
    (void)fclose(peer->from);
    return waitpid(peer->pid, &status, 0) == peer->pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

/* One line to it, and its answer. */
static void ask(struct samba_peer *peer, const char *line, char answer[LINE])
{
    assert_true(fprintf(peer->to, "%s\n", line) > 0 && fflush(peer->to) == 0);
    assert_non_null(fgets(answer, LINE, peer->from));
    answer[strcspn(answer, "\n")] = '\0';
    (void)snprintf(peer->says, sizeof(peer->says), "%.2s", answer);
    (void)snprintf(peer->text, sizeof(peer->text), "%.500s", answer[2] == ' ' ? answer + 3 : "");
}

static bool says(const struct samba_peer *peer, const char *word)
{
    return strcmp(peer->says, word) == 0;
}

bool samba_peer_asks(struct samba_peer *peer, const char *command, const char *word)
{
    char answer[LINE] = "";

    ask(peer, command, answer);
    return says(peer, word);
}

bool samba_peer_leg(struct samba_peer *peer, struct job *job)
{
    bool is_first = peer->says[0] == '\0';
    const char *command = is_first ? "YR" : peer->accepts ? "KK" : "TT";
    char line[LINE] = "";
    size_t n = 0;

    (void)snprintf(line, sizeof(line), "%s%s", command, job->n == 0 ? "" : " ");
    base64_encode(job->bytes, job->n, line + strlen(line));
    ask(peer, line, line);
    if (!says(peer, "YR") && !says(peer, "TT") &&
        (peer->accepts || (!says(peer, "KK") && !says(peer, "AF"))))
        return false;
    assert_true(base64_decode(line + 3, job->bytes, sizeof(job->bytes), &n));
    job->n = (uint32_t)n;
    return true;
}

bool samba_peer_is_content(const struct samba_peer *peer)
{
    return says(peer, "AF");
}

void samba_peer_key(struct samba_peer *peer, struct job *ret)
{
    size_t n = 0;

    assert_true(samba_peer_asks(peer, "GK", "GK"));
    assert_true(base64_decode(peer->text, ret->bytes, sizeof(ret->bytes), &n));
    ret->n = (uint32_t)n;
}

uint32_t samba_peer_flags(struct samba_peer *peer)
{
    assert_true(samba_peer_asks(peer, "GF", "GF"));
    return (uint32_t)strtoul(peer->text, NULL, 16);
}
