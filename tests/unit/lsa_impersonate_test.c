/* SPDX-License-Identifier: Apache-2.0 */
/* Only root can take on others, so most of this is skipped for an ordinary user. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "harness/harness.h"
#include "lsa/impersonate.h"

enum { USER = 54321, USER_GROUP = 54322, TEAM = 54323, STRANGER = 54324 };

static OPENSSPI_TOKEN_INFO user(void)
{
    return (OPENSSPI_TOKEN_INFO){
        .has_mapping = 1,
        .uid = USER,
        .gid = USER_GROUP,
        .n_groups = 2,
        .groups = { USER_GROUP, TEAM },
        .level = SecurityImpersonation,
    };
}

/* Everything that decides about access, as the kernel shows it for the calling thread. */
struct identity_of_thread {
    uid_t uid[3];
    gid_t gid[3];
    gid_t groups[256];
    int n_groups;
    struct __user_cap_data_struct caps[2];
};

static struct identity_of_thread look(void)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct identity_of_thread id = { 0 };

    assert_int_equal(getresuid(&id.uid[0], &id.uid[1], &id.uid[2]), 0);
    assert_int_equal(getresgid(&id.gid[0], &id.gid[1], &id.gid[2]), 0);
    id.n_groups = getgroups(256, id.groups);
    assert_true(id.n_groups >= 0);
    assert_int_equal(syscall(SYS_capget, &head, id.caps), 0);
    return id;
}

static void assert_same(const struct identity_of_thread *a, const struct identity_of_thread *b)
{
    assert_memory_equal(a->uid, b->uid, sizeof(a->uid));
    assert_memory_equal(a->gid, b->gid, sizeof(a->gid));
    assert_int_equal(a->n_groups, b->n_groups);
    assert_memory_equal(a->groups, b->groups, (size_t)a->n_groups * sizeof(gid_t));
    assert_memory_equal(a->caps, b->caps, sizeof(a->caps));
}

/* Exit status of a child that runs check() as that user, for good. */
static int in_child_as(uid_t uid, int (*check)(void))
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        if (uid != 0 && (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
                         setresuid(uid, uid, uid) != 0))
            _exit(255);
        _exit(check());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void takes_on_the_user_and_goes_back(void **state)
{
    const OPENSSPI_TOKEN_INFO info = user();

    (void)state;
    const struct identity_of_thread before = look();
    assert_false(impersonate_active());
    assert_int_equal(impersonate_begin(&info), SSP_OK);
    const struct identity_of_thread during = look();
    bool active = impersonate_active();
    impersonate_end();
    const struct identity_of_thread after = look();

    assert_true(active);
    assert_int_equal(during.uid[1], USER);
    assert_int_equal(during.gid[1], USER_GROUP);
    assert_int_equal(during.n_groups, 2);
    assert_int_equal(during.groups[0], USER_GROUP);
    assert_int_equal(during.groups[1], TEAM);
    assert_int_equal(during.caps[0].effective, 0);
    assert_int_equal(during.caps[1].effective, 0);
    assert_same(&after, &before);
    assert_false(impersonate_active());
}

static void replaces_an_impersonation_and_ends_it_once(void **state)
{
    const OPENSSPI_TOKEN_INFO first = user();
    OPENSSPI_TOKEN_INFO second = user();

    (void)state;
    second.uid = STRANGER;
    second.n_groups = 0;
    const struct identity_of_thread before = look();
    assert_int_equal(impersonate_begin(&first), SSP_OK);
    enum ssp_err e = impersonate_begin(&second);
    const struct identity_of_thread during = look();
    impersonate_end();
    const struct identity_of_thread after = look();
    impersonate_end(); /* nothing left to end */

    assert_int_equal(e, SSP_OK);
    assert_int_equal(during.uid[1], STRANGER);
    assert_int_equal(during.n_groups, 0);
    assert_same(&after, &before);
}

