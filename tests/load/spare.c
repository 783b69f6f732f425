/* SPDX-License-Identifier: Apache-2.0 */
#include "load/spare.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "lsad/caller.h"

enum { TRIES = 1000 };

void limits_set(const struct limits *limits)
{
    char more[256];

    (void)snprintf(more, sizeof(more),
                   "[lsad]\nconnections = %u\nprocesses = %u\ncredentials = %u\ncontexts = %u\n",
                   limits->connections, limits->connections, limits->credentials, limits->contexts);
    world_kill_lsad();
    world_configure("run", more);
    world_start_lsad();
}

/* ---- Deeds: how many until lsad says that it is enough ----------------- */

static SECURITY_STATUS acquire(CredHandle *ret)
{
    char ntlm[] = "NTLM";

    return AcquireCredentialsHandleA(NULL, ntlm, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, ret,
                                     NULL);
}

static SECURITY_STATUS begin(struct party *party)
{
    struct job token = JOB_INIT;

    party->has_ctx = false;
    return party_leg(party, &token);
}

/* arg: how many there should be; gives how many there are.  They go with the actor. */
static SECURITY_STATUS fill_credentials(struct party *party, struct job *job)
{
    SECURITY_STATUS status = SEC_E_OK;
    CredHandle cred;
    ULONG n = 0;

    (void)party;
    while (n <= job->arg && (status = acquire(&cred)) == SEC_E_OK)
        n++;
    job->arg = n;
    return status;
}

static SECURITY_STATUS fill_contexts(struct party *party, struct job *job)
{
    SECURITY_STATUS status = SEC_E_OK;
    ULONG n = 0;

    while (n <= job->arg && (status = begin(party)) >= 0)
        n++;
    job->arg = n;
    return status;
}

/* In an actor, so that they go with it; each is a process to lsad. */
static SECURITY_STATUS fill_connections(struct party *party, struct job *job)
{
    int32_t status = SEC_E_OK;
    ULONG n = 0;

    (void)party;
    while (n <= job->arg && status == SEC_E_OK) {
        status = caller_hello(caller_reach());
        n += status == SEC_E_OK ? 1 : 0;
    }
    job->arg = n;
    return status;
}

static bool can_have(deed_fn *fill, unsigned wanted)
{
    struct actor actor = actor_start(&scene_ntlm, false);
    struct job job = JOB_INIT;

    job.arg = wanted;
    SECURITY_STATUS status = actor_do(&actor, fill, &job);
    actor_end(&actor);
    if (status != SEC_E_INSUFFICIENT_MEMORY || job.arg > wanted)
        fail_msg("%u of %u, and then 0x%08x", (unsigned)job.arg, wanted, (unsigned)status);
    return job.arg == wanted;
}

static void assert_can_have(deed_fn *fill, unsigned wanted)
{
    unsigned tries = 0;

    while (!can_have(fill, wanted))
        assert_true(++tries < TRIES);
}

void assert_all_is_there(const struct limits *limits)
{
    assert_can_have(fill_connections, limits->connections);
    assert_can_have(fill_credentials, limits->credentials);
    assert_can_have(fill_contexts, limits->contexts);
}

/* ---- Numbers ----------------------------------------------------------- */

size_t memory_of(pid_t pid)
{
    char path[64];
    char text[128] = "";
    char *rest = NULL;

    (void)snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    (void)fclose(file);
    (void)strtoul(text, &rest, 10); /* the second number is what is resident */
    return strtoul(rest, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

unsigned number_of(const char *text)
{
    char *end = NULL;
    unsigned long n = text == NULL ? 0 : strtoul(text, &end, 10);

    if (n == 0 || *end != '\0' || n > 1000000)
        abort();
    return (unsigned)n;
}
