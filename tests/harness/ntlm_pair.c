/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/ntlm_pair.h"

#include <sspi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "packages/ntlm/seal.h"

static void need(bool fine)
{
    if (!fine)
        abort();
}

static struct view text(const char *s)
{
    return (struct view){ (const uint8_t *)s, s == NULL ? 0 : strlen(s) };
}

/* The clock of [MS-NLMP] 4.2.1 stands still at 0, a little later here so that differences show. */
static int64_t an_hour(void)
{
    return INT64_C(3600) * FILETIME_SECOND;
}

static uint64_t no_boottime(void)
{
    return 0;
}

static int64_t two_hours(void)
{
    return 2 * an_hour();
}

static const struct clock fixed_clock = { an_hour, no_boottime };
const struct clock pair_later_clock = { two_hours, no_boottime };

/* ClientChallenge and RandomSessionKey of [MS-NLMP] 4.2.1. */
static enum ssp_err fill_client(uint8_t *dst, size_t n)
{
    memset(dst, n == NTLM_CHALLENGE_SIZE ? 0xaa : 0x55, n);
    return SSP_OK;
}

/* ServerChallenge of [MS-NLMP] 4.2.1. */
static enum ssp_err fill_server(uint8_t *dst, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dst[i] = (uint8_t)(0x01 + 0x22 * i);
    return SSP_OK;
}

static enum ssp_err fill_other(uint8_t *dst, size_t n)
{
    memset(dst, 0x77, n);
    return SSP_OK;
}

const struct rand pair_other_rand = { fill_other };
static const struct rand client_rand = { fill_client };
static const struct rand server_rand = { fill_server };

static void make_file(const char *contents, char path[64])
{
    ssp_cleanup(fd_close) int fd = -1;

    (void)snprintf(path, 64, "/tmp/ntlm-pair-XXXXXX");
    fd = mkstemp(path);
    need(fd >= 0 && fd_write_all(fd, text(contents)) == SSP_OK);
}

void pair_config(const char *section, struct ntlm_config *ret)
{
    char contents[2048];
    char path[64];
    struct conf *conf = NULL;

    need(snprintf(contents, sizeof(contents), "[ntlm]\n%s", section) < (int)sizeof(contents));
    make_file(contents, path);
    need(conf_load_file(path, &conf) == SSP_OK);
    need(ntlm_config_read(conf, ret) == SSP_OK);
    conf_free(conf);
    (void)unlink(path);
}

static struct ntlm_env env_of(const struct ntlm_config *config, const struct rand *rand)
{
    return (struct ntlm_env){
        .config = config,
        .clock = &fixed_clock,
        .rand = rand,
        .version = { 5, 1, 2600, NTLM_REVISION_W2K3 },
    };
}

void pair_start_as(struct pair *pair, const char *client, const char *server)
{
    char section[1024];
    struct ntlm_cred_request inbound = { .use = SECPKG_CRED_INBOUND };

    *pair = (struct pair){ 0 };
    make_file("# one account\n" PAIR_USER ":" PAIR_DOMAIN ":" PAIR_HASH "\n", pair->accounts);
    (void)snprintf(section, sizeof(section), "netbios_name = COMPUTER\n%s", client);
    pair_config(section, &pair->client_config);
    (void)snprintf(section, sizeof(section), "netbios_name = Server\naccounts = %s\n%s",
                   pair->accounts, server);
    pair_config(section, &pair->server_config);
    pair->client_env = env_of(&pair->client_config, &client_rand);
    pair->server_env = env_of(&pair->server_config, &server_rand);
    ntlm_sam_verifier_init(&pair->sam, &pair->server_config);
    pair->server_env.verifier = &pair->sam.verifier;
    need(ntlm_cred_new(&pair->server_config, &inbound, &pair->server_cred) == SSP_OK);
    pair_user(pair, PAIR_USER, PAIR_DOMAIN, "Password");
}

void pair_start(struct pair *pair)
{
    pair_start_as(pair, "", "");
}

void pair_restart(struct pair *pair)
{
    ntlm_turn_wipe(&pair->client);
    ntlm_turn_wipe(&pair->server);
    pair->client = (struct ntlm_turn){ 0 };
    pair->server = (struct ntlm_turn){ 0 };
}

void pair_done(struct pair *pair)
{
    pair_restart(pair);
    ntlm_cred_unref(pair->client_cred);
    ntlm_cred_unref(pair->server_cred);
    ntlm_config_wipe(&pair->client_config);
    ntlm_config_wipe(&pair->server_config);
    if (pair->accounts[0] != '\0')
        (void)unlink(pair->accounts);
    *pair = (struct pair){ 0 };
}

