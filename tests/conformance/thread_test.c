/* SPDX-License-Identifier: Apache-2.0 */
/* One context, several threads: one sends, one receives, one moves it from under them. */
#include <stdatomic.h>
#include <string.h>

#include "conformance/note.h"

enum { MESSAGES = 200, SENDER = 0, RECEIVER = 1, MOVER = 2 };

/* What the threads share: all of them use the client's context. */
struct shared {
    struct loopback *loop;
    CtxtHandle ctx;
    struct note to_server[MESSAGES];
    struct note to_client[MESSAGES];
    size_t n_sent;
    size_t n_received;
    atomic_uint wrong; /* statuses that nobody may get */
    SecBuffer blob;
};

static struct shared shared;

static SECURITY_STATUS seal(PCtxtHandle ctx, struct note *note, uint32_t number)
{
    return note_seal(ctx, &number, sizeof(number), note);
}

static SECURITY_STATUS unseal(PCtxtHandle ctx, struct note *note, uint32_t number)
{
    SECURITY_STATUS status = note_open(ctx, note);

    if (status != SEC_E_OK)
        return status;
    struct view text = note_text(note);
    return text.n == sizeof(number) && memcmp(text.p, &number, text.n) == 0 ? SEC_E_OK
                                                                            : SEC_E_MESSAGE_ALTERED;
}

static void expect(SECURITY_STATUS status, SECURITY_STATUS end)
{
    if (status != SEC_E_OK && status != end)
        atomic_fetch_add(&shared.wrong, 1);
}

/* Until all is sent, or the context is gone. */
static void send_all(void)
{
    SECURITY_STATUS status = SEC_E_OK;

    while (shared.n_sent < MESSAGES && status == SEC_E_OK) {
        status = seal(&shared.ctx, &shared.to_server[shared.n_sent], (uint32_t)shared.n_sent);
        expect(status, SEC_E_INVALID_HANDLE);
        shared.n_sent += status == SEC_E_OK ? 1 : 0;
    }
}

static void receive_all(void)
{
    SECURITY_STATUS status = SEC_E_OK;

    while (shared.n_received < MESSAGES && status == SEC_E_OK) {
        status =
            unseal(&shared.ctx, &shared.to_client[shared.n_received], (uint32_t)shared.n_received);
        expect(status, SEC_E_INVALID_HANDLE);
        shared.n_received += status == SEC_E_OK ? 1 : 0;
    }
}

static void export_again_and_again(void)
{
    for (size_t i = 0; i < MESSAGES; i++) {
        SecBuffer blob = { 0 };

        expect(ExportSecurityContext(&shared.ctx, 0, &blob, NULL), SEC_E_OK);
        expect(FreeContextBuffer(blob.pvBuffer), SEC_E_OK);
    }
}

static void give_away(void)
{
    expect(ExportSecurityContext(&shared.ctx, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &shared.blob, NULL),
           SEC_E_OK);
}

/* ---- Both ends of it --------------------------------------------------- */

/* The server's messages lie ready. */
static void prepare(struct loopback *loop)
{
    shared = (struct shared){ .loop = loop, .ctx = loop->client.ctx };
    for (uint32_t i = 0; i < MESSAGES; i++)
        assert_int_equal(seal(&loop->server.ctx, &shared.to_client[i], i), SEC_E_OK);
}

/* Whatever the threads did not get to goes through the context that there is now. */
static void finish(void)
{
    shared.ctx = shared.loop->client.ctx;
    send_all();
    receive_all();
    assert_int_equal(shared.wrong, 0);
    assert_int_equal(shared.n_sent, MESSAGES);
    assert_int_equal(shared.n_received, MESSAGES);
    for (uint32_t i = 0; i < MESSAGES; i++)
        assert_int_equal(unseal(&shared.loop->server.ctx, &shared.to_server[i], i), SEC_E_OK);
    assert_true(loopback_talks(shared.loop));
}

static void run_role(size_t nth, void *arg)
{
    void (*mover)(void) = *(void (**)(void))arg;

    if (nth == SENDER)
        send_all();
    else if (nth == RECEIVER)
        receive_all();
    else
        mover();
}

static void sends_in_one_thread_and_receives_in_another(void **state)
{
    void (*none)(void) = NULL;

    prepare(loop_of(state));
    run_threads(MOVER, run_role, &none);
    finish();
}

static void loses_nothing_when_frozen_under_its_threads(void **state)
{
    void (*mover)(void) = export_again_and_again;

    prepare(loop_of(state));
    run_threads(MOVER + 1, run_role, &mover);
    finish();
}

/* Where the threads were stopped is where the new context goes on, in both directions. */
static void loses_nothing_when_moved_from_under_its_threads(void **state)
{
    void (*mover)(void) = give_away;
    struct loopback *loop = loop_of(state);

    prepare(loop);
    run_threads(MOVER + 1, run_role, &mover);
    assert_int_equal(ImportSecurityContextW(package_w(), &shared.blob, NULL, &loop->client.ctx),
                     SEC_E_OK);
    assert_int_equal(FreeContextBuffer(shared.blob.pvBuffer), SEC_E_OK);
    finish();
}

int main(void)
{
    subject_choose();
    const struct CMUnitTest tests[] = {
        MET_TEST(sends_in_one_thread_and_receives_in_another),
        MET_TEST(loses_nothing_when_frozen_under_its_threads),
        MET_TEST(loses_nothing_when_moved_from_under_its_threads),
    };

    return cmocka_run_group_tests(tests, world_begin, world_end);
}
