/* SPDX-License-Identifier: Apache-2.0 */
/* Parcels, handles and tokens as opensspi.h has them. */
#include <opensspi.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/handle.h"
#include "harness/fake_lsa.h"
#include "harness/harness.h"

static char blob[] = "blob";
static char unread[] = "not yet used";

static int some_fd(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static void socket_pair(int ret[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret), 0);
}

static OPENSSPI_PARCEL parcel(void)
{
    return (OPENSSPI_PARCEL){
        .package = "fake",
        .context = { sizeof(blob), SECBUFFER_TOKEN, blob },
        .connection = -1,
    };
}

static void carries_everything_in_one_message(void **state)
{
    int sock[2];
    OPENSSPI_PARCEL sent = parcel();
    OPENSSPI_PARCEL got = { 0 };

    (void)state;
    socket_pair(sock);
    sent.token = handle_of_fd(some_fd());
    sent.connection = some_fd();
    sent.unread = unread;
    sent.unread_size = sizeof(unread);
    assert_int_equal(opensspi_send_context(sock[0], &sent), SEC_E_OK);
    assert_int_equal(opensspi_receive_context(sock[1], &got), SEC_E_OK);
    assert_string_equal(got.package, "fake");
    assert_int_equal(got.context.cbBuffer, sizeof(blob));
    assert_memory_equal(got.context.pvBuffer, blob, sizeof(blob));
    assert_int_equal(got.unread_size, sizeof(unread));
    assert_memory_equal(got.unread, unread, sizeof(unread));
    assert_non_null(got.token);
    assert_int_not_equal(got.connection, sent.connection);
    assert_int_equal(fcntl(got.connection, F_GETFD), FD_CLOEXEC);
    opensspi_free_parcel(&got);
    assert_int_equal(got.connection, -1);
    opensspi_free_parcel(&got); /* empty: fine */
    assert_true(CloseHandle(sent.token));
    assert_int_equal(close(sent.connection), 0); /* stayed the sender's */
    (void)close(sock[0]);
    (void)close(sock[1]);
}

static void carries_a_bare_context(void **state)
{
    int sock[2];
    OPENSSPI_PARCEL sent = parcel();
    OPENSSPI_PARCEL got = { 0 };

    (void)state;
    socket_pair(sock);
    assert_int_equal(opensspi_send_context(sock[0], &sent), SEC_E_OK);
    assert_int_equal(opensspi_receive_context(sock[1], &got), SEC_E_OK);
    assert_null(got.token);
    assert_null(got.unread);
    assert_int_equal(got.connection, -1);
    opensspi_free_parcel(&got);
    (void)close(sock[0]);
    (void)close(sock[1]);
}

static void refuses_to_send_what_is_no_parcel(void **state)
{
    int sock[2];
    OPENSSPI_PARCEL bad = parcel();

    (void)state;
    socket_pair(sock);
    assert_int_equal(opensspi_send_context(sock[0], NULL), SEC_E_INVALID_PARAMETER);
    bad.package[0] = 0;
    assert_int_equal(opensspi_send_context(sock[0], &bad), SEC_E_INVALID_PARAMETER);
    memset(bad.package, 'x', sizeof(bad.package));
    assert_int_equal(opensspi_send_context(sock[0], &bad), SEC_E_INVALID_PARAMETER);
    bad = parcel();
    bad.context.pvBuffer = NULL;
    assert_int_equal(opensspi_send_context(sock[0], &bad), SEC_E_INVALID_PARAMETER);
    bad = parcel();
    bad.unread_size = OPENSSPI_UNREAD_MAX + 1;
    bad.unread = unread;
    assert_int_equal(opensspi_send_context(sock[0], &bad), SEC_E_INVALID_PARAMETER);
    bad = parcel();
    bad.unread_size = 1;
    assert_int_equal(opensspi_send_context(sock[0], &bad), SEC_E_INVALID_PARAMETER);
    bad = parcel();
    bad.token = (HANDLE)3; /* no multiple of four */
    assert_int_equal(opensspi_send_context(sock[0], &bad), SEC_E_INVALID_PARAMETER);
    (void)close(sock[1]);
    bad = parcel();
    assert_int_equal(opensspi_send_context(sock[0], &bad), SEC_E_INCOMPLETE_MESSAGE);
    (void)close(sock[0]);
}

