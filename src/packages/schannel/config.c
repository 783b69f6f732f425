/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/config.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/wr.h"
#include "packages/schannel/alpn.h"

enum { A_WEEK = 7 * 24 * 3600, PASSWD_BUFFER = 16 * 1024 };

static const char *const asks[] = { "no", "requested", "required", NULL };
static const char *const revocations[] = { "off", "known", "required", NULL };
static const char *const versions[] = { "1.2", "1.3", NULL };

#define AT(member, kind, preset)                                                          \
    {                                                                                     \
        .name = #member, .type = (kind), .offset = offsetof(struct tls_settings, member), \
        .fallback = (preset)                                                              \
    }
#define CHOICE(member, words, preset)                                                          \
    {                                                                                          \
        .name = #member, .type = CONF_CHOICE, .offset = offsetof(struct tls_settings, member), \
        .choices = (words), .fallback = (preset)                                               \
    }

static const struct conf_key keys[] = {
    AT(allow, CONF_BOOL, "yes"),
    AT(certificate, CONF_STRING, NULL),
    AT(key, CONF_STRING, NULL),
    AT(password_file, CONF_STRING, NULL),
    AT(ca, CONF_STRING, NULL),
    AT(crl, CONF_STRING, NULL),
    CHOICE(revocation, revocations, "known"),
    AT(ocsp, CONF_STRING, NULL),
    CHOICE(client_certificates, asks, "no"),
    AT(client_domain, CONF_STRING, TLS_CLIENT_DOMAIN),
    AT(alpn, CONF_STRING, NULL),
    CHOICE(minimum, versions, "1.2"),
    AT(ciphers, CONF_STRING, NULL),
    AT(tickets, CONF_BOOL, "yes"),
    { .name = "ticket_lifetime",
      .type = CONF_NUMBER,
      .offset = offsetof(struct tls_settings, ticket_lifetime),
      .fallback = "7200",
      .min = 1,
      .max = A_WEEK }, /* RFC 8446 4.6.1: seven days at most */
    AT(users, CONF_STRING, NULL),
    { .name = NULL },
};

/* The next word of a list; empty at its end. */
static struct view next_word(const char **at)
{
    *at += strspn(*at, ", \t");
    struct view word = { (const uint8_t *)*at, strcspn(*at, ", \t") };
    *at += word.n;
    return word;
}

static bool is_word(struct view word, const char *text)
{
    return word.n == strlen(text) && strncmp((const char *)word.p, text, word.n) == 0;
}

/* Each of the following says in ret_wrong what does not hold; its own errors are others'. */

static enum ssp_err read_ciphers(struct tls_settings *settings, const char **ret_wrong)
{
    static const char *const names[] = {
        [TLS_AES_128_GCM] = "aes128-gcm",
        [TLS_AES_256_GCM] = "aes256-gcm",
        [TLS_CHACHA20_POLY1305] = "chacha20-poly1305",
    };
    const char *at = settings->ciphers;

    for (struct view word = next_word(&at); word.n != 0; word = next_word(&at)) {
        unsigned bit = 0;

        for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            if (is_word(word, names[i]))
                bit = 1U << i;
        if (bit == 0)
            *ret_wrong = "no such cipher";
        settings->cipher_bits |= bit;
    }
    if (settings->cipher_bits == 0)
        settings->cipher_bits = TLS_ALL_CIPHERS;
    return SSP_OK;
}

static enum ssp_err read_protocols(struct tls_settings *settings, const char **ret_wrong)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_ALPN_LIST_MAX);
    const char *at = settings->alpn;
    size_t n = 0;

    for (struct view word = next_word(&at); word.n != 0; word = next_word(&at)) {
        if (n++ == TLS_ALPN_NAMES_MAX || word.n > TLS_ALPN_NAME_MAX)
            *ret_wrong = "names more protocols than eight, or one with more than 31 characters";
        wr_u8(&out, word.n);
        wr_view(&out, word);
    }
    SSP_TRY(out.err); /* a line is too short for what would be too long (base/conf.h) */
    return secret_new((struct view){ out.p, out.n }, &settings->protocols);
}

