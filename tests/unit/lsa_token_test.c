/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/handle.h"
#include "harness/harness.h"
#include "lsa/token.h"

enum { ALL_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

/* The sample under the fixed key, by an implementation of its own (HKDF and HMAC of Python). */
static const char known[] =
    "53535049544f4b01 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf 4433221188776655 010000000000db01"
    "ffffffffffffff7f 0200 0100 e8030000 e9030000 02000000 e9030000 1b000000"
    "0400 4e544c4d 0500 416c696365 0400 434f5250 1300 532d312d352d32312d312d322d332d31303031"
    "1d6232f9f28404171f72eb933579a5d1fc76842c607bc5a0307e4da9e09d0006";

static struct seal_key fixed_key(void)
{
    struct seal_key key = { .key.n = 32 };

    for (size_t i = 0; i < 32; i++)
        key.key.b[i] = (uint8_t)(0x80 + i);
    for (size_t i = 0; i < ENVELOPE_ID_SIZE; i++)
        key.id[i] = (uint8_t)(0xa0 + i);
    return key;
}

static OPENSSPI_TOKEN_INFO sample(void)
{
    return (OPENSSPI_TOKEN_INFO){
        .package = "NTLM",
        .user = "Alice",
        .domain = "CORP",
        .sid = "S-1-5-21-1-2-3-1001",
        .logon_id = { .LowPart = 0x11223344, .HighPart = 0x55667788 },
        .has_mapping = 1,
        .uid = 1000,
        .gid = 1001,
        .n_groups = 2,
        .groups = { 1001, 27 },
        .auth_time.QuadPart = 0x01db000000000001,
        .expiry.QuadPart = INT64_MAX,
        .level = SecurityImpersonation,
    };
}

static void assert_info_equal(const OPENSSPI_TOKEN_INFO *a, const OPENSSPI_TOKEN_INFO *b)
{
    assert_string_equal(a->package, b->package);
    assert_string_equal(a->user, b->user);
    assert_string_equal(a->domain, b->domain);
    assert_string_equal(a->sid, b->sid);
    assert_int_equal(a->logon_id.LowPart, b->logon_id.LowPart);
    assert_int_equal(a->logon_id.HighPart, b->logon_id.HighPart);
    assert_int_equal(a->has_mapping, b->has_mapping);
    assert_int_equal(a->uid, b->uid);
    assert_int_equal(a->gid, b->gid);
    assert_int_equal(a->n_groups, b->n_groups);
    assert_memory_equal(a->groups, b->groups, sizeof(a->groups));
    assert_int_equal(a->auth_time.QuadPart, b->auth_time.QuadPart);
    assert_int_equal(a->expiry.QuadPart, b->expiry.QuadPart);
    assert_int_equal(a->level, b->level);
}

/* A memfd with those bytes and seals, as a hostile owner could make it. */
static HANDLE forge(struct view bytes, int seals)
{
    int fd = memfd_create("forged", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
    if (seals != 0)
        assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
    return handle_of_fd(fd);
}

static enum ssp_err read_forged(struct view bytes, int seals)
{
    const struct seal_key key = fixed_key();
    OPENSSPI_TOKEN_INFO info = { .uid = 42 };
    ssp_cleanup(handle_close) HANDLE token = forge(bytes, seals);
    enum ssp_err e = token_read(&key, token, &info);

    if (e != SSP_OK)
        assert_int_equal(info.uid, 42); /* outputs are left alone on failure */
    return e;
}

static void makes_the_known_token_to_the_byte(void **state)
{
    const struct seal_key key = fixed_key();
    const OPENSSPI_TOKEN_INFO info = sample();
    ssp_cleanup(handle_close) HANDLE token = NULL;
    uint8_t bytes[512];

    (void)state;
    assert_int_equal(token_make(&key, &info, &token), SSP_OK);
    ssize_t n = pread(handle_to_fd(token), bytes, sizeof(bytes), 0);
    assert_true(n > 0);
    assert_view_equal((struct view){ bytes, (size_t)n }, hex(known));
}

static void reads_the_known_token(void **state)
{
    const struct seal_key key = fixed_key();
    const OPENSSPI_TOKEN_INFO want = sample();
    OPENSSPI_TOKEN_INFO info = { 0 };
    ssp_cleanup(handle_close) HANDLE token = forge(hex(known), ALL_SEALS);

    (void)state;
    assert_int_equal(token_read(&key, token, &info), SSP_OK);
    assert_info_equal(&info, &want);
}

static void is_read_through_every_copy_again_and_again(void **state)
{
    const struct seal_key key = fixed_key();
    const OPENSSPI_TOKEN_INFO want = sample();
    ssp_cleanup(handle_close) HANDLE token = NULL;
    ssp_cleanup(handle_close) HANDLE copy = NULL;

    (void)state;
    assert_int_equal(token_make(&key, &want, &token), SSP_OK);
    assert_int_equal(handle_dup(token, &copy), SSP_OK);
    for (int i = 0; i < 4; i++) {
        OPENSSPI_TOKEN_INFO info = { 0 };
        assert_int_equal(token_read(&key, i % 2 == 0 ? token : copy, &info), SSP_OK);
        assert_info_equal(&info, &want);
    }
}

static void cannot_be_changed_by_its_owner(void **state)
{
    const struct seal_key key = fixed_key();
    const OPENSSPI_TOKEN_INFO info = sample();
    ssp_cleanup(handle_close) HANDLE token = NULL;

    (void)state;
    assert_int_equal(token_make(&key, &info, &token), SSP_OK);
    int fd = handle_to_fd(token);
    assert_int_equal(pwrite(fd, "x", 1, 0), -1);
    assert_int_equal(ftruncate(fd, 1), -1);
    assert_int_equal(ftruncate(fd, 4096), -1);
    assert_ptr_equal(mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, 0), -1);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void refuses_a_token_that_its_owner_could_still_change(void **state)
{
    static const int missing_one[] = {
        F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
        F_SEAL_SEAL | F_SEAL_GROW | F_SEAL_WRITE,
        F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_WRITE,
        F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW,
        F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE,
        0,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(missing_one) / sizeof(missing_one[0]); i++)
        assert_int_equal(read_forged(hex(known), missing_one[i]), SSP_ERR_BAD_TOKEN);
}

static void refuses_every_single_byte_change(void **state)
{
    static const uint8_t patterns[] = { 0x01, 0x80, 0xff, 0x55 };
    const struct view whole = hex(known);
    uint8_t altered[512];

    (void)state;
    for (size_t at = 0; at < whole.n; at++) {
        for (size_t i = 0; i < sizeof(patterns); i++) {
            memcpy(altered, whole.p, whole.n);
            altered[at] ^= patterns[i];
            assert_int_equal(read_forged((struct view){ altered, whole.n }, ALL_SEALS),
                             SSP_ERR_BAD_TOKEN);
        }
    }
}

static void refuses_every_truncation_and_bytes_behind_it(void **state)
{
    static uint8_t longer[4096];
    const struct view whole = hex(known);

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(read_forged((struct view){ whole.p, n }, ALL_SEALS), SSP_ERR_BAD_TOKEN);
    memcpy(longer, whole.p, whole.n);
    for (size_t n = whole.n + 1; n < sizeof(longer); n += 61)
        assert_int_equal(read_forged((struct view){ longer, n }, ALL_SEALS), SSP_ERR_BAD_TOKEN);
}

static void refuses_another_key(void **state)
{
    struct seal_key keys[2] = { fixed_key(), fixed_key() };
    OPENSSPI_TOKEN_INFO info;
    ssp_cleanup(handle_close) HANDLE token = forge(hex(known), ALL_SEALS);

    (void)state;
    keys[0].key.b[0] ^= 1;
    keys[1].id[0] ^= 1;
    assert_int_equal(token_read(&keys[0], token, &info), SSP_ERR_BAD_TOKEN);
    assert_int_equal(token_read(&keys[1], token, &info), SSP_ERR_BAD_TOKEN);
}

static void refuses_descriptors_that_are_no_memfd(void **state)
{
    const struct seal_key key = fixed_key();
    OPENSSPI_TOKEN_INFO info;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    ssp_cleanup(handle_close) HANDLE pipe_end = handle_of_fd(ends[0]);
    ssp_cleanup(handle_close) HANDLE other_end = handle_of_fd(ends[1]);
    ssp_cleanup(handle_close) HANDLE folder = handle_of_fd(open("/", O_RDONLY | O_CLOEXEC));
    ssp_cleanup(handle_close) HANDLE file = handle_of_fd(open("/dev/zero", O_RDONLY | O_CLOEXEC));
    assert_int_equal(token_read(&key, pipe_end, &info), SSP_ERR_BAD_TOKEN);
    assert_int_equal(token_read(&key, other_end, &info), SSP_ERR_BAD_TOKEN);
    assert_int_equal(token_read(&key, folder, &info), SSP_ERR_BAD_TOKEN);
    assert_int_equal(token_read(&key, file, &info), SSP_ERR_BAD_TOKEN);
}

static void refuses_a_handle_that_is_not_open(void **state)
{
    const struct seal_key key = fixed_key();
    OPENSSPI_TOKEN_INFO info;
    HANDLE token = forge(hex(known), ALL_SEALS);
    HANDLE stale = token;

    (void)state;
    handle_close(&token);
    assert_int_equal(token_read(&key, stale, &info), SSP_ERR_BAD_HANDLE);
    assert_int_equal(token_read(&key, NULL, &info), SSP_ERR_BAD_HANDLE);
}

static void carries_the_longest_names_and_the_most_groups(void **state)
{
    const struct seal_key key = fixed_key();
    OPENSSPI_TOKEN_INFO want = sample();
    OPENSSPI_TOKEN_INFO info = { 0 };
    ssp_cleanup(handle_close) HANDLE token = NULL;

    (void)state;
    memset(want.package, 'p', sizeof(want.package) - 1);
    memset(want.user, 'u', sizeof(want.user) - 1);
    memset(want.domain, 'd', sizeof(want.domain) - 1);
    memset(want.sid, '1', sizeof(want.sid) - 1);
    want.n_groups = OPENSSPI_GROUPS_MAX;
    for (uint32_t i = 0; i < OPENSSPI_GROUPS_MAX; i++)
        want.groups[i] = UINT32_MAX - i;
    assert_int_equal(token_make(&key, &want, &token), SSP_OK);
    assert_int_equal(token_read(&key, token, &info), SSP_OK);
    assert_info_equal(&info, &want);
}

static void makes_no_token_that_it_would_not_read(void **state)
{
    const struct seal_key key = fixed_key();
    OPENSSPI_TOKEN_INFO bad[6] = { sample(), sample(), sample(), sample(), sample(), sample() };
    HANDLE token = NULL;

    (void)state;
    memset(bad[0].user, 'u', sizeof(bad[0].user)); /* not terminated */
    bad[1].domain[0] = '\xff';                     /* not UTF-8 */
    bad[2].n_groups = OPENSSPI_GROUPS_MAX + 1;
    bad[3].has_mapping = 0; /* and yet a uid */
    bad[4].has_mapping = 2;
    bad[5].level = (SECURITY_IMPERSONATION_LEVEL)(SecurityDelegation + 1);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(token_make(&key, &bad[i], &token), SSP_ERR_BAD_ARGUMENT);
    assert_null(token);
}

/* Offsets of the known record, which starts behind magic and key id. */
static void refuses_a_record_that_breaks_one_rule(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
        const char *rule;
    } broken[] = {
        { 24, 4, "level to come" },
        { 25, 1, "level, high byte" },
        { 26, 0, "numbers without a mapping" },
        { 26, 2, "unknown flag" },
        { 36, 3, "one group too many for the bytes" },
        { 36, 65, "groups over their limit" },
        { 39, 1, "groups, high byte" },
        { 48, 5, "package longer than it is" },
        { 49, 1, "package over its limit" },
        { 50, 0, "NUL in the package" },
        { 56, 0xc3, "user that is not UTF-8" },
    };
    const struct view token = hex(known);
    uint8_t record[512];
    size_t n = token.n - 8 - ENVELOPE_ID_SIZE - 32;
    OPENSSPI_TOKEN_INFO info;

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        memcpy(record, token.p + 8 + ENVELOPE_ID_SIZE, n);
        assert_int_equal(token_decode((struct view){ record, n }, &info), SSP_OK);
        record[broken[i].at] = broken[i].value;
        if (token_decode(guarded((struct view){ record, n }), &info) != SSP_ERR_BAD_TOKEN)
            fail_msg("accepted: %s", broken[i].rule);
    }
}

