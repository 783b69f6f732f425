/* SPDX-License-Identifier: Apache-2.0 */
/* What one user makes lsad keep is counted in bytes: up to a limit, and until it goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handoff/cast.h"
#include "lsad/caller.h"

enum { LIMIT = 256 * 1024, GREEDY = 61005, LONG_NAME = 4000 };

static const ULONG delete_old = SECPKG_CONTEXT_EXPORT_DELETE_OLD;

/* What is kept beyond the least that each thing is counted with. */
static uint32_t bytes_beyond(const struct caller_counts *counts)
{
    uint32_t things = counts->n[CHARGE_CONNECTION] + counts->n[CHARGE_PROCESS] +
                      counts->n[CHARGE_CREDENTIAL] + counts->n[CHARGE_CONTEXT];

    return counts->n[CHARGE_BYTES] - 1024 * things - 256 * counts->n[CHARGE_TICKET];
}

static uint32_t own_bytes_beyond(void)
{
    int fd = caller_greeted();
    struct caller_counts counts = caller_count(fd, geteuid());

    assert_int_equal(close(fd), 0);
    return bytes_beyond(&counts);
}

/* ---- Until it goes --------------------------------------------------------------------------- */

static void counts_the_tokens_of_a_handshake_until_it_is_over(void **state)
{
    uint32_t before = own_bytes_beyond();
    struct cast cast = cast_start();
    struct job job = JOB_INIT;

    (void)state;
    assert_int_equal(cast_leg(&cast.client, &job), SEC_I_CONTINUE_NEEDED);
    uint32_t first = own_bytes_beyond();
    assert_true(first >= before + job.n); /* the client keeps what it said */
    uint32_t said = job.n;
    assert_int_equal(cast_leg(&cast.server, &job), SEC_I_CONTINUE_NEEDED);
    assert_true(own_bytes_beyond() >= first + said + job.n);
    assert_int_equal(cast_leg(&cast.client, &job), SEC_E_OK);
    assert_int_equal(cast_leg(&cast.server, &job), SEC_E_OK);
    uint32_t over = own_bytes_beyond();
    assert_int_equal(actor_does(&cast.client, party_delete, 0), SEC_E_OK);
    assert_int_equal(actor_does(&cast.server, party_delete, 0), SEC_E_OK);
    assert_int_equal(own_bytes_beyond(), over); /* a session that is established has none */
}

static void counts_what_is_kept_for_its_importer(void **state)
{
    struct cast cast = cast_start();
    struct job job = JOB_INIT;

    (void)state;
    assert_int_equal(cast_leg(&cast.client, &job), SEC_I_CONTINUE_NEEDED);
    uint32_t with_one = own_bytes_beyond();
    assert_int_equal(cast_leg(&cast.server, &job), SEC_I_CONTINUE_NEEDED);
    uint32_t with_both = own_bytes_beyond();
    struct job blob = cast_export(&cast.server, delete_old);
    assert_int_equal(own_bytes_beyond(), with_both);
    assert_int_equal(actor_do(&cast.heir, party_import, &blob), SEC_E_OK);
    assert_int_equal(own_bytes_beyond(), with_both);
    assert_int_equal(actor_does(&cast.heir, party_delete, 0), SEC_E_OK);
    assert_int_equal(own_bytes_beyond(), with_one);
}

