/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole negotiation over NTLM in one LSA, one token changed on its way, so that
 * everything is right up to there.  Never are both sides done with different
 * keys.
 *
 * Input: the token to change (1), then changes: offset (2), byte to xor (1); a
 * last odd byte cuts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/handle.h"
#include "base/heap.h"
#include "lsa/core.h"
#include "lsa/cred.h"
#include "lsa/ctx.h"
#include "lsa/leg.h"
#include "packages/negotiate/pack.h"
#include "packages/ntlm/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LEGS = 5, TOKEN = 4096 };

static struct lsa *lsa;
static struct client *client;
static uint64_t creds[2]; /* by accepts */
static char folder[] = "/tmp/opensspi-fuzz-XXXXXX";

static void need(bool fine)
{
    if (!fine)
        abort();
}

/* ---- A client of the LSA, which is this process ------------------------ */

static uid_t uid_of(struct client *who)
{
    (void)who;
    return geteuid();
}

static pid_t pid_of(struct client *who)
{
    (void)who;
    return getpid();
}

static enum ssp_err give_handle(struct client *who, HANDLE handle, HANDLE *ret)
{
    (void)who;
    return handle_dup(handle, ret);
}

static const struct client_door door = {
    .uid = uid_of, .pid = pid_of, .tid = pid_of, .give_handle = give_handle
};

static const char *path_of(const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "we");

    need(file != NULL && fchmod(fileno(file), 0600) == 0 && fputs(text, file) >= 0 &&
         fclose(file) == 0);
}

static void clean_up(void)
{
    static const char *const names[] = { "conf", "sam", "run/seal.key" };

    client_close(&client);
    lsa_free(&lsa);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlink(path_of(names[i]));
    (void)rmdir(path_of("run/tickets"));
    (void)rmdir(path_of("run"));
    (void)rmdir(folder);
}

static uint64_t acquire(ULONG use)
{
    SEC_WINNT_AUTH_IDENTITY_W identity = {
        .User = (unsigned short *)(uintptr_t)u"User",
        .UserLength = 4,
        .Domain = (unsigned short *)(uintptr_t)u"Domain",
        .DomainLength = 6,
        .Password = (unsigned short *)(uintptr_t)u"Password",
        .PasswordLength = 8,
        .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
    };
    const struct lsa_acquire what = { .package = u"Negotiate",
                                      .use = use,
                                      .auth_data = use == SECPKG_CRED_OUTBOUND ? &identity : NULL };
    uint64_t cred = 0;
    TimeStamp expiry;

    need(lsa_cred_acquire(client, &what, &cred, &expiry) == SEC_E_OK);
    return cred;
}

static void start(void)
{
    static const struct client_limits limits = { .max = { 16, 16 } };
    char text[512];
    struct conf *conf = NULL;

    need(mkdtemp(folder) != NULL && mkdir(path_of("run"), 0700) == 0);
    need(atexit(clean_up) == 0);
    /* NTOWFv1 of "Password": [MS-NLMP] 4.2.2.1.2 */
    write_file("sam", "User:Domain:a4f49c406510bdcab6824ee7c30fd852\n");
    (void)snprintf(text, sizeof(text),
                   "[lsa]\nruntime = %s/run\npackages = /usr\n[ntlm]\naccounts = %s/sam\n", folder,
                   folder);
    write_file("conf", text);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
    need(setenv("OPENSSPI_CONFIG", path_of("conf"), 1) == 0);
    need(conf_load(&conf) == SSP_OK);
    need(lsa_new(&(struct lsa_setup){ conf, &system_clock, &system_rand, true }, &lsa) == SSP_OK);
    conf_free(conf);
    need(client_new(lsa, &door, &limits, NULL, &client) == SSP_OK);
    creds[0] = acquire(SECPKG_CRED_OUTBOUND);
    creds[1] = acquire(SECPKG_CRED_INBOUND);
}

/* ---- The handshake ----------------------------------------------------- */

struct side {
    struct lsa_leg_result result;
    bool is_done;
};

struct wire { /* the token that is on its way */
    uint8_t bytes[TOKEN];
    size_t n;
};

static SECURITY_STATUS take_leg(struct side *side, bool accepts, struct wire *wire)
{
    SecBuffer in = { (ULONG)wire->n, SECBUFFER_TOKEN, wire->bytes };
    uint8_t answer[TOKEN];
    SecBuffer out = { sizeof(answer), SECBUFFER_TOKEN, answer };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    const struct lsa_leg leg = {
        .accept = accepts,
        .cred = creds[accepts],
        .ctx = side->result.ctx,
        .requirements = ISC_REQ_CONFIDENTIALITY, /* ASC_REQ_CONFIDENTIALITY is the same bit */
        .in = wire->n != 0 ? &in_desc : NULL,
        .out = &out_desc,
    };
    SECURITY_STATUS status = lsa_leg_run(client, &leg, &side->result);

    if (status < 0)
        return status;
    side->is_done = status == SEC_E_OK;
    wire->n = out.cbBuffer;
    memcpy(wire->bytes, answer, wire->n);
    return status;
}

static void change(struct rd *changes, struct wire *wire)
{
    while (rd_ok(changes) && changes->left.n >= 3) {
        size_t at = rd_le16(changes);
        uint8_t with = rd_u8(changes);

        if (wire->n != 0)
            wire->bytes[at % wire->n] ^= with;
    }
    if (changes->left.n == 1 && wire->n != 0)
        wire->n = rd_u8(changes) % wire->n;
}

static void open_packed(const struct side *side, struct ntlm_core *ret)
{
    ssp_cleanup(ntlm_names_wipe) struct ntlm_names names = { 0 };
    const SecBuffer *data = &side->result.packed;
    struct nego_packed packed = { .id = 0 };

    need(nego_unpack((struct view){ data->pvBuffer, data->cbBuffer }, &packed) == SSP_OK);
    need(packed.package == NEGO_NTLM && ntlm_unpack(packed.inner, ret, &names) == SSP_OK);
    HANDLE token = (HANDLE)(uintptr_t)packed.token;
    handle_close(&token);
}

static void check(const struct side sides[2])
{
    ssp_cleanup(ntlm_core_wipe) struct ntlm_core one = { 0 };
    ssp_cleanup(ntlm_core_wipe) struct ntlm_core other = { 0 };

    if (sides[0].is_done)
        open_packed(&sides[0], &one);
    if (sides[1].is_done)
        open_packed(&sides[1], &other);
    if (sides[0].is_done && sides[1].is_done)
        need(ct_eq(VIEW_OF(one.session_key), VIEW_OF(other.session_key)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd changes = rd_of((struct view){ data, size });
    unsigned changed = rd_u8(&changes) % LEGS;
    struct side sides[2] = { { .is_done = false } };
    struct wire wire = { .n = 0 };
    SECURITY_STATUS status = SEC_E_OK;

    if (lsa == NULL)
        start();
    for (unsigned leg = 0; leg < LEGS && status >= 0 && !sides[leg % 2].is_done; leg++) {
        if (leg != 0 && leg == changed)
            change(&changes, &wire);
        status = take_leg(&sides[leg % 2], leg % 2 != 0, &wire);
        if (leg != 0 && wire.n == 0)
            break;
    }
    check(sides);
    for (size_t i = 0; i < 2; i++) {
        if (sides[i].result.ctx != 0)
            need(lsa_ctx_free(client, sides[i].result.ctx) == SEC_E_OK);
        need(heap_free(sides[i].result.packed.pvBuffer) == SSP_OK);
    }
    return 0;
}