void pair_user(struct pair *pair, const char *user, const char *domain, const char *password)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    char copies[3][256];
    const char *given[3] = { user, domain, password };
    struct ntlm_cred_request outbound = { SECPKG_CRED_OUTBOUND, NULL, &identity };

    for (size_t i = 0; i < 3; i++)
        (void)snprintf(copies[i], sizeof(copies[i]), "%s", given[i] == NULL ? "" : given[i]);
    identity.User = user == NULL ? NULL : (unsigned char *)copies[0];
    identity.Domain = domain == NULL ? NULL : (unsigned char *)copies[1];
    identity.Password = password == NULL ? NULL : (unsigned char *)copies[2];
    identity.UserLength = (uint32_t)strlen(copies[0]);
    identity.DomainLength = (uint32_t)strlen(copies[1]);
    identity.PasswordLength = (uint32_t)strlen(copies[2]);
    ntlm_cred_unrefp(&pair->client_cred);
    need(ntlm_cred_new(&pair->client_config, &outbound, &pair->client_cred) == SSP_OK);
}

struct view pair_token(const struct ntlm_turn *turn)
{
    return secret_view(&turn->token);
}

static void move(struct ntlm_turn *turn)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_HALF_MAX);
    struct ntlm_half *moved = NULL;

    if (turn->half == NULL)
        return;
    ntlm_half_pack(turn->half, &out);
    need(out.err == SSP_OK);
    need(ntlm_half_unpack((struct view){ out.p, out.n }, &moved) == SSP_OK);
    ntlm_half_free(turn->half);
    turn->half = moved;
}

static void replace(struct ntlm_turn *turn, struct ntlm_turn *fresh, bool moved)
{
    ntlm_turn_wipe(turn);
    *turn = *fresh;
    explicit_bzero(fresh, sizeof(*fresh));
    if (moved)
        move(turn);
}

enum ssp_err pair_client_leg(struct pair *pair, const struct pair_legs *legs, struct view token)
{
    ssp_cleanup(str16_wipe) struct str16 target = { 0 };
    struct ntlm_turn turn = { 0 };

    SSP_TRY(str16_from_utf8(text(legs->target), &target));
    const struct ntlm_leg leg = { legs->isc, token, legs->client_bindings, &target };
    SSP_TRY(ntlm_init_leg(&pair->client_env, pair->client_cred, pair->client.half, &leg, &turn));
    replace(&pair->client, &turn, legs->moved);
    return SSP_OK;
}

enum ssp_err pair_server_leg(struct pair *pair, const struct pair_legs *legs, struct view token)
{
    const struct ntlm_leg leg = { legs->asc, token, legs->server_bindings, NULL };
    struct ntlm_turn turn = { 0 };

    SSP_TRY(ntlm_accept_leg(&pair->server_env, pair->server_cred, pair->server.half, &leg, &turn));
    replace(&pair->server, &turn, legs->moved);
    return SSP_OK;
}

enum ssp_err pair_run(struct pair *pair, const struct pair_legs *legs)
{
    SSP_TRY(pair_client_leg(pair, legs, (struct view){ 0 }));
    SSP_TRY(pair_server_leg(pair, legs, pair_token(&pair->client)));
    SSP_TRY(pair_client_leg(pair, legs, pair_token(&pair->server)));
    return pair_server_leg(pair, legs, pair_token(&pair->client));
}

static bool passes(struct ntlm_session *from, struct ntlm_session *to, uint32_t seq)
{
    uint8_t bytes[] = "a message that nobody else should read";
    uint8_t signature[NTLM_SIGNATURE_SIZE];
    struct pkg_piece piece = { bytes, sizeof(bytes), true, true };
    struct ntlm_message msg = { &piece, 1, seq };

    if (ntlm_seal(from, &msg, signature) != SSP_OK)
        return false;
    return ntlm_unseal(to, &msg, signature) == SSP_OK && bytes[0] == 'a';
}

bool pair_talks(struct pair *pair)
{
    struct ntlm_session *client = &pair->client.core.session;
    struct ntlm_session *server = &pair->server.core.session;

    return passes(client, server, 0) && passes(server, client, 0) && passes(client, server, 1) &&
           passes(server, client, 1);
}

struct secret pair_bindings(const char *data)
{
    SEC_CHANNEL_BINDINGS head = {
        .cbApplicationDataLength = (uint32_t)strlen(data),
        .dwApplicationDataOffset = sizeof(head),
    };
    struct secret block = { malloc(sizeof(head) + strlen(data)), sizeof(head) + strlen(data) };

    need(block.p != NULL);
    memcpy(block.p, &head, sizeof(head));
    memcpy(block.p + sizeof(head), data, strlen(data));
    return block;
}