static void counts_no_leg_that_failed(void **state)
{
    struct cast cast = cast_start();
    struct job job = JOB_INIT;

    (void)state;
    assert_int_equal(cast_leg(&cast.client, &job), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(cast_leg(&cast.server, &job), SEC_I_CONTINUE_NEEDED);
    uint32_t before = own_bytes_beyond();
    for (unsigned i = 0; i < 16; i++) {
        struct job rubbish = job_text("this is no token of any package");

        assert_int_equal(cast_leg(&cast.client, &rubbish), SEC_E_INVALID_TOKEN);
    }
    assert_int_equal(own_bytes_beyond(), before);
}

/* ---- Up to a limit --------------------------------------------------------------------------- */

static struct str16 long_name(void)
{
    struct str16 name = { calloc(LONG_NAME, sizeof(char16_t)), LONG_NAME };

    assert_non_null(name.p);
    for (size_t i = 0; i < LONG_NAME; i++)
        name.p[i] = u'n';
    return name;
}

static int32_t acquire(int fd, const struct str16 *name, uint64_t *ret_cred)
{
    struct str16 package = { (char16_t[]){ u"NTLM" }, 4 };
    struct cred_ask ask = { .package = package,
                            .use = SECPKG_CRED_OUTBOUND,
                            .has_identity = true,
                            .user = *name,
                            .domain = *name,
                            .password = *name };
    union rpc_answer answer;

    if (caller_ask(fd, RPC_ACQUIRE_CRED, &ask, NULL) != SSP_OK)
        return 1;
    int32_t status = caller_take(fd, RPC_ACQUIRE_CRED, &answer);
    if (status >= 0)
        *ret_cred = answer.cred.cred;
    return status;
}

static bool become_greedy(void)
{
    return setgid(GREEDY) == 0 && setuid(GREEDY) == 0;
}

/* In an actor.  SEC_E_OK when lsad took as many credentials as there is room for, no more, and one
 * again in the place of one that was freed. */
static SECURITY_STATUS fill_with_names(struct party *party, struct job *job)
{
    struct str16 name = long_name();
    uint64_t cred = 0;
    unsigned n = 0;

    (void)party;
    (void)job;
    if (!become_greedy())
        return SEC_E_INTERNAL_ERROR;
    int fd = caller_greeted();
    while (n < LIMIT / LONG_NAME && acquire(fd, &name, &cred) == SEC_E_OK)
        n++;
    if (n < 2 || n > LIMIT / (3 * 2 * LONG_NAME) ||
        acquire(fd, &name, &cred) != SEC_E_INSUFFICIENT_MEMORY)
        return SEC_E_INTERNAL_ERROR;
    if (caller_ask(fd, RPC_FREE_CRED, &(struct id_ask){ cred }, NULL) != SSP_OK ||
        caller_answer(fd) != SEC_E_OK)
        return SEC_E_INTERNAL_ERROR;
    int32_t again = acquire(fd, &name, &cred); /* the connection stays open with the actor */
    free(name.p);
    return again;
}

static void refuses_one_user_what_is_over_the_limit_and_no_other(void **state)
{
    struct actor greedy = actor_start(&scene_ntlm, true);

    (void)state;
    world_open();
    assert_int_equal(actor_does(&greedy, fill_with_names, 0), SEC_E_OK);
    struct cast cast = cast_meet();
    cast_talk(&cast.client, &cast.server);
    cast_hand_over(&cast.server, &cast.heir, delete_old);
}

/* In an actor.  Asks for large answers and reads none; ends, since lsad does not keep that. */
static SECURITY_STATUS read_nothing(struct party *party, struct job *job)
{
    static uint8_t packed[60000];
    const struct seal_ask ask = { .flags = SECPKG_CONTEXT_EXPORT_DELETE_OLD,
                                  .packed = { packed, sizeof(packed) } };
    struct str16 name = long_name();
    uint64_t cred = 0;

    (void)party;
    (void)job;
    if (!become_greedy())
        return SEC_E_INTERNAL_ERROR;
    int fd = caller_greeted();
    while (acquire(fd, &name, &cred) == SEC_E_OK)
        continue; /* ends at the limit: for an answer of that size there is no room */
    free(name.p);
    while (caller_ask(fd, RPC_SEAL, &ask, NULL) == SSP_OK)
        continue;
    return SEC_E_OK;
}

static void closes_on_who_reads_nothing_and_is_over_the_limit(void **state)
{
    struct actor greedy = actor_start(&scene_ntlm, true);

    (void)state;
    world_open();
    assert_int_equal(actor_does(&greedy, read_nothing, 0), SEC_E_OK);
}

static int begin(void **state)
{
    int status = world_begin(state);

    world_kill_lsad();
    world_configure("run", "[lsad]\nbytes = 262144\n");
    world_start_lsad();
    return status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTOR_TEST(counts_the_tokens_of_a_handshake_until_it_is_over),
        ACTOR_TEST(counts_what_is_kept_for_its_importer),
        ACTOR_TEST(counts_no_leg_that_failed),
        CASE_IF(geteuid() == 0, ACTOR_TEST(refuses_one_user_what_is_over_the_limit_and_no_other)),
        CASE_IF(geteuid() == 0, ACTOR_TEST(closes_on_who_reads_nothing_and_is_over_the_limit)),
    };

    return cmocka_run_group_tests(tests, begin, world_end);
}