/* Else it would go on with the rights of the process. */
static void stays_who_it_was_when_it_cannot_become_another(void **state)
{
    const OPENSSPI_TOKEN_INFO first = user();
    const OPENSSPI_TOKEN_INFO nobody = { 0 };
    OPENSSPI_TOKEN_INFO second = user();

    (void)state;
    second.uid = STRANGER;
    const struct identity_of_thread before = look();
    assert_int_equal(impersonate_begin(&first), SSP_OK);
    const struct identity_of_thread during = look();
    enum ssp_err unmapped = impersonate_begin(&nobody);
    fault_malloc_at(0);
    enum ssp_err no_memory = impersonate_begin(&second);
    fault_malloc_at(SIZE_MAX);
    const struct identity_of_thread again = look();
    impersonate_end();
    const struct identity_of_thread after = look();

    assert_int_equal(unmapped, SSP_ERR_NO_IMPERSONATION);
    assert_int_equal(no_memory, SSP_ERR_NO_MEMORY);
    assert_same(&again, &during);
    assert_same(&after, &before);
}

/* ---- files ---- */

struct files { /* one each that only its owner may read */
    char folder[64];
    int dir_fd;
};

static void put_file(const struct files *files, const char *name, uid_t uid, gid_t gid, mode_t mode)
{
    ssp_cleanup(fd_close) int fd =
        openat(files->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(fchown(fd, uid, gid), 0);
    assert_int_equal(fchmod(fd, mode), 0);
}

static int make_files(void **state)
{
    static struct files files;

    (void)snprintf(files.folder, sizeof(files.folder), "/tmp/opensspi-imp-test-XXXXXX");
    if (mkdtemp(files.folder) == NULL || chmod(files.folder, 0711) != 0)
        return -1;
    files.dir_fd = open(files.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = &files;
    if (geteuid() != 0)
        return 0;
    put_file(&files, "root", 0, 0, 0600);
    put_file(&files, "user", USER, 0, 0600);
    put_file(&files, "team", 0, TEAM, 0640);
    put_file(&files, "other", STRANGER, STRANGER, 0600);
    return 0;
}

static int remove_files(void **state)
{
    static const char *const names[] = { "root", "user", "team", "other", "new" };
    struct files *files = *state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlinkat(files->dir_fd, names[i], 0);
    fd_close(&files->dir_fd);
    return rmdir(files->folder);
}

static bool may_read(const struct files *files, const char *name)
{
    ssp_cleanup(fd_close) int fd = openat(files->dir_fd, name, O_RDONLY | O_CLOEXEC);

    return fd >= 0;
}

static void reaches_the_files_that_the_user_may_reach_and_no_other(void **state)
{
    const struct files *files = *state;
    const OPENSSPI_TOKEN_INFO info = user();

    assert_int_equal(impersonate_begin(&info), SSP_OK);
    bool own = may_read(files, "user");
    bool team = may_read(files, "team");
    bool root = may_read(files, "root");
    bool other = may_read(files, "other");
    impersonate_end();
    assert_true(own);
    assert_true(team);
    assert_false(root);
    assert_false(other);
    assert_true(may_read(files, "root"));
    assert_true(may_read(files, "other"));
}

static void makes_files_that_belong_to_the_user(void **state)
{
    const struct files *files = *state;
    const OPENSSPI_TOKEN_INFO info = user();
    struct stat st;

    assert_int_equal(fchmod(files->dir_fd, 0777), 0);
    assert_int_equal(impersonate_begin(&info), SSP_OK);
    ssp_cleanup(fd_close) int fd =
        openat(files->dir_fd, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    impersonate_end();
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_uid, USER);
    assert_int_equal(st.st_gid, USER_GROUP);
}

/* ---- threads ---- */

struct bystander {
    pthread_barrier_t begun; /* the impersonation has begun */
    pthread_barrier_t seen;  /* the bystander has looked */
    const struct files *files;
    struct identity_of_thread during;
    bool could_read_root;
};

static void *stand_by(void *arg)
{
    struct bystander *b = arg;

    (void)pthread_barrier_wait(&b->begun);
    b->during = look();
    b->could_read_root = may_read(b->files, "root");
    (void)pthread_barrier_wait(&b->seen);
    return NULL;
}

static void leaves_other_threads_alone(void **state)
{
    struct bystander b = { .files = *state };
    const OPENSSPI_TOKEN_INFO info = user();
    pthread_t thread;

    const struct identity_of_thread before = look();
    assert_int_equal(pthread_barrier_init(&b.begun, NULL, 2), 0);
    assert_int_equal(pthread_barrier_init(&b.seen, NULL, 2), 0);
    assert_int_equal(pthread_create(&thread, NULL, stand_by, &b), 0);
    enum ssp_err e = impersonate_begin(&info);
    (void)pthread_barrier_wait(&b.begun);
    (void)pthread_barrier_wait(&b.seen);
    impersonate_end();
    assert_int_equal(pthread_join(thread, NULL), 0);

    assert_int_equal(e, SSP_OK);
    assert_same(&b.during, &before);
    assert_true(b.could_read_root);
}

struct worker {
    pthread_barrier_t *all;
    uid_t uid;
    bool ok;
};

static void *work_as(void *arg)
{
    struct worker *worker = arg;
    OPENSSPI_TOKEN_INFO info = user();

    info.uid = worker->uid;
    worker->ok = impersonate_begin(&info) == SSP_OK;
    (void)pthread_barrier_wait(worker->all); /* all are somebody else at this moment */
    worker->ok = worker->ok && geteuid() == worker->uid;
    (void)pthread_barrier_wait(worker->all);
    impersonate_end();
    worker->ok = worker->ok && geteuid() == 0;
    return NULL;
}

static void serves_a_different_user_on_each_thread(void **state)
{
    enum { WORKERS = 8 };
    pthread_barrier_t all;
    pthread_t threads[WORKERS];
    struct worker workers[WORKERS];

    (void)state;
    assert_int_equal(pthread_barrier_init(&all, NULL, WORKERS), 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){ .all = &all, .uid = USER + i };
        assert_int_equal(pthread_create(&threads[i], NULL, work_as, &workers[i]), 0);
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(workers[i].ok);
    }
}

/* ---- what is refused ---- */

static void refuses_a_token_that_is_not_for_it(void **state)
{
    OPENSSPI_TOKEN_INFO bad[6] = { user(), user(), user(), user(), user(), user() };

    (void)state;
    bad[0].has_mapping = 0;
    bad[1].level = SecurityIdentification;
    bad[2].level = SecurityAnonymous;
    bad[3].n_groups = OPENSSPI_GROUPS_MAX + 1;
    bad[4].uid = UINT32_MAX; /* "leave it as it is", to the kernel */
    bad[5].gid = UINT32_MAX;
    const struct identity_of_thread before = look();
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(impersonate_begin(&bad[i]), SSP_ERR_NO_IMPERSONATION);
        assert_false(impersonate_active());
    }
    const struct identity_of_thread after = look();
    assert_same(&after, &before);
}