static void refuses_to_receive_what_is_no_parcel(void **state)
{
    int sock[2];
    OPENSSPI_PARCEL got = { .connection = 77 };

    (void)state;
    socket_pair(sock);
    assert_int_equal(send(sock[0], "rubbish", 7, 0), 7);
    assert_int_equal(opensspi_receive_context(sock[1], &got), SEC_E_INVALID_TOKEN);
    assert_int_equal(fcntl(sock[1], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(opensspi_receive_context(sock[1], &got), SEC_E_INTERNAL_ERROR);
    assert_int_equal(errno, EAGAIN);
    (void)close(sock[0]);
    assert_int_equal(opensspi_receive_context(sock[1], &got), SEC_E_INCOMPLETE_MESSAGE);
    assert_int_equal(opensspi_receive_context(sock[1], NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(got.connection, 77);
    (void)close(sock[1]);
}

static size_t open_descriptors(void)
{
    size_t n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) != -1;
    return n;
}

static void keeps_no_descriptor_when_memory_ends(void **state)
{
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    OPENSSPI_PARCEL sent = parcel();
    OPENSSPI_PARCEL got = { 0 };
    int sock[2];

    (void)state;
    socket_pair(sock);
    sent.connection = some_fd();
    sent.unread = unread;
    sent.unread_size = sizeof(unread);
    for (size_t nth = 0; status == SEC_E_INSUFFICIENT_MEMORY && nth < 100; nth++) {
        size_t before = open_descriptors();

        assert_int_equal(opensspi_send_context(sock[0], &sent), SEC_E_OK);
        fault_malloc_at(nth);
        status = opensspi_receive_context(sock[1], &got);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(open_descriptors(), before + (status == SEC_E_OK ? 1 : 0));
        if (status != SEC_E_OK) /* what did not get as far as the socket is still in it */
            (void)recv(sock[1], &(char){ 0 }, 1, MSG_DONTWAIT);
    }
    assert_int_equal(status, SEC_E_OK);
    opensspi_free_parcel(&got);
    (void)close(sent.connection);
    (void)close(sock[0]);
    (void)close(sock[1]);
}

static void frees_an_empty_parcel_without_closing_standard_input(void **state)
{
    OPENSSPI_PARCEL zeroes = { 0 };

    (void)state;
    opensspi_free_parcel(NULL);
    opensspi_free_parcel(&zeroes);
    assert_true(fcntl(0, F_GETFD) != -1 || errno == EBADF);
    assert_int_equal(zeroes.connection, 0); /* left alone */
}

/* ---- Handles and tokens ------------------------------------------------ */

static void turns_descriptors_into_handles_and_back(void **state)
{
    int fd = some_fd();
    HANDLE handle = opensspi_handle_from_fd(fd);

    (void)state;
    assert_int_equal((uintptr_t)handle, ((uintptr_t)fd + 1) * 4);
    assert_int_equal(opensspi_handle_to_fd(handle), fd);
    assert_null(opensspi_handle_from_fd(-1));
    assert_int_equal(opensspi_handle_to_fd(NULL), -1);
    assert_true(CloseHandle(handle));
    assert_false(CloseHandle(handle));
    assert_false(CloseHandle(NULL));
}

static void asks_who_is_behind_a_token(void **state)
{
    HANDLE mine = handle_of_fd(some_fd());
    HANDLE other = handle_of_fd(some_fd());
    OPENSSPI_TOKEN_INFO info = { 0 };

    (void)state;
    fake.token = mine;
    assert_int_equal(opensspi_token_query(mine, &info), SEC_E_OK);
    assert_string_equal(info.user, "user");
    assert_int_equal(opensspi_token_query(other, &info), SEC_E_INVALID_TOKEN);
    assert_int_equal(opensspi_token_query(NULL, &info), SEC_E_INVALID_HANDLE);
    assert_int_equal(opensspi_token_query(mine, NULL), SEC_E_INVALID_PARAMETER);
    assert_true(CloseHandle(mine));
    assert_true(CloseHandle(other));
}

static void gives_a_contexts_token_as_a_handle_of_ones_own(void **state)
{
    HANDLE mine = handle_of_fd(some_fd());
    HANDLE token = NULL;
    CtxtHandle ctx = fake_live();
    CtxtHandle young = fake_negotiating();

    (void)state;
    assert_int_equal(QuerySecurityContextToken(&ctx, &token), SEC_E_NO_IMPERSONATION);
    fake.token = mine;
    assert_int_equal(QuerySecurityContextToken(&ctx, &token), SEC_E_OK);
    assert_ptr_not_equal(token, mine);
    assert_true(CloseHandle(token));
    assert_int_equal(QuerySecurityContextToken(&ctx, NULL), SEC_E_INVALID_PARAMETER);
    assert_int_equal(QuerySecurityContextToken(&young, &token), SEC_E_NO_IMPERSONATION);
    assert_int_equal(DeleteSecurityContext(&ctx), SEC_E_OK);
    assert_int_equal(QuerySecurityContextToken(&ctx, &token), SEC_E_INVALID_HANDLE);
    assert_int_equal(DeleteSecurityContext(&young), SEC_E_OK);
    assert_true(CloseHandle(mine));
}

static void tells_its_version(void **state)
{
    (void)state;
    assert_string_equal(opensspi_version(), "0.1.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(carries_everything_in_one_message),
        FAKE_TEST(carries_a_bare_context),
        FAKE_TEST(refuses_to_send_what_is_no_parcel),
        FAKE_TEST(refuses_to_receive_what_is_no_parcel),
        FAKE_TEST(keeps_no_descriptor_when_memory_ends),
        FAKE_TEST(frees_an_empty_parcel_without_closing_standard_input),
        FAKE_TEST(turns_descriptors_into_handles_and_back),
        FAKE_TEST(asks_who_is_behind_a_token),
        FAKE_TEST(gives_a_contexts_token_as_a_handle_of_ones_own),
        FAKE_TEST(tells_its_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
