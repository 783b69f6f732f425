/* SPDX-License-Identifier: Apache-2.0 */
/* A request of somebody, opened with a keytab. */
#include "base/cleanup.h"
#include "packages/kerberos/mit_lib.h"

enum { PAC_LOGON_INFO = 1 }; /* [MS-PAC] 2.4 */

static enum ssp_err open_keytab(struct mit *mit, const char *name)
{
    if (name == NULL)
        return mit_err(krb5_kt_default(mit->ctx, &mit->keytab));
    return mit_err(krb5_kt_resolve(mit->ctx, name, &mit->keytab));
}

enum ssp_err mit_check_keytab(const char *keytab)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };

    SSP_TRY(mit_open(&mit));
    SSP_TRY(open_keytab(&mit, keytab));
    return krb5_kt_have_content(mit.ctx, mit.keytab) == 0 ? SSP_OK : ssp_fail(NO_CREDS);
}

/* ---- What the KDC says of the client ----------------------------------- */

static enum ssp_err read_logon_info(const struct mit *mit, krb5_pac pac, struct krb_taken *ret)
{
    krb5_data info = { 0 };

    if (krb5_pac_get_buffer(mit->ctx, pac, PAC_LOGON_INFO, &info) != 0)
        return SSP_OK; /* MIT's KDC signs a PAC that says nothing */
    enum ssp_err e = secret_new(mit_view(&info), &ret->logon_info);
    krb5_free_data_contents(mit->ctx, &info);
    return e;
}

/* [MS-KILE] 3.4.5.3: "If the structure is valid … the server MUST verify the server signature." */
static enum ssp_err verify_pac(const struct mit *mit, const krb5_ticket *ticket, krb5_pac pac,
                               struct krb_taken *ret)
{
    const krb5_enc_tkt_part *part = ticket->enc_part2;
    krb5_keytab_entry entry = { 0 };

    SSP_TRY(mit_err(krb5_kt_get_entry(mit->ctx, mit->keytab, ticket->server, ticket->enc_part.kvno,
                                      ticket->enc_part.enctype, &entry)));
    krb5_error_code code =
        krb5_pac_verify(mit->ctx, pac, part->times.authtime, part->client, &entry.key, NULL);
    (void)krb5_free_keytab_entry_contents(mit->ctx, &entry);
    return code == 0 ? read_logon_info(mit, pac, ret) : ssp_fail(ALTERED);
}

static enum ssp_err read_pac(const struct mit *mit, const krb5_ticket *ticket,
                             const krb5_authdata *data, struct krb_taken *ret)
{
    krb5_pac pac = NULL;

    if (krb5_pac_parse(mit->ctx, data->contents, data->length, &pac) != 0)
        return ssp_fail(BAD_TOKEN);
    enum ssp_err e = verify_pac(mit, ticket, pac, ret);
    krb5_pac_free(mit->ctx, pac);
    return e;
}

/* In the ticket only: what the client says of itself in its request is its own word. */
static enum ssp_err find_pac(const struct mit *mit, const krb5_ticket *ticket,
                             struct krb_taken *ret)
{
    krb5_authdata **found = NULL;

    SSP_TRY(mit_err(krb5_find_authdata(mit->ctx, ticket->enc_part2->authorization_data, NULL,
                                       KRB5_AUTHDATA_WIN2K_PAC, &found)));
    if (found == NULL)
        return SSP_OK;
    enum ssp_err e = found[0] != NULL ? read_pac(mit, ticket, found[0], ret) : SSP_OK;
    krb5_free_authdata(mit->ctx, found);
    return e;
}

/* ---- The request ------------------------------------------------------- */

/* A checksum of another type is no GSS-API request, and is left for the caller to miss. */
static enum ssp_err read_authenticator(const krb5_authenticator *authenticator,
                                       struct krb_taken *ret)
{
    const krb5_checksum *checksum = authenticator->checksum;

    ret->stamp =
        (struct krb_stamp){ (uint32_t)authenticator->ctime, (uint32_t)authenticator->cusec };
    ret->seq = authenticator->seq_number;
    mit_key(authenticator->subkey, &ret->subkey);
    if (checksum == NULL || checksum->checksum_type != KRB_CHECKSUM_TYPE)
        return SSP_OK;
    return secret_new((struct view){ checksum->contents, checksum->length }, &ret->checksum);
}

static enum ssp_err describe(const struct mit *mit, const krb5_ticket *ticket,
                             struct krb_taken *ret)
{
    const krb5_enc_tkt_part *part = ticket->enc_part2;
    krb5_authenticator *authenticator = NULL;

    mit_key(part->session, &ret->session);
    ret->ticket_type = ticket->enc_part.enctype;
    ret->start =
        mit_time(part->times.starttime != 0 ? part->times.starttime : part->times.authtime);
    ret->expiry = mit_time(part->times.endtime);
    SSP_TRY(mit_name(mit, part->client, &ret->client));
    SSP_TRY(mit_name(mit, ticket->server, &ret->server));
    SSP_TRY(mit_err(krb5_auth_con_getauthenticator(mit->ctx, mit->auth, &authenticator)));
    enum ssp_err e = read_authenticator(authenticator, ret);
    krb5_free_authenticator(mit->ctx, authenticator);
    return e;
}

/* A name without a realm fits any. */
static enum ssp_err find_service(struct mit *mit, const char *service)
{
    if (service == NULL)
        return SSP_OK;
    bool has_realm = strchr(service, '@') != NULL;
    return mit_parse(mit, service, has_realm ? 0 : KRB5_PRINCIPAL_PARSE_NO_REALM, &mit->server);
}

static enum ssp_err read_request(struct mit *mit, const struct krb_take *what, krb5_flags *options,
                                 krb5_ticket **ret)
{
    krb5_data request = mit_data(what->request);
    const krb5_flags remember = what->is_returned ? 0 : KRB5_AUTH_CONTEXT_DO_TIME;
    const krb5_flags flags = remember | KRB5_AUTH_CONTEXT_DO_SEQUENCE;

    SSP_TRY(mit_err(krb5_auth_con_init(mit->ctx, &mit->auth)));
    SSP_TRY(mit_err(krb5_auth_con_setflags(mit->ctx, mit->auth, flags)));
    return mit_err(
        krb5_rd_req(mit->ctx, &mit->auth, &request, mit->server, mit->keytab, options, ret));
}

enum ssp_err mit_take(const struct krb_take *what, struct krb_taken *ret)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    ssp_cleanup(krb_taken_wipe) struct krb_taken taken = { 0 };
    krb5_ticket *ticket = NULL;
    krb5_flags options = 0;

    SSP_TRY(mit_open(&mit));
    SSP_TRY(open_keytab(&mit, what->keytab));
    SSP_TRY(find_service(&mit, what->service));
    SSP_TRY(read_request(&mit, what, &options, &ticket));
    *what->ret_is_taken = true;
    taken.is_mutual = (options & AP_OPTS_MUTUAL_REQUIRED) != 0;
    enum ssp_err e = describe(&mit, ticket, &taken);
    if (e == SSP_OK)
        e = find_pac(&mit, ticket, &taken);
    krb5_free_ticket(mit.ctx, ticket);
    SSP_TRY(e);
    *ret = taken;
    taken = (struct krb_taken){ 0 };
    return SSP_OK;
}