static int expect_refusal(void)
{
    const OPENSSPI_TOKEN_INFO info = user();
    const struct identity_of_thread before = look();

    if (impersonate_begin(&info) != SSP_ERR_NO_IMPERSONATION || impersonate_active())
        return 1;
    const struct identity_of_thread after = look();
    return memcmp(&after, &before, sizeof(after)) == 0 ? 0 : 2;
}

static void refuses_without_rights_and_changes_nothing(void **state)
{
    (void)state;
    if (geteuid() == 0)
        assert_int_equal(in_child_as(STRANGER, expect_refusal), 0);
    else
        assert_int_equal(expect_refusal(), 0);
}

/* Leaves those capabilities to the calling process, which is an ordinary user then. */
static bool become_user_with(uid_t uid, uint32_t capabilities)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[2] = { { capabilities, capabilities, 0 } };

    return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups(0, NULL) == 0 &&
           setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0 &&
           syscall(SYS_capset, &head, data) == 0;
}

static int expect_refusal_with_half_of_the_rights(void)
{
    return become_user_with(STRANGER, 1U << CAP_SETGID) ? expect_refusal() : 3;
}

static void refuses_with_half_of_the_rights_and_undoes_that_half(void **state)
{
    (void)state;
    assert_int_equal(in_child_as(0, expect_refusal_with_half_of_the_rights), 0);
}

