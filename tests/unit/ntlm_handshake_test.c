/* SPDX-License-Identifier: Apache-2.0 */
/* Both roles of the NTLM handshake against each other, and what they refuse. */
#include <sspi.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/ntlm_pair.h"
#include "packages/ntlm/negotiate.h"

static const struct pair_legs sealed = {
    .isc = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY,
    .asc = ASC_REQ_CONFIDENTIALITY,
};

static void ends_with_the_same_keys_on_both_sides(void **state)
{
    ssp_cleanup(pair_done) struct pair pair = { 0 };

    (void)state;
    pair_start(&pair);
    assert_int_equal(pair_run(&pair, &sealed), SSP_OK);
    assert_true(pair.client.is_done && pair.server.is_done);
    assert_memory_equal(pair.client.core.session_key, pair.server.core.session_key, NTLM_KEY_SIZE);
    assert_true(pair_talks(&pair));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ends_with_the_same_keys_on_both_sides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