static void decodes_no_prefix_of_a_record(void **state)
{
    const struct view token = hex(known);
    const uint8_t *record = token.p + 8 + ENVELOPE_ID_SIZE;
    size_t n = token.n - 8 - ENVELOPE_ID_SIZE - 32;
    OPENSSPI_TOKEN_INFO info;

    (void)state;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(token_decode(guarded((struct view){ record, i }), &info),
                         SSP_ERR_BAD_TOKEN);
}

static void makes_a_token_or_reports_no_memory(void **state)
{
    const struct seal_key key = fixed_key();
    const OPENSSPI_TOKEN_INFO info = sample();
    enum ssp_err e = SSP_ERR_NO_MEMORY;

    (void)state;
    for (size_t nth = 0; e == SSP_ERR_NO_MEMORY && nth < 100; nth++) {
        ssp_cleanup(handle_close) HANDLE token = NULL;

        fault_malloc_at(nth);
        e = token_make(&key, &info, &token);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(token != NULL, e == SSP_OK);
    }
    assert_int_equal(e, SSP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_the_known_token_to_the_byte),
        TEST(reads_the_known_token),
        TEST(is_read_through_every_copy_again_and_again),
        TEST(cannot_be_changed_by_its_owner),
        TEST(refuses_a_token_that_its_owner_could_still_change),
        TEST(refuses_every_single_byte_change),
        TEST(refuses_every_truncation_and_bytes_behind_it),
        TEST(refuses_another_key),
        TEST(refuses_descriptors_that_are_no_memfd),
        TEST(refuses_a_handle_that_is_not_open),
        TEST(carries_the_longest_names_and_the_most_groups),
        TEST(makes_no_token_that_it_would_not_read),
        TEST(refuses_a_record_that_breaks_one_rule),
        TEST(decodes_no_prefix_of_a_record),
        TEST(makes_a_token_or_reports_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
