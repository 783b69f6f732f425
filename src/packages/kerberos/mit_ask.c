/* SPDX-License-Identifier: Apache-2.0 */
/* A request to a service: its ticket from the KDC, if it is not there yet, and AP-REQ. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "packages/kerberos/mit_lib.h"
#include "packages/kerberos/request.h"

/* ---- The service ------------------------------------------------------- */

static bool is_plain_spn(const char *target)
{
    const char *slash = strchr(target, '/');

    return slash != NULL && slash != target && slash[1] != '\0' && strchr(slash + 1, '/') == NULL &&
           strchr(target, '@') == NULL;
}

/* "service/host": which realm the host is in, the configuration knows, or the KDC.  The name is
 * taken as it is: what a name server says of it proves nothing. */
static enum ssp_err find_host(struct mit *mit, const char *target)
{
    const char *slash = strchr(target, '/');
    ssp_cleanup(ssp_free) char *service = strndup(target, (size_t)(slash - target));

    if (service == NULL)
        return ssp_fail(NO_MEMORY);
    return mit_err(
        krb5_sname_to_principal(mit->ctx, slash + 1, service, KRB5_NT_UNKNOWN, &mit->server));
}

static enum ssp_err find_server(struct mit *mit, const char *target)
{
    if (*target == '\0' || strchr(target, '\\') != NULL)
        return ssp_fail(TARGET_UNKNOWN);
    return is_plain_spn(target) ? find_host(mit, target) : mit_parse(mit, target, 0, &mit->server);
}

/* ---- The ticket -------------------------------------------------------- */

static enum ssp_err get_ticket(struct mit *mit, const struct krb_types *types, krb5_creds **ret)
{
    krb5_enctype list[KRB_TYPES_MAX + 1] = { 0 };
    krb5_creds wanted = { .client = mit->client, .server = mit->server };

    for (size_t i = 0; i < types->n; i++)
        list[i] = types->list[i];
    SSP_TRY(mit_err(krb5_set_default_tgs_enctypes(mit->ctx, list)));
    return mit_err(krb5_get_credentials(mit->ctx, 0, mit->cache, &wanted, ret));
}

static enum ssp_err check_ticket(const struct krb_types *types, const krb5_creds *creds)
{
    return krb_types_have(types, creds->keyblock.enctype) ? SSP_OK : ssp_fail(UNSUPPORTED_TYPE);
}

/* ---- Delegation -------------------------------------------------------- */

/* A ticket that the service can get others with, in KRB-CRED under the session key. */
static enum ssp_err forward(const struct mit *mit, krb5_auth_context auth, const krb5_creds *creds,
                            struct secret *ret)
{
    krb5_data message = { 0 };
    krb5_keyblock key = creds->keyblock;
    const krb5_data *host = creds->server->length > 1 ? &creds->server->data[1] : NULL;
    ssp_cleanup(ssp_free) char *name =
        text_new(host != NULL ? mit_view(host) : (struct view){ 0 }); /* no 0 closes the host's */

    if (name == NULL)
        return ssp_fail(NO_MEMORY);
    SSP_TRY(mit_err(krb5_auth_con_setflags(mit->ctx, auth, 0)));
    SSP_TRY(mit_err(krb5_auth_con_setuseruserkey(mit->ctx, auth, &key)));
    SSP_TRY(mit_err(krb5_fwd_tgt_creds(mit->ctx, auth, name, creds->client, creds->server,
                                       mit->cache, 1, &message)));
    enum ssp_err e = secret_new(mit_view(&message), ret);
    krb5_free_data_contents(mit->ctx, &message);
    return e;
}

/* RFC 4120 2.8: "the OK-AS-DELEGATE flag … the server specified in the ticket has been determined
 * by policy of the realm to be a suitable recipient of delegation". */
static bool may_delegate(const struct krb_ask *what, const krb5_creds *creds)
{
    return what->delegate &&
           (what->delegate_untrusted || (creds->ticket_flags & TKT_FLG_OK_AS_DELEGATE) != 0);
}

/* A ticket that cannot be forwarded is none that was promised: the context says what it has. */
static enum ssp_err delegate(const struct mit *mit, const struct krb_ask *what,
                             const krb5_creds *creds, struct secret *ret)
{
    krb5_auth_context auth = NULL;

    if (!may_delegate(what, creds))
        return SSP_OK;
    SSP_TRY(mit_err(krb5_auth_con_init(mit->ctx, &auth)));
    enum ssp_err e = forward(mit, auth, creds, ret);
    (void)krb5_auth_con_free(mit->ctx, auth);
    return e == SSP_ERR_NO_MEMORY ? e : SSP_OK;
}

/* ---- The request ------------------------------------------------------- */

static enum ssp_err name_principal(krb5_const_principal name, struct krb_principal *ret)
{
    if (name->length > KRB_PARTS_MAX)
        return ssp_fail(NO_CREDS);
    *ret = (struct krb_principal){ .type = name->type,
                                   .realm = mit_view(&name->realm),
                                   .n = (size_t)name->length };
    for (size_t i = 0; i < ret->n; i++)
        ret->part[i] = mit_view(&name->data[i]);
    return SSP_OK;
}

/* RFC 4121 2: "the initiator … SHOULD … assert a subkey". */
static enum ssp_err make_subkey(const struct mit *mit, struct krb_key *ret)
{
    krb5_keyblock block = { 0 };

