/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/lsa_fixture.h"

#include "base/cleanup.h"
#include "base/handle.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "lsa/cred.h"
#include "lsa/ctx.h"
#include "lsa/leg.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKEN_AT = 1 + 8 + 8 + 32 + 32 /* in the mock's packed form */ };

struct fixture fixture;
struct fake_time fake_time;

/* ---- Folders ----------------------------------------------------------- */

void fixture_make_dir(void)
{
    (void)snprintf(fixture.dir, sizeof(fixture.dir), "/tmp/opensspi-lsa-XXXXXX");
    assert_non_null(mkdtemp(fixture.dir));
    assert_int_equal(mkdir(fixture_path("packages"), 0700), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void fixture_remove_dir(void)
{
    (void)chmod(fixture_path("packages"), 0700);
    assert_int_equal(nftw(fixture.dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

void fixture_clear_runtime(void)
{
    assert_int_equal(nftw(fixture_path("runtime"), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *fixture_path(const char *format, ...)
{
    static char paths[4][256];
    static size_t turn;
    char *path = paths[turn++ % 4];
    va_list args;

    int n = snprintf(path, sizeof(paths[0]), "%s/", fixture.dir);
    va_start(args, format);
    (void)vsnprintf(path + n, sizeof(paths[0]) - (size_t)n, format, args);
    va_end(args);
    return path;
}

static void close_file(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file);
}

size_t fixture_tickets(void)
{
    DIR *dir = opendir(fixture_path("runtime/tickets"));
    size_t n = 0;

    assert_non_null(dir);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        n += entry->d_name[0] != '.';
    assert_int_equal(closedir(dir), 0);
    return n;
}

void fixture_write(const char *path, mode_t mode, const char *text)
{
    ssp_cleanup(close_file) FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fchmod(fileno(file), mode), 0);
}

void fixture_copy(const char *from, const char *to, mode_t mode)
{
    ssp_cleanup(close_file) FILE *in = fopen(from != NULL ? from : getenv("MOCK_PACKAGE"), "r");
    ssp_cleanup(close_file) FILE *out = fopen(to, "w");
    char buffer[4096];

    assert_non_null(in);
    assert_non_null(out);
    for (size_t n = fread(buffer, 1, sizeof(buffer), in); n != 0;
         n = fread(buffer, 1, sizeof(buffer), in))
        assert_int_equal(fwrite(buffer, 1, n, out), n);
    assert_int_equal(fchmod(fileno(out), mode), 0);
}

/* ---- Clock, clients, LSA ----------------------------------------------- */

static int64_t fake_filetime(void)
{
    return fake_time.filetime;
}

static uint64_t fake_boottime(void)
{
    return fake_time.boottime;
}

static const struct clock fake_clock = { fake_filetime, fake_boottime };

static uid_t uid_of_alice(struct client *client)
{
    (void)client;
    return geteuid();
}

static pid_t pid_of_alice(struct client *client)
{
    (void)client;
    return 1001;
}

static pid_t tid_of_alice(struct client *client)
{
    (void)client;
    return 1002;
}

static uid_t uid_of_bob(struct client *client)
{
    (void)client;
    return geteuid() + 1;
}

static pid_t pid_of_bob(struct client *client)
{
    (void)client;
    return 2001;
}

static pid_t tid_of_bob(struct client *client)
{
    (void)client;
    return 2002;
}

static enum ssp_err give_handle(struct client *client, HANDLE handle, HANDLE *ret)
{
    (void)client;
    return handle_dup(handle, ret);
}

static const struct client_door alices_door = {
    .attributes = SECPKG_CALL_IN_PROC,
    .uid = uid_of_alice,
    .pid = pid_of_alice,
    .tid = tid_of_alice,
    .give_handle = give_handle,
};

static const struct client_door bobs_door = {
    .uid = uid_of_bob,
    .pid = pid_of_bob,
    .tid = tid_of_bob,
    .give_handle = give_handle,
};

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

enum ssp_err fixture_try(const char *more, struct lsa **ret)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    const char *path = fixture_path("opensspi.conf");
    char text[1024] = "";

    (void)snprintf(text, sizeof(text), "[lsa]\nruntime = %s/runtime\npackages = %s/packages\n%s",
                   fixture.dir, fixture.dir, more);
    fixture_write(path, 0600, text);
    SSP_TRY(conf_load_file(path, &conf));
    return lsa_new(&(struct lsa_setup){ conf, &fake_clock, &system_rand, true }, ret);
}

struct client *fixture_client(size_t max_creds, size_t max_ctxs)
{
    const struct client_limits limits = { .max = { max_creds, max_ctxs } };
    struct client *client = NULL;

    assert_int_equal(client_new(fixture.lsa, &alices_door, &limits, NULL, &client), SSP_OK);
    return client;
}

int fixture_setup(void **state)
{
    const struct client_limits limits = { .max = { 100, 100 } };

    (void)state;
    fake_time = (struct fake_time){ filetime_from_unix(1000000000), 1000000000 };
    fixture_make_dir();
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    assert_int_equal(fixture_try("", &fixture.lsa), SSP_OK);
    fixture.alice = fixture_client(100, 100);
    assert_int_equal(client_new(fixture.lsa, &bobs_door, &limits, NULL, &fixture.bob), SSP_OK);
    return 0;
}

int fixture_teardown(void **state)
{
    client_close(&fixture.alice);
    client_close(&fixture.bob);
    lsa_free(&fixture.lsa);
    fixture_remove_dir();
    return free_guarded(state);
}

/* ---- The mock ---------------------------------------------------------- */

static void call_mock(char *text, struct package_reply *ret)
{
    static char16_t name[] = MOCK;
    const UNICODE_STRING package = { sizeof(name) - 2, sizeof(name) - 2, name };
    struct package_request request = { &package, text, text, (ULONG)strlen(text) };

    assert_int_equal(lsa_call_package(fixture.lsa, fixture.alice, CALL_UNTRUSTED, &request, ret),
                     STATUS_SUCCESS);
}

void mock_tell(const char *format, ...)
{
    struct package_reply reply = { 0 };
    char text[128];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    call_mock(text, &reply);
}

long mock_asked(const char *name)
{
    struct package_reply reply = { 0 };
    char text[64];
    long value = 0;

    (void)snprintf(text, sizeof(text), "get %s", name);
    call_mock(text, &reply);
    assert_int_equal(reply.n, sizeof(value));
    memcpy(&value, reply.bytes, sizeof(value));
    assert_int_equal(heap_free(reply.bytes), SSP_OK);
    return value;
}

uint64_t fixture_cred(struct client *client)
{
    struct lsa_acquire what = { .package = MOCK, .use = SECPKG_CRED_BOTH };
    uint64_t cred = 0;
    TimeStamp expiry;

    assert_int_equal(lsa_cred_acquire(client, &what, &cred, &expiry), SEC_E_OK);
    return cred;
}

/* ---- Handshakes -------------------------------------------------------- */

static SECURITY_STATUS one_leg(struct client *client, struct pair *pair, bool accept,
                               struct lsa_leg_result *side)
{
    SecBuffer in = { pair->n, SECBUFFER_TOKEN, pair->token };
    uint8_t answer[sizeof(pair->token)];
    SecBuffer out = { sizeof(answer), SECBUFFER_TOKEN, answer };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    struct lsa_leg leg = {
        .accept = accept,
        .cred = pair->cred,
        .ctx = side->ctx,
        .in = pair->n != 0 ? &in_desc : NULL,
        .out = &out_desc,
    };

    if (pair->cred == 0)
        leg.cred = pair->cred = fixture_cred(client);
    SECURITY_STATUS status = lsa_leg_run(client, &leg, side);
    if (status >= 0) {
        pair->n = out.cbBuffer;
        memcpy(pair->token, answer, pair->n);
    }
    return status;
}

SECURITY_STATUS pair_initiate(struct client *client, struct pair *pair)
{
    return one_leg(client, pair, false, &pair->initiator);
}

SECURITY_STATUS pair_accept(struct client *client, struct pair *pair)
{
    return one_leg(client, pair, true, &pair->acceptor);
}

/* What a user half would do with the token in its context data (mock_pack()). */
static void close_token(const SecBuffer *packed)
{
    HANDLE token = NULL;

    if (packed->cbBuffer < TOKEN_AT + sizeof(token))
        return;
    memcpy(&token, (const uint8_t *)packed->pvBuffer + TOKEN_AT, sizeof(token));
    handle_close(&token);
}

HANDLE pair_token(const struct pair *pair)
{
    HANDLE token = NULL;

    memcpy(&token, (const uint8_t *)pair->acceptor.packed.pvBuffer + TOKEN_AT, sizeof(token));
    return token;
}

void pair_free(struct client *client, struct pair *pair)
{
    close_token(&pair->acceptor.packed);
    assert_int_equal(heap_free(pair->initiator.packed.pvBuffer), SSP_OK);
    assert_int_equal(heap_free(pair->acceptor.packed.pvBuffer), SSP_OK);
    if (pair->initiator.ctx != 0)
        assert_int_equal(lsa_ctx_free(client, pair->initiator.ctx), SEC_E_OK);
    if (pair->acceptor.ctx != 0)
        assert_int_equal(lsa_ctx_free(client, pair->acceptor.ctx), SEC_E_OK);
    if (pair->cred != 0)
        assert_int_equal(lsa_cred_free(client, pair->cred), SEC_E_OK);
    *pair = (struct pair){ 0 };
}
