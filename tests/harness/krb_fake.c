/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/krb_fake.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/der.h"
#include "crypto/digest.h"
#include "packages/kerberos/field.h"
#include "packages/kerberos/request.h"

struct krb_fake krb_fake;

struct krb_tickets {
    struct ref ref;
};

static const struct krb_stamp now = { 1500000000, 123456 };
static uint32_t last_seq; /* of the last request that was taken */

void krb_fake_reset(void)
{
    unsigned living = krb_fake.living;

    last_seq = 0;
    krb_fake = (struct krb_fake){
        .type = KRB_AES256_SHA2,
        .delegates = true,
        .expiry = FILETIME_NEVER - 1,
        .client = FAKE_USER,
        .living = living,
    };
}

/* ---- Tickets ----------------------------------------------------------- */

static enum ssp_err new_tickets(struct krb_tickets **ret)
{
    *ret = calloc(1, sizeof(**ret));
    if (*ret == NULL)
        return ssp_fail(NO_MEMORY);
    (*ret)->ref = (struct ref)REF_INIT;
    krb_fake.living++;
    return SSP_OK;
}

static void be_watched(void)
{
    if (krb_fake.watch != NULL)
        krb_fake.watch(krb_fake.watched);
}

static enum ssp_err login(const struct krb_login *what, struct krb_tickets **ret)
{
    krb_fake.logins++;
    be_watched();
    SSP_TRY(krb_fake.login);
    if (strcmp(what->client, FAKE_USER) != 0 || strcmp(what->password, FAKE_PASSWORD) != 0)
        return ssp_fail(LOGON_DENIED);
    return new_tickets(ret);
}

static enum ssp_err collect(const char *client, struct krb_tickets **ret)
{
    be_watched();
    SSP_TRY(krb_fake.collect);
    if (client != NULL && strcmp(client, FAKE_USER) != 0)
        return ssp_fail(NO_CREDS);
    return new_tickets(ret);
}

static enum ssp_err unpack(struct view packed, struct krb_tickets **ret)
{
    return ct_eq(packed, VIEW_OF("tickets")) ? new_tickets(ret) : ssp_fail(UNKNOWN_CREDS);
}

static enum ssp_err pack(const struct krb_tickets *tickets, struct wr *out)
{
    (void)tickets;
    wr_view(out, VIEW_OF("tickets"));
    return out->err;
}

static enum ssp_err delegated(const struct krb_taken *request, struct view message,
                              struct krb_tickets **ret)
{
    (void)request;
    return ct_eq(message, VIEW_OF("delegation")) ? new_tickets(ret) : ssp_fail(BAD_TOKEN);
}

static enum ssp_err text_of(const char *s, struct str16 *ret)
{
    return str16_from_utf8((struct view){ (const uint8_t *)s, strlen(s) }, ret);
}

static enum ssp_err inquire(const struct krb_tickets *tickets, struct krb_tickets_info *ret)
{
    (void)tickets;
    be_watched();
    ret->expiry = krb_fake.expiry;
    return text_of(FAKE_USER, &ret->client);
}

static struct krb_tickets *share(struct krb_tickets *tickets)
{
    ref_take(&tickets->ref);
    return tickets;
}

static void forget(struct krb_tickets *tickets)
{
    if (tickets == NULL || !ref_drop(&tickets->ref))
        return;
    krb_fake.living--;
    free(tickets);
}

/* ---- Sealing ----------------------------------------------------------- */

static void tag_of(const struct krb_key *key, int32_t usage, struct view plain,
                   uint8_t ret[SHA256_SIZE])
{
    const uint8_t number = (uint8_t)usage;
    const struct view pieces[] = { { &number, 1 }, plain };

    hmac_sha256(key_view(&key->key), pieces, 2, ret);
}

static enum ssp_err seal(const struct krb_key *key, int32_t usage, struct view plain,
                         struct wr *out)
{
    uint8_t tag[SHA256_SIZE];

    tag_of(key, usage, plain, tag);
    wr_view(out, VIEW_OF(tag));
    wr_view(out, plain);
    return out->err;
}

static enum ssp_err unseal(const struct krb_key *key, int32_t usage, struct view cipher,
                           struct wr *out)
{
    struct rd in = rd_of(cipher);
    struct view told = rd_view(&in, SHA256_SIZE);
    uint8_t tag[SHA256_SIZE];

    if (!rd_ok(&in))
        return ssp_fail(ALTERED);
    tag_of(key, usage, in.left, tag);
    if (!ct_eq(told, VIEW_OF(tag)))
        return ssp_fail(ALTERED);
    wr_view(out, in.left);
    return out->err;
}

/* ---- Requests ---------------------------------------------------------- */