static enum ssp_err find_user(const char *name, uid_t *ret, const char **ret_wrong)
{
    ssp_cleanup(ssp_free) char *buffer = malloc(PASSWD_BUFFER);
    struct passwd entry = { 0 };
    struct passwd *found = NULL;

    if (buffer == NULL || getpwnam_r(name, &entry, buffer, PASSWD_BUFFER, &found) == ENOMEM)
        return ssp_fail(NO_MEMORY);
    if (found == NULL)
        *ret_wrong = "no such user";
    *ret = entry.pw_uid;
    return SSP_OK;
}

static enum ssp_err read_uid(struct view word, uid_t *ret, const char **ret_wrong)
{
    char name[TLS_NAME_MAX] = "";

    if (word.n >= sizeof(name)) {
        *ret_wrong = "no such user";
        return SSP_OK;
    }
    memcpy(name, word.p, word.n);
    if (strspn(name, "0123456789") != word.n)
        return find_user(name, ret, ret_wrong);
    errno = 0;
    unsigned long number = strtoul(name, NULL, 10);
    *ret = (uid_t)number;
    if (errno != 0 || number >= UINT32_MAX)
        *ret_wrong = "no such user";
    return SSP_OK;
}

static enum ssp_err read_users(struct tls_settings *settings, const char **ret_wrong)
{
    const char *at = settings->users;

    for (struct view word = next_word(&at); word.n != 0; word = next_word(&at)) {
        if (is_word(word, "*")) {
            settings->for_all = true;
            continue;
        }
        if (settings->n_uids == TLS_USERS_MAX) {
            *ret_wrong = "too many users";
            return SSP_OK;
        }
        SSP_TRY(read_uid(word, &settings->uids[settings->n_uids], ret_wrong));
        settings->n_uids++;
    }
    return SSP_OK;
}

/* A public root vouches for anybody's name: no proof of who somebody is here. */
static enum ssp_err check_clients(struct tls_settings *settings, const char **ret_wrong)
{
    if (settings->client_certificates != TLS_ASKS_NOTHING && *settings->ca == '\0')
        *ret_wrong = "needs a ca of its own";
    return SSP_OK;
}

static enum ssp_err check_key(struct tls_settings *settings, const char **ret_wrong)
{
    if (*settings->key != '\0' && *settings->certificate == '\0')
        *ret_wrong = "without a certificate";
    return SSP_OK;
}

static const struct {
    const char *name;
    enum ssp_err (*read)(struct tls_settings *settings, const char **ret_wrong);
} checks[] = {
    { "ciphers", read_ciphers }, { "alpn", read_protocols },
    { "users", read_users },     { "client_certificates", check_clients },
    { "key", check_key },
};

enum ssp_err tls_settings_read(const struct conf *conf, const char *section,
                               struct tls_settings *ret)
{
    ssp_cleanup(tls_settings_wipe) struct tls_settings settings = { 0 };

    SSP_TRY(conf_read(conf, section, keys, &settings));
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        const char *wrong = NULL;

        SSP_TRY(checks[i].read(&settings, &wrong));
        if (wrong != NULL)
            return conf_blame(conf, section, checks[i].name, wrong);
    }
    *ret = settings;
    settings = (struct tls_settings){ 0 };
    return SSP_OK;
}

bool tls_settings_admit(const struct tls_settings *settings, uid_t uid)
{
    if (settings->for_all || uid == 0 || uid == geteuid())
        return true;
    for (size_t i = 0; i < settings->n_uids; i++)
        if (settings->uids[i] == uid)
            return true;
    return false;
}

void tls_settings_wipe(struct tls_settings *settings)
{
    char **strings[] = { &settings->certificate, &settings->key,           &settings->password_file,
                         &settings->ca,          &settings->crl,           &settings->ocsp,
                         &settings->alpn,        &settings->client_domain, &settings->ciphers,
                         &settings->users };

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
        ssp_free(strings[i]);
    secret_wipe(&settings->protocols);
    *settings = (struct tls_settings){ 0 };
}
