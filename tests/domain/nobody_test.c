/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where there is nobody to ask: meson.build runs this with a libwbclient that is
 * none, with one that lacks a function, and with Samba's own and no winbindd.
 */
#include <ntstatus.h>
#include <sspi.h>
#include <stdio.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/loopback.h"
#include "harness/world.h"

/* The library reads its configuration once, so each case is a process. */
static bool ends_with(SECURITY_STATUS wanted)
{
    struct loopback loop;

    loopback_begin(&loop, &scene_ntlm, NULL);
    SECURITY_STATUS status = loopback_shake(&loop, ALL_LEGS);
    bool is_fine = status == wanted && (status != SEC_E_OK || loopback_talks(&loop));
    if (!is_fine)
        (void)fprintf(stderr, "ended with %08x\n", (unsigned)status);
    loopback_end(&loop);
    return is_fine;
}

/* Winbindd is on this machine: the account is nobody's of its domain, but who says so depends. */
static bool is_refused(void)
{
    struct loopback loop;

    loopback_begin(&loop, &scene_ntlm, NULL);
    SECURITY_STATUS status = loopback_shake(&loop, ALL_LEGS);
    loopback_end(&loop);
    return status == SEC_E_LOGON_DENIED || status == SEC_E_NO_AUTHENTICATING_AUTHORITY;
}

static bool asks_the_domain(void *arg)
{
    (void)arg;
    world_join_domain();
    if (access("/run/samba/winbindd/pipe", F_OK) == 0)
        return is_refused();
    return ends_with(SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

static bool asks_the_file(void *arg)
{
    (void)arg;
    world_configure("run", "");
    return ends_with(SEC_E_OK);
}

static void nobody_of_the_domain_is_let_in(void **state)
{
    (void)state;
    assert_true(child_says(asks_the_domain, NULL));
}

static void users_of_a_sam_file_notice_nothing(void **state)
{
    (void)state;
    assert_true(child_says(asks_the_file, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nobody_of_the_domain_is_let_in),
        TEST(users_of_a_sam_file_notice_nothing),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