static void fill_key(struct krb_key *key, uint8_t byte)
{
    key->type = krb_fake.type;
    key->key.n = krb_key_size(key->type);
    memset(key->key.b, byte, key->key.n);
}

/* A ticket of RFC 4120 5.3 in form: whom it is for stands in it in clear. */
static void put_ticket(struct wr *out)
{
    size_t outer = der_begin(out, der_application(1));
    size_t sequence = der_begin(out, DER_SEQUENCE);
    krb_put_uint(out, 0, 5);
    size_t realm = der_begin(out, der_field(1));

    der_put(out, DER_GENERAL_STRING, (struct view){ (const uint8_t *)"REALM", 5 });
    der_end(out, realm);
    size_t name = der_begin(out, der_field(2));
    der_put(out, DER_SEQUENCE, (struct view){ 0 });
    der_end(out, name);
    krb_put_sealed(out, 3, krb_fake.type, VIEW_OF("sealed"));
    der_end(out, sequence);
    der_end(out, outer);
}

static enum ssp_err put_request(const struct krb_ask *what, struct krb_asked *asked, struct wr *out)
{
    ssp_cleanup(wr_free) struct wr checksum = WR_INIT(KRB_CHECKSUM_MAX);
    ssp_cleanup(wr_free) struct wr plain = WR_INIT(KRB_REQUEST_MAX);
    ssp_cleanup(wr_free) struct wr sealed = WR_INIT(KRB_REQUEST_MAX);
    ssp_cleanup(wr_free) struct wr ticket = WR_INIT(KRB_REQUEST_MAX);
    struct krb_checksum said = what->checksum;
    const struct krb_principal client = { .realm = { (const uint8_t *)"REALM", 5 } };

    asked->has_delegated = what->delegate && krb_fake.delegates;
    if (asked->has_delegated)
        said.flags |= KRB_GSS_DELEG;
    said.delegation = VIEW_OF("delegation");
    krb_checksum_encode(&said, &checksum);
    const struct krb_authenticator authenticator = {
        &client, { checksum.p, checksum.n }, asked->stamp, &asked->subkey, asked->seq
    };
    krb_authenticator_encode(&authenticator, &plain);
    SSP_TRY(checksum.err);
    SSP_TRY(plain.err);
    SSP_TRY(seal(&asked->session, KRB_USAGE_AP_REQ, (struct view){ plain.p, plain.n }, &sealed));
    put_ticket(&ticket);
    SSP_TRY(ticket.err);
    const struct krb_request request = {
        what->is_mutual, { ticket.p, ticket.n }, krb_fake.type, { sealed.p, sealed.n }
    };
    krb_request_encode(&request, out);
    return out->err;
}

static enum ssp_err ask(struct krb_tickets *tickets, const struct krb_ask *what,
                        struct krb_asked *ret)
{
    static uint32_t seq = 100;
    ssp_cleanup(krb_asked_wipe) struct krb_asked asked = {
        .stamp = now, .seq = seq++, .start = 1, .expiry = krb_fake.expiry
    };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_REQUEST_MAX);

    (void)tickets;
    SSP_TRY(krb_fake.ask);
    if (strcmp(what->target, FAKE_SERVICE) != 0)
        return ssp_fail(TARGET_UNKNOWN);
    if (!krb_types_have(what->types, krb_fake.type))
        return ssp_fail(UNSUPPORTED_TYPE);
    fill_key(&asked.session, 0x51);
    fill_key(&asked.subkey, 0x52);
    SSP_TRY(text_of(FAKE_USER, &asked.client));
    SSP_TRY(text_of(FAKE_SERVICE "@REALM", &asked.server));
    SSP_TRY(put_request(what, &asked, &out));
    SSP_TRY(wr_take(&out, &asked.request.p, &asked.request.n));
    *ret = asked;
    asked = (struct krb_asked){ 0 };
    return SSP_OK;
}

static enum ssp_err check_keytab(const char *keytab)
{
    (void)keytab;
    return krb_fake.keytab;
}

static enum ssp_err read_authenticator(struct view bytes, struct krb_taken *taken)
{
    struct rd in = rd_of(bytes);
    struct rd outer = rd_of(der_take(&in, der_application(2)));
    struct rd fields = rd_of(der_take(&outer, DER_SEQUENCE));

