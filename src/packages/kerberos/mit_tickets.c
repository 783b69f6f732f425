/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets in caches of the library's MEMORY type, which have a name that nobody
 * else knows and last until they are destroyed.  What comes from a cache of the
 * user is a copy: from then on it is what it was when it was acquired, whatever
 * happens to the file's name.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/ref.h"
#include "base/text.h"
#include "packages/kerberos/mit_lib.h"

enum { TICKETS_VERSION = 1, N_TICKETS_MAX = 256 };

struct krb_tickets {
    struct ref ref;
    char *cache;
};

enum ssp_err mit_open_cache(struct mit *mit, const struct krb_tickets *tickets)
{
    SSP_TRY(mit_err(krb5_cc_resolve(mit->ctx, tickets->cache, &mit->cache)));
    return mit_err(krb5_cc_get_principal(mit->ctx, mit->cache, &mit->client));
}

struct krb_tickets *mit_share(struct krb_tickets *tickets)
{
    ref_take(&tickets->ref);
    return tickets;
}

void mit_forget(struct krb_tickets *tickets)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };

    if (tickets == NULL || !ref_drop(&tickets->ref))
        return;
    if (mit_open(&mit) == SSP_OK && krb5_cc_resolve(mit.ctx, tickets->cache, &mit.cache) == 0) {
        (void)krb5_cc_destroy(mit.ctx, mit.cache);
        mit.cache = NULL;
    }
    free(tickets->cache);
    free(tickets);
}

static void forget(struct krb_tickets **tickets)
{
    mit_forget(*tickets);
}

/* Its name in the library's words, which we copy: whoever frees it is not the one who made it. */
static enum ssp_err name_cache(const struct mit *mit, krb5_ccache cache, char **ret)
{
    char *name = NULL;

    SSP_TRY(mit_err(krb5_cc_get_full_name(mit->ctx, cache, &name)));
    *ret = strdup(name);
    krb5_free_string(mit->ctx, name);
    return *ret == NULL ? ssp_fail(NO_MEMORY) : SSP_OK;
}

/* An empty cache of that client, which mit->cache then is. */
static enum ssp_err make(struct mit *mit, krb5_principal client, struct krb_tickets **ret)
{
    ssp_cleanup(ssp_free) struct krb_tickets *tickets = calloc(1, sizeof(*tickets));
    krb5_ccache cache = NULL;

    if (tickets == NULL)
        return ssp_fail(NO_MEMORY);
    tickets->ref = (struct ref)REF_INIT;
    SSP_TRY(mit_err(krb5_cc_new_unique(mit->ctx, "MEMORY", NULL, &cache)));
    enum ssp_err e = mit_err(krb5_cc_initialize(mit->ctx, cache, client));
    if (e == SSP_OK)
        e = name_cache(mit, cache, &tickets->cache);
    if (e != SSP_OK) {
        (void)krb5_cc_destroy(mit->ctx, cache);
        return e;
    }
    mit->cache = cache;
    *ret = ssp_steal(&tickets);
    return SSP_OK;
}

/* ---- From a password --------------------------------------------------- */

static void fill_types(const struct krb_types *types, krb5_enctype list[KRB_TYPES_MAX + 1])
{
    for (size_t i = 0; i < types->n; i++)
        list[i] = types->list[i];
    list[types->n] = 0;
}

/* No prompter: there is nobody to ask. */
static enum ssp_err get_first(const struct mit *mit, const struct krb_login *what, krb5_creds *ret)
{
    krb5_enctype types[KRB_TYPES_MAX + 1];
    krb5_get_init_creds_opt *opt = NULL;

    SSP_TRY(mit_err(krb5_get_init_creds_opt_alloc(mit->ctx, &opt)));
    fill_types(what->types, types);
    krb5_get_init_creds_opt_set_etype_list(opt, types, (int)what->types->n);
    krb5_get_init_creds_opt_set_forwardable(opt, 1);
    enum ssp_err e = mit_err(krb5_get_init_creds_password(
        mit->ctx, ret, mit->client, what->password, NULL, NULL, 0, NULL, opt));
    krb5_get_init_creds_opt_free(mit->ctx, opt);
    /* A wrong password makes a reply that cannot be read, or none (RFC 4120 3.1.4). */
    return e == SSP_ERR_ALTERED ? ssp_fail(LOGON_DENIED) : e;
}

enum ssp_err mit_login(const struct krb_login *what, struct krb_tickets **ret)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    ssp_cleanup(forget) struct krb_tickets *tickets = NULL;
    krb5_creds creds = { 0 };

    SSP_TRY(mit_open(&mit));
    enum ssp_err e = mit_parse(&mit, what->client, 0, &mit.client);
    if (e != SSP_OK)
        return e == SSP_ERR_TARGET_UNKNOWN ? ssp_fail(LOGON_DENIED) : e;
    SSP_TRY(get_first(&mit, what, &creds));
    e = make(&mit, creds.client, &tickets);
    if (e == SSP_OK)
        e = mit_err(krb5_cc_store_cred(mit.ctx, mit.cache, &creds));
    krb5_free_cred_contents(mit.ctx, &creds);
    SSP_TRY(e);
    *ret = ssp_steal(&tickets);
    return SSP_OK;
}

