/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server in the middle of a conversation: it has read half a message when it gives the session,
 * the connection and that half to another program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handoff/cast.h"

enum { HEAD = 4 /* of a frame: the size of the packet behind it */ };

/* Made before the processes are, so that every one has them. */
static int line[2]; /* client, server */
static int door[2]; /* server, worker */

static const char question[] = "how many angels dance on the head of a pin";
static const char answer[] = "all who want to";

static bool write_all(int fd, const void *bytes, size_t n)
{
    return send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n;
}

static bool read_all(int fd, uint8_t *ret, size_t n)
{
    return n == 0 || recv(fd, ret, n, MSG_WAITALL) == (ssize_t)n;
}

static bool write_frame(int fd, const struct job *packet)
{
    return write_all(fd, &packet->n, HEAD) && write_all(fd, packet->bytes, packet->n);
}

/* A frame, of which these bytes have been read already. */
static bool read_frame(int fd, const OPENSSPI_PARCEL *ahead, struct job *ret)
{
    size_t has = ahead->unread_size;
    uint8_t frame[HEAD + JOB_BYTES];
    uint32_t n = 0;

    if (has < HEAD || has > sizeof(frame))
        return false;
    memcpy(frame, ahead->unread, has);
    memcpy(&n, frame, HEAD);
    if (n > JOB_BYTES || !read_all(fd, frame + has, HEAD + n - has))
        return false;
    *ret = (struct job)JOB_INIT;
    ret->n = n;
    memcpy(ret->bytes, frame + HEAD, n);
    return true;
}

/* ---- Deeds ------------------------------------------------------------- */

static SECURITY_STATUS ask(struct party *party, struct job *job)
{
    *job = job_text(question);
    SECURITY_STATUS status = party_seal(party, job);

    return status == SEC_E_OK && !write_frame(line[0], job) ? SEC_E_INTERNAL_ERROR : status;
}

static SECURITY_STATUS hear(struct party *party, struct job *job)
{
    uint32_t n = 0;

    if (!read_all(line[0], (uint8_t *)&n, HEAD) || n > JOB_BYTES)
        return SEC_E_INTERNAL_ERROR;
    job->n = n;
    return read_all(line[0], job->bytes, n) ? party_unseal(party, job) : SEC_E_INTERNAL_ERROR;
}

/* Reads as far as the middle of a message, and gives up everything it has. */
static SECURITY_STATUS leave_in_the_middle(struct party *party, struct job *job)
{
    uint8_t half[HEAD + sizeof(question) / 2];
    OPENSSPI_PARCEL parcel = { .connection = line[1], .unread = half };

    if (!read_all(line[1], half, sizeof(half)))
        return SEC_E_INTERNAL_ERROR;
    (void)snprintf(parcel.package, sizeof(parcel.package), "%s", cast_scene()->package);
    parcel.unread_size = sizeof(half);
    job->arg = SECPKG_CONTEXT_EXPORT_DELETE_OLD;
    SECURITY_STATUS status = party_export(party, job);
    if (status != SEC_E_OK)
        return status;
    parcel.context = (SecBuffer){ job->n, SECBUFFER_TOKEN, job->bytes };
    parcel.token = opensspi_handle_from_fd(job->fd);
    status = opensspi_send_context(door[0], &parcel);
    (void)CloseHandle(parcel.token);
    *job = (struct job)JOB_INIT;
    (void)close(line[1]);
    return status;
}

/* ---- The worker: another program, which has never seen the library before ---- */

/* The number of the first claim that does not hold; 0 when all do. */
static int work(const OPENSSPI_PARCEL *parcel)
{
    const struct scene *scene = cast_scene();
    struct party party = party_of(scene, true);
    OPENSSPI_TOKEN_INFO info;
    struct job job = JOB_INIT;

    if (opensspi_token_query(parcel->token, &info) != SEC_E_OK ||
        strcmp(info.user, scene->user) != 0 || strcmp(info.domain, scene->domain) != 0)
        return 2;
    if (ImportSecurityContextA((SEC_CHAR *)(uintptr_t)parcel->package,
                               (PSecBuffer)(uintptr_t)&parcel->context, parcel->token,
                               &party.ctx) != SEC_E_OK)
        return 3;
    party.has_ctx = true;
    if (!read_frame(parcel->connection, parcel, &job))
        return 4;
    if (party_unseal(&party, &job) != SEC_E_OK || !job_says(&job, question))
        return 5;
    job = job_text(answer);
    if (party_seal(&party, &job) != SEC_E_OK || !write_frame(parcel->connection, &job))
        return 6;
    party_end(&party);
    return 0;
}

static int be_worker(int sock)
{
    OPENSSPI_PARCEL parcel;

    if (opensspi_receive_context(sock, &parcel) != SEC_E_OK)
        return 1;
    int claim = work(&parcel);
    opensspi_free_parcel(&parcel);
    return claim;
}

static pid_t start_worker(void)
{
    char fd[16];
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    int inherited = dup(door[1]); /* without close-on-exec */
    (void)snprintf(fd, sizeof(fd), "%d", inherited);
    (void)execl("/proc/self/exe", "parcel_test", "worker", fd, (char *)NULL);
    _exit(127);
}

static int claim_of(pid_t worker)
{
    int status = 0;

    assert_int_equal(waitpid(worker, &status, 0), worker);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* ---- Cases ------------------------------------------------------------- */

static int open_lines(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) |
           socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, door);
}

static int close_lines(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        (void)close(line[i]);
        (void)close(door[i]);
    }
    return actors_end(state);
}

static void takes_over_in_the_middle_of_a_message(void **state)
{
    struct cast cast = cast_meet();
    pid_t worker = start_worker();
    struct job job = JOB_INIT;

    (void)state;
    cast_talk(&cast.client, &cast.server);
    assert_int_equal(actor_does(&cast.client, ask, 0), SEC_E_OK);
    assert_int_equal(actor_does(&cast.server, leave_in_the_middle, 0), SEC_E_OK);
    assert_int_equal(actor_do(&cast.client, hear, &job), SEC_E_OK);
    assert_true(job_says(&job, answer));
    assert_int_equal(claim_of(worker), 0);
    assert_int_equal(actor_does(&cast.server, party_seal, 0), SEC_E_INVALID_HANDLE);
}

static SECURITY_STATUS knock(struct party *party, struct job *job)
{
    (void)party;
    (void)job;
    return send(door[0], "knock", 5, MSG_NOSIGNAL) == 5 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS open_door(struct party *party, struct job *job)
{
    OPENSSPI_PARCEL parcel;

    (void)party;
    (void)job;
    return opensspi_receive_context(door[1], &parcel);
}

static void takes_nothing_from_who_only_knocks(void **state)
{
    struct cast cast = cast_start();

    (void)state;
    assert_int_equal(actor_does(&cast.server, knock, 0), SEC_E_OK);
    assert_int_equal(actor_does(&cast.heir, open_door, 0), SEC_E_INVALID_TOKEN);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_over_in_the_middle_of_a_message, open_lines,
                                        close_lines),
        cmocka_unit_test_setup_teardown(takes_nothing_from_who_only_knocks, open_lines,
                                        close_lines),
    };

    if (argc == 3 && strcmp(argv[1], "worker") == 0)
        return be_worker((int)strtol(argv[2], NULL, 10));
    return cmocka_run_group_tests(tests, world_begin, world_end);
}