static int use_capabilities_without_root(void)
{
    const OPENSSPI_TOKEN_INFO info = user();
    OPENSSPI_TOKEN_INFO root = user();

    if (!become_user_with(STRANGER, 1U << CAP_SETGID | 1U << CAP_SETUID | 1U << CAP_DAC_OVERRIDE))
        return 1;
    const struct identity_of_thread before = look();
    if (impersonate_begin(&info) != SSP_OK)
        return 2;
    const struct identity_of_thread during = look();
    impersonate_end();
    const struct identity_of_thread after = look();
    if (during.uid[1] != USER || during.caps[0].effective != 0)
        return 3;
    root.uid = 0;
    if (impersonate_begin(&root) != SSP_ERR_NO_IMPERSONATION)
        return 4;
    return memcmp(&after, &before, sizeof(after)) == 0 ? 0 : 5;
}

static void works_with_capabilities_alone_and_lends_none_of_them(void **state)
{
    (void)state;
    assert_int_equal(in_child_as(0, use_capabilities_without_root), 0);
}

/* Burns the way back while the thread is somebody else. */
static int lose_the_way_back(void)
{
    static const struct rlimit no_core = { 0 };
    const OPENSSPI_TOKEN_INFO info = user();

    if (setrlimit(RLIMIT_CORE, &no_core) != 0 || impersonate_begin(&info) != SSP_OK)
        return 1;
    if (syscall(SYS_setresuid, USER, USER, USER) != 0)
        return 2;
    impersonate_end();
    return 3; /* it came back as if nothing were wrong */
}