/* ---- From the user's cache --------------------------------------------- */

static enum ssp_err find_cache(struct mit *mit, const char *client)
{
    if (client == NULL)
        return mit_err(krb5_cc_default(mit->ctx, &mit->cache));
    SSP_TRY(mit_parse(mit, client, 0, &mit->client));
    enum ssp_err e = mit_err(krb5_cc_cache_match(mit->ctx, mit->client, &mit->cache));
    krb5_free_principal(mit->ctx, mit->client);
    mit->client = NULL;
    return e;
}

static enum ssp_err copy_cache(struct mit *mit, krb5_ccache from, struct krb_tickets **ret)
{
    ssp_cleanup(forget) struct krb_tickets *tickets = NULL;

    SSP_TRY(mit_err(krb5_cc_get_principal(mit->ctx, from, &mit->client)));
    SSP_TRY(make(mit, mit->client, &tickets));
    SSP_TRY(mit_err(krb5_cc_copy_creds(mit->ctx, from, mit->cache)));
    *ret = ssp_steal(&tickets);
    return SSP_OK;
}

enum ssp_err mit_collect(const char *client, struct krb_tickets **ret)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };

    SSP_TRY(mit_open(&mit));
    SSP_TRY(find_cache(&mit, client));
    krb5_ccache from = mit.cache;
    mit.cache = NULL;
    enum ssp_err e = copy_cache(&mit, from, ret);
    (void)krb5_cc_close(mit.ctx, from);
    return e;
}

/* ---- What is in them --------------------------------------------------- */

/* Calls visit() for each ticket, until it fails. */
static enum ssp_err
each_ticket(const struct mit *mit,
            enum ssp_err (*visit)(void *arg, const struct mit *mit, krb5_creds *creds), void *arg)
{
    krb5_cc_cursor cursor;
    krb5_creds creds = { 0 };
    enum ssp_err e = SSP_OK;

    SSP_TRY(mit_err(krb5_cc_start_seq_get(mit->ctx, mit->cache, &cursor)));
    while (e == SSP_OK && krb5_cc_next_cred(mit->ctx, mit->cache, &cursor, &creds) == 0) {
        if (!krb5_is_config_principal(mit->ctx, creds.server))
            e = visit(arg, mit, &creds);
        krb5_free_cred_contents(mit->ctx, &creds);
    }
    (void)krb5_cc_end_seq_get(mit->ctx, mit->cache, &cursor);
    return e;
}

struct expiry {
    krb5_timestamp of_any;
    krb5_timestamp of_getter; /* of the ticket that gets others */
};

static krb5_timestamp later(krb5_timestamp a, krb5_timestamp b)
{
    return (uint32_t)a > (uint32_t)b ? a : b;
}

static bool gets_others(const krb5_creds *creds)
{
    static const char name[] = KRB5_TGS_NAME;
    const struct krb5_principal_data *server = creds->server;

    return server->length == 2 && ct_eq(mit_view(&server->data[0]),
                                        (struct view){ (const uint8_t *)name, sizeof(name) - 1 });
}

static enum ssp_err note_expiry(void *arg, const struct mit *mit, krb5_creds *creds)
{
    struct expiry *expiry = arg;

    (void)mit;
    expiry->of_any = later(expiry->of_any, creds->times.endtime);
    if (gets_others(creds))
        expiry->of_getter = later(expiry->of_getter, creds->times.endtime);
    return SSP_OK;
}

enum ssp_err mit_inquire(const struct krb_tickets *tickets, struct krb_tickets_info *ret)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    struct expiry expiry = { 0 };
    struct krb_tickets_info info = { 0 };

    SSP_TRY(mit_open(&mit));
    SSP_TRY(mit_open_cache(&mit, tickets));
    SSP_TRY(each_ticket(&mit, note_expiry, &expiry));
    if (expiry.of_any == 0)
        return ssp_fail(NO_CREDS);
    info.expiry = mit_time(expiry.of_getter != 0 ? expiry.of_getter : expiry.of_any);
    SSP_TRY(mit_name(&mit, mit.client, &info.client));
    *ret = info;
    return SSP_OK;
}

/* ---- To another process ------------------------------------------------ */

struct packing {
    struct wr *out;
    size_t n;
};

static enum ssp_err pack_one(void *arg, const struct mit *mit, krb5_creds *creds)
{
    struct packing *packing = arg;
    krb5_data *data = NULL;

    if (packing->n == N_TICKETS_MAX || !gets_others(creds))
        return SSP_OK; /* others can be had again */
    packing->n++;
    SSP_TRY(mit_err(krb5_marshal_credentials(mit->ctx, creds, &data)));
    wr_u8(packing->out, 1);
    wr_le32(packing->out, data->length);
    wr_view(packing->out, mit_view(data));
    explicit_bzero(data->data, data->length);
    krb5_free_data(mit->ctx, data);
    return packing->out->err;
}