    (void)krb_take_uint(&fields, 0);
    (void)der_take(&fields, der_field(1));
    (void)der_take(&fields, der_field(2));
    struct rd holder = rd_of(der_take(&fields, der_field(3)));
    struct rd checksum = rd_of(der_take(&holder, DER_SEQUENCE));
    (void)krb_take_int(&checksum, 0);
    struct view told = krb_take_bytes(&checksum, 1);
    taken->stamp.micros = (uint32_t)krb_take_uint(&fields, 4);
    taken->stamp.seconds = krb_take_stamp(&fields, 5);
    krb_take_key(&fields, 6, &taken->subkey);
    taken->seq = (uint32_t)krb_take_uint(&fields, 7);
    if (!rd_ok(&fields) || !rd_ok(&checksum))
        return ssp_fail(BAD_TOKEN);
    if (krb_fake.lacks_subkey)
        krb_key_wipe(&taken->subkey);
    return secret_new(told, &taken->checksum);
}

static enum ssp_err open_request(struct view request, struct krb_taken *taken)
{
    ssp_cleanup(wr_free) struct wr plain = WR_INIT(KRB_REQUEST_MAX);
    struct rd in = rd_of(request);
    struct rd outer = rd_of(der_take(&in, der_application(14)));
    struct rd fields = rd_of(der_take(&outer, DER_SEQUENCE));
    int32_t type = 0;

    (void)krb_take_uint(&fields, 0);
    (void)krb_take_uint(&fields, 1);
    struct rd options = rd_of(der_take(&fields, der_field(2)));
    struct view bits = der_take(&options, DER_BIT_STRING);
    struct view ticket = der_take(&fields, der_field(3));
    struct view sealed = krb_take_sealed(&fields, 4, &type);
    if (rd_end(&fields) != SSP_OK || bits.n != 5 || ticket.n == 0)
        return ssp_fail(BAD_TOKEN);
    taken->is_mutual = (bits.p[1] & 0x20) != 0;
    taken->ticket_type = krb_fake.type;
    fill_key(&taken->session, 0x51);
    SSP_TRY(unseal(&taken->session, KRB_USAGE_AP_REQ, sealed, &plain));
    return read_authenticator((struct view){ plain.p, plain.n }, taken);
}

static enum ssp_err take(const struct krb_take *what, struct krb_taken *ret)
{
    ssp_cleanup(krb_taken_wipe) struct krb_taken taken = { .start = 1, .expiry = krb_fake.expiry };

    SSP_TRY(krb_fake.take);
    if (what->service != NULL && strcmp(what->service, FAKE_SERVICE) != 0)
        return ssp_fail(WRONG_PRINCIPAL);
    SSP_TRY(open_request(what->request, &taken));
    if (taken.seq == last_seq && !what->is_returned)
        return ssp_fail(OUT_OF_SEQUENCE);
    last_seq = taken.seq;
    *what->ret_is_taken = true;
    SSP_TRY(text_of(krb_fake.client, &taken.client));
    SSP_TRY(text_of(FAKE_SERVICE "@REALM", &taken.server));
    if (krb_fake.pac.n != 0)
        SSP_TRY(secret_new(krb_fake.pac, &taken.logon_info));
    *ret = taken;
    taken = (struct krb_taken){ 0 };
    return SSP_OK;
}

const struct krb_port krb_fake_port = {
    .login = login,
    .collect = collect,
    .unpack = unpack,
    .delegated = delegated,
    .pack = pack,
    .inquire = inquire,
    .share = share,
    .forget = forget,
    .ask = ask,
    .check_keytab = check_keytab,
    .take = take,
    .seal = seal,
    .open = unseal,
};

/* ---- The environment --------------------------------------------------- */

static enum ssp_err fill(uint8_t *dst, size_t n)
{
    memset(dst, 0x53, n);
    return SSP_OK;
}

static const struct rand fixed_rand = { fill };

static void ok(enum ssp_err e)
{
    if (e != SSP_OK)
        abort();
}

void krb_fake_env_begin(struct krb_fake_env *fake)
{
    static char nothing[] = "";

    krb_fake_reset();
    *fake = (struct krb_fake_env){
        .config = { .allow = true,
                    .policy = { .types = { { KRB_AES256_SHA2, KRB_AES128_SHA2, KRB_AES256_SHA1,
                                             KRB_AES128_SHA1 },
                                           4 },
                                .enctypes = nothing,
                                .keytab = nothing,
                                .delegate = KRB_DELEGATE_TRUSTED,
                                .accept_delegation = true },
                    .keytab_users = nothing,
                    .channel_bindings = KRB_CHECK_WHEN_SENT },
    };
    ok(krb_delegations_init(&fake->delegations));
    fake->env = (struct krb_env){ .config = &fake->config,
                                  .port = &krb_fake_port,
                                  .clock = &system_clock,
                                  .rand = &fixed_rand,
                                  .delegations = &fake->delegations,
                                  .returned = &fake->returned };
    ok(krb_returned_init(&fake->returned));
}

void krb_fake_env_end(struct krb_fake_env *fake)
{
    krb_delegations_done(&fake->delegations);
    krb_returned_done(&fake->returned);
}