static void ends_the_process_that_cannot_go_back(void **state)
{
    (void)state;
    int status = in_child_as(0, lose_the_way_back);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static int signal_my_parent(void)
{
    return kill(getppid(), SIGTERM) == -1 && errno == EPERM ? 0 : 1;
}

static void cannot_be_signalled_by_the_user_meanwhile(void **state)
{
    const OPENSSPI_TOKEN_INFO info = user();
    int status = -1;

    (void)state;
    assert_int_equal(impersonate_begin(&info), SSP_OK);
    pid_t pid = fork();
    if (pid == 0) { /* becomes the user for good */
        impersonate_end();
        _exit(setresuid(USER, USER, USER) == 0 ? signal_my_parent() : 2);
    }
    pid_t waited = waitpid(pid, &status, 0);
    impersonate_end();
    assert_int_equal(waited, pid);
    assert_int_equal(status, 0);
}

/* ---- pauses ---- */

static void is_itself_in_a_pause_and_the_user_again_behind_it(void **state)
{
    const OPENSSPI_TOKEN_INFO info = user();
    struct identity_of_thread paused = { 0 };
    struct identity_of_thread nested = { 0 };

    (void)state;
    const struct identity_of_thread before = look();
    assert_int_equal(impersonate_begin(&info), SSP_OK);
    const struct identity_of_thread during = look();
    {
        ssp_cleanup(impersonate_resume) bool outer = impersonate_pause();
        {
            ssp_cleanup(impersonate_resume) bool inner = impersonate_pause();
            paused = look();
        }
        nested = look(); /* the inner one does not end the outer one */
    }
    const struct identity_of_thread again = look();
    impersonate_end();
    const struct identity_of_thread after = look();

    assert_same(&paused, &before);
    assert_same(&nested, &before);
    assert_same(&again, &during);
    assert_same(&after, &before);
}

static void pauses_nothing_when_there_is_nothing(void **state)
{
    (void)state;
    const struct identity_of_thread before = look();
    {
        ssp_cleanup(impersonate_resume) bool paused = impersonate_pause();
        assert_false(paused);
    }
    const struct identity_of_thread after = look();
    assert_same(&after, &before);
}

static void stays_itself_when_the_impersonation_ends_in_a_pause(void **state)
{
    const OPENSSPI_TOKEN_INFO info = user();

    (void)state;
    const struct identity_of_thread before = look();
    assert_int_equal(impersonate_begin(&info), SSP_OK);
    {
        ssp_cleanup(impersonate_resume) bool paused = impersonate_pause();
        impersonate_end();
    }
    const struct identity_of_thread after = look();
    assert_same(&after, &before);
    assert_false(impersonate_active());
}

static void stays_whom_it_became_in_a_pause(void **state)
{
    const OPENSSPI_TOKEN_INFO first = user();
    OPENSSPI_TOKEN_INFO second = user();

    (void)state;
    second.uid = STRANGER;
    assert_int_equal(impersonate_begin(&first), SSP_OK);
    enum ssp_err e = SSP_OK;
    {
        ssp_cleanup(impersonate_resume) bool paused = impersonate_pause();
        e = impersonate_begin(&second);
    }
    uid_t uid = geteuid();
    impersonate_end();
    assert_int_equal(e, SSP_OK);
    assert_int_equal(uid, STRANGER);
    assert_int_equal(geteuid(), 0);
}

static int lose_the_way_on(void)
{
    static const struct rlimit no_core = { 0 };
    const OPENSSPI_TOKEN_INFO info = user();

    if (setrlimit(RLIMIT_CORE, &no_core) != 0 || impersonate_begin(&info) != SSP_OK)
        return 1;
    bool paused = impersonate_pause();
    if (!paused || setresuid(STRANGER, STRANGER, STRANGER) != 0)
        return 2;
    impersonate_resume(&paused);
    return 3;
}

static void ends_the_process_that_cannot_be_the_user_again(void **state)
{
    (void)state;
    int status = in_child_as(0, lose_the_way_on);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void begins_or_reports_no_memory(void **state)
{
    const OPENSSPI_TOKEN_INFO info = user();

    (void)state;
    fault_malloc_at(0);
    assert_int_equal(impersonate_begin(&info), SSP_ERR_NO_MEMORY);
    assert_false(impersonate_active());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE_IF(geteuid() == 0, TEST(takes_on_the_user_and_goes_back)),
        CASE_IF(geteuid() == 0, TEST(replaces_an_impersonation_and_ends_it_once)),
        CASE_IF(geteuid() == 0, TEST(stays_who_it_was_when_it_cannot_become_another)),
        CASE_IF(geteuid() == 0, TEST(reaches_the_files_that_the_user_may_reach_and_no_other)),
        CASE_IF(geteuid() == 0, TEST(makes_files_that_belong_to_the_user)),
        CASE_IF(geteuid() == 0, TEST(leaves_other_threads_alone)),
        CASE_IF(geteuid() == 0, TEST(serves_a_different_user_on_each_thread)),
        TEST(refuses_a_token_that_is_not_for_it),
        TEST(refuses_without_rights_and_changes_nothing),
        CASE_IF(geteuid() == 0, TEST(refuses_with_half_of_the_rights_and_undoes_that_half)),
        CASE_IF(geteuid() == 0, TEST(works_with_capabilities_alone_and_lends_none_of_them)),
        CASE_IF(geteuid() == 0, TEST(ends_the_process_that_cannot_go_back)),
        CASE_IF(geteuid() == 0, TEST(cannot_be_signalled_by_the_user_meanwhile)),
        CASE_IF(geteuid() == 0, TEST(is_itself_in_a_pause_and_the_user_again_behind_it)),
        TEST(pauses_nothing_when_there_is_nothing),
        CASE_IF(geteuid() == 0, TEST(stays_itself_when_the_impersonation_ends_in_a_pause)),
        CASE_IF(geteuid() == 0, TEST(stays_whom_it_became_in_a_pause)),
        CASE_IF(geteuid() == 0, TEST(ends_the_process_that_cannot_be_the_user_again)),
        TEST(begins_or_reports_no_memory),
    };

    return cmocka_run_group_tests(tests, make_files, remove_files);
}