/* Version, name of the client and its length, and tickets: 1, length, bytes in the form of a cache
 * file of version 4; then 0. */
enum ssp_err mit_pack(const struct krb_tickets *tickets, struct wr *out)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    struct packing packing = { .out = out };
    char *name = NULL;

    SSP_TRY(mit_open(&mit));
    SSP_TRY(mit_open_cache(&mit, tickets));
    SSP_TRY(mit_err(krb5_unparse_name(mit.ctx, mit.client, &name)));
    wr_le16(out, TICKETS_VERSION);
    wr_le16(out, strlen(name));
    wr_view(out, (struct view){ (const uint8_t *)name, strlen(name) });
    krb5_free_unparsed_name(mit.ctx, name);
    SSP_TRY(each_ticket(&mit, pack_one, &packing));
    wr_u8(out, 0);
    return out->err;
}

static enum ssp_err store_packed(const struct mit *mit, struct view bytes)
{
    krb5_data data = mit_data(bytes);
    krb5_creds *creds = NULL;

    if (krb5_unmarshal_credentials(mit->ctx, &data, &creds) != 0)
        return ssp_fail(UNKNOWN_CREDS);
    enum ssp_err e = mit_err(krb5_cc_store_cred(mit->ctx, mit->cache, creds));
    krb5_free_creds(mit->ctx, creds);
    return e;
}

static enum ssp_err unpack_client(struct mit *mit, struct rd *in)
{
    bool is_known = rd_le16(in) == TICKETS_VERSION;
    struct view name = rd_view(in, rd_le16(in));

    if (!rd_ok(in) || !is_known)
        return ssp_fail(UNKNOWN_CREDS);
    ssp_cleanup(ssp_free) char *text = text_new(name);
    if (text == NULL)
        return ssp_fail(NO_MEMORY);
    enum ssp_err e = mit_parse(mit, text, KRB5_PRINCIPAL_PARSE_REQUIRE_REALM, &mit->client);
    return e == SSP_OK || e == SSP_ERR_NO_MEMORY ? e : ssp_fail(UNKNOWN_CREDS);
}

enum ssp_err mit_unpack(struct view packed, struct krb_tickets **ret)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    ssp_cleanup(forget) struct krb_tickets *tickets = NULL;
    struct rd in = rd_of(packed);

    SSP_TRY(mit_open(&mit));
    SSP_TRY(unpack_client(&mit, &in));
    SSP_TRY(make(&mit, mit.client, &tickets));
    /* Ends: every turn reads a byte at least, and reading past the end yields 0. */
    while (rd_u8(&in) == 1)
        SSP_TRY(store_packed(&mit, rd_view(&in, rd_le32(&in))));
    if (rd_end(&in) != SSP_OK)
        return ssp_fail(UNKNOWN_CREDS);
    *ret = ssp_steal(&tickets);
    return SSP_OK;
}

/* ---- From a peer ------------------------------------------------------- */

/* RFC 4121 does not say under which key, so both are tried. */
static enum ssp_err set_keys(const struct mit *mit, const struct krb_taken *request)
{
    krb5_keyblock session = mit_block(&request->session);
    krb5_keyblock subkey = mit_block(&request->subkey);

    SSP_TRY(mit_err(krb5_auth_con_setuseruserkey(mit->ctx, mit->auth, &session)));
    if (request->subkey.key.n == 0)
        return SSP_OK;
    return mit_err(krb5_auth_con_setrecvsubkey(mit->ctx, mit->auth, &subkey));
}

static enum ssp_err read_delegation(struct mit *mit, const struct krb_taken *request,
                                    struct view message, krb5_creds ***ret)
{
    krb5_data data = mit_data(message);

    SSP_TRY(mit_err(krb5_auth_con_init(mit->ctx, &mit->auth)));
    SSP_TRY(mit_err(krb5_auth_con_setflags(mit->ctx, mit->auth, 0)));
    SSP_TRY(set_keys(mit, request));
    return krb5_rd_cred(mit->ctx, mit->auth, &data, ret, NULL) == 0 ? SSP_OK : ssp_fail(BAD_TOKEN);
}

static enum ssp_err store_all(struct mit *mit, krb5_creds **creds, struct krb_tickets **ret)
{
    ssp_cleanup(forget) struct krb_tickets *tickets = NULL;

    if (creds[0] == NULL)
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(make(mit, creds[0]->client, &tickets));
    for (size_t i = 0; creds[i] != NULL; i++)
        SSP_TRY(mit_err(krb5_cc_store_cred(mit->ctx, mit->cache, creds[i])));
    *ret = ssp_steal(&tickets);
    return SSP_OK;
}

enum ssp_err mit_delegated(const struct krb_taken *request, struct view message,
                           struct krb_tickets **ret)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    krb5_creds **creds = NULL;

    SSP_TRY(mit_open(&mit));
    SSP_TRY(read_delegation(&mit, request, message, &creds));
    enum ssp_err e = store_all(&mit, creds, ret);
    krb5_free_tgt_creds(mit.ctx, creds);
    return e;
}
