/* SPDX-License-Identifier: Apache-2.0 */
/* When a session is over, nothing of its keys, nor of the hash they came from, is left in the
 * memory of the process: not in freed blocks, not on the stack. */
#include <sspi.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"

enum { WANTED_MAX = 32, REGION_MAX = 64 << 20 };

/* What is looked for, never held in clear here. */
struct wanted {
    uint8_t masked[WANTED_MAX];
    size_t n;
};

static struct wanted mask(struct view secret)
{
    struct wanted wanted = { .n = secret.n };

    assert_true(secret.n <= WANTED_MAX);
    for (size_t i = 0; i < secret.n; i++)
        wanted.masked[i] = secret.p[i] ^ 0xa5;
    return wanted;
}

__attribute__((no_sanitize("address"))) static bool stands_at(const uint8_t *p,
                                                              const struct wanted *wanted)
{
    for (size_t i = 0; i < wanted->n; i++)
        if ((p[i] ^ 0xa5) != wanted->masked[i])
            return false;
    return true;
}

__attribute__((no_sanitize("address"))) static size_t count_in(const uint8_t *p, const uint8_t *end,
                                                               const struct wanted *wanted)
{
    size_t n = 0;

    for (; p + wanted->n <= end; p++)
        n += stands_at(p, wanted);
    return n;
}

/* In all memory of the process that it may write to and that is small enough to be its own. */
static size_t count_everywhere(const struct wanted *wanted)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    size_t n = 0;

    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps) != NULL) {
        char *rest = NULL;
        uintptr_t from = strtoull(line, &rest, 16);
        uintptr_t to = strtoull(rest + 1, &rest, 16);

        if (strncmp(rest, " rw", 3) == 0 && to - from <= REGION_MAX)
            n += count_in((const uint8_t *)from, (const uint8_t *)to, wanted);
    }
    (void)fclose(maps);
    return n;
}

static enum ssp_err fill_random(uint8_t *dst, size_t n)
{
    return system_rand.fill(dst, n);
}

static const struct rand random_keys = { fill_random };

struct secrets {
    struct wanted session_key;
    struct wanted sign_key;
    struct wanted nt_hash;
};

/* In a frame of its own, so that what it leaves on the stack can be found. */
__attribute__((noinline)) static struct secrets live_and_die(const char *config)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };
    const struct pair_legs legs = { .isc = ISC_REQ_CONFIDENTIALITY, .moved = true };
    struct secrets secrets = { 0 };

    pair_start_as(&pair, config, config);
    pair.client_env.rand = &random_keys;
    assert_int_equal(pair_run(&pair, &legs), SSP_OK);
    assert_true(pair_talks(&pair));
    const struct ntlm_core *core = &pair.client.core;
    secrets.session_key = mask(VIEW_OF(core->session_key));
    secrets.sign_key = mask((struct view){ core->session.send.rc4.s, WANTED_MAX });
    secrets.nt_hash = mask(key_view(&pair.client_cred->hashes->nt));
    assert_true(count_everywhere(&secrets.session_key) > 0); /* it can be found while it is there */
    return secrets;
}

static void check(const char *config)
{
    struct secrets secrets = live_and_die(config);

    assert_int_equal(count_everywhere(&secrets.session_key), 0);
    assert_int_equal(count_everywhere(&secrets.sign_key), 0);
    assert_int_equal(count_everywhere(&secrets.nt_hash), 0);
}

static void nothing_is_left_of_a_session(void **state)
{
    (void)state;
    check("");
}

static void nothing_is_left_of_an_old_session_either(void **state)
{
    (void)state;
    check("minimum = v1\nrespond = v1\nlm = yes\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_left_of_a_session),
        TEST(nothing_is_left_of_an_old_session_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