    SSP_TRY(mit_err(krb5_c_make_random_key(mit->ctx, ret->type, &block)));
    mit_key(&block, ret);
    krb5_free_keyblock_contents(mit->ctx, &block);
    return SSP_OK;
}

/* RFC 4120 5.5.1 leaves a first number's size to the sender; with 30 bits the first two billion
 * messages need no more than 32. */
static enum ssp_err make_seq(const struct mit *mit, uint32_t *ret)
{
    enum { MASK = 0x3fffffff };
    uint8_t bytes[4];
    krb5_data data = mit_data(VIEW_OF(bytes));

    SSP_TRY(mit_err(krb5_c_random_make_octets(mit->ctx, &data)));
    struct rd in = rd_of(VIEW_OF(bytes));
    *ret = rd_le32(&in) & MASK;
    return SSP_OK;
}

/* The library's clock, which knows how far the KDC's is away. */
static enum ssp_err make_stamp(const struct mit *mit, struct krb_stamp *ret)
{
    krb5_timestamp seconds = 0;
    krb5_int32 micros = 0;

    SSP_TRY(mit_err(krb5_us_timeofday(mit->ctx, &seconds, &micros)));
    *ret = (struct krb_stamp){ (uint32_t)seconds, (uint32_t)micros };
    return SSP_OK;
}

static enum ssp_err seal_authenticator(const struct krb_principal *client,
                                       const struct wr *checksum, const struct krb_asked *asked,
                                       struct wr *out)
{
    ssp_cleanup(wr_free) struct wr plain = WR_INIT(KRB_REQUEST_MAX);
    const struct krb_authenticator authenticator = {
        .client = client,
        .checksum = { checksum->p, checksum->n },
        .stamp = asked->stamp,
        .subkey = &asked->subkey,
        .seq = asked->seq,
    };

    SSP_TRY(checksum->err);
    krb_authenticator_encode(&authenticator, &plain);
    SSP_TRY(plain.err);
    return mit_seal(&asked->session, KRB_USAGE_AP_REQ, (struct view){ plain.p, plain.n }, out);
}

static enum ssp_err write_request(const struct mit *mit, const struct krb_ask *what,
                                  const krb5_creds *creds, const struct wr *checksum,
                                  struct krb_asked *ret)
{
    ssp_cleanup(wr_free) struct wr sealed = WR_INIT(KRB_REQUEST_MAX);
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_REQUEST_MAX);
    struct krb_principal client = { 0 };

    ret->subkey.type = ret->session.type;
    SSP_TRY(name_principal(creds->client, &client));
    SSP_TRY(make_subkey(mit, &ret->subkey));
    SSP_TRY(make_seq(mit, &ret->seq));
    SSP_TRY(make_stamp(mit, &ret->stamp));
    SSP_TRY(seal_authenticator(&client, checksum, ret, &sealed));
    const struct krb_request request = {
        what->is_mutual, mit_view(&creds->ticket), ret->session.type, { sealed.p, sealed.n }
    };
    krb_request_encode(&request, &out);
    return wr_take(&out, &ret->request.p, &ret->request.n);
}

static enum ssp_err describe(const struct mit *mit, const krb5_creds *creds, struct krb_asked *ret)
{
    krb5_timestamp start = creds->times.starttime;

    mit_key(&creds->keyblock, &ret->session);
    ret->start = mit_time(start != 0 ? start : creds->times.authtime);
    ret->expiry = mit_time(creds->times.endtime);
    SSP_TRY(mit_name(mit, creds->client, &ret->client));
    return mit_name(mit, creds->server, &ret->server);
}

static enum ssp_err ask_with(struct mit *mit, const struct krb_ask *what, krb5_creds *creds,
                             struct krb_asked *ret)
{
    ssp_cleanup(secret_wipe) struct secret delegation = { 0 };
    ssp_cleanup(wr_free) struct wr bytes = WR_INIT(KRB_CHECKSUM_MAX);
    struct krb_checksum checksum = what->checksum;

    SSP_TRY(check_ticket(what->types, creds));
    SSP_TRY(delegate(mit, what, creds, &delegation));
    ret->has_delegated = delegation.n != 0;
    checksum.delegation = secret_view(&delegation);
    checksum.flags &= ~(uint32_t)KRB_GSS_DELEG;
    if (ret->has_delegated)
        checksum.flags |= KRB_GSS_DELEG;
    krb_checksum_encode(&checksum, &bytes);
    SSP_TRY(describe(mit, creds, ret));
    return write_request(mit, what, creds, &bytes, ret);
}

enum ssp_err mit_ask(struct krb_tickets *tickets, const struct krb_ask *what, struct krb_asked *ret)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    ssp_cleanup(krb_asked_wipe) struct krb_asked asked = { 0 };
    krb5_creds *creds = NULL;

    SSP_TRY(mit_open(&mit));
    SSP_TRY(mit_open_cache(&mit, tickets));
    SSP_TRY(find_server(&mit, what->target));
    SSP_TRY(get_ticket(&mit, what->types, &creds));
    enum ssp_err e = ask_with(&mit, what, creds, &asked);
    krb5_free_creds(mit.ctx, creds);
    SSP_TRY(e);
    *ret = asked;
    asked = (struct krb_asked){ 0 };
    return SSP_OK;
}
