/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/mit.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fork_gate.h"
#include "base/trace.h"
#include "packages/kerberos/mit_lib.h"

enum ssp_err mit_open(struct mit *mit)
{
    *mit = (struct mit){ 0 };
    SSP_TRY(fork_gate_enter());
    enum ssp_err e = mit_err(krb5_init_context(&mit->ctx));
    if (e != SSP_OK) {
        mit->ctx = NULL;
        fork_gate_leave();
    }
    return e;
}

void mit_close(struct mit *mit)
{
    if (mit->ctx == NULL)
        return;
    if (mit->auth != NULL)
        (void)krb5_auth_con_free(mit->ctx, mit->auth);
    if (mit->cache != NULL)
        (void)krb5_cc_close(mit->ctx, mit->cache);
    if (mit->keytab != NULL)
        (void)krb5_kt_close(mit->ctx, mit->keytab);
    krb5_free_principal(mit->ctx, mit->client);
    krb5_free_principal(mit->ctx, mit->server);
    krb5_free_context(mit->ctx);
    *mit = (struct mit){ 0 };
    fork_gate_leave();
}

/* ---- Errors ------------------------------------------------------------ */

#define MEANS(name) SSP_ERR_##name

static const struct meaning {
    krb5_error_code code;
    enum ssp_err e;
} meanings[] = {
    { ENOMEM, MEANS(NO_MEMORY) },
    /* The calling user has nothing to show. */
    { KRB5_CC_NOTFOUND, MEANS(NO_CREDS) },
    { KRB5_FCC_NOFILE, MEANS(NO_CREDS) },
    { KRB5_FCC_PERM, MEANS(NO_CREDS) },
    { KRB5_CC_FORMAT, MEANS(NO_CREDS) },
    { KRB5_CC_UNKNOWN_TYPE, MEANS(NO_CREDS) },
    { KRB5_CC_BADNAME, MEANS(NO_CREDS) },
    { KRB5_NO_TKT_SUPPLIED, MEANS(NO_CREDS) },
    { KRB5_KCM_NO_SERVER, MEANS(NO_CREDS) },
    { ECONNREFUSED, MEANS(NO_CREDS) }, /* by KCM: a KDC's is KRB5_KDC_UNREACH */
    { KRB5_KT_BADNAME, MEANS(NO_CREDS) },
    { KRB5_KT_UNKNOWN_TYPE, MEANS(NO_CREDS) },
    { ENOENT, MEANS(NO_CREDS) },
    { EACCES, MEANS(NO_CREDS) },
    /* Nobody to ask. */
    { KRB5_KDC_UNREACH, MEANS(NO_AUTHORITY) },
    { KRB5_REALM_UNKNOWN, MEANS(NO_AUTHORITY) },
    { KRB5_REALM_CANT_RESOLVE, MEANS(NO_AUTHORITY) },
    { KRB5_CONFIG_NODEFREALM, MEANS(NO_AUTHORITY) },
    { KRB5KDC_ERR_SVC_UNAVAILABLE, MEANS(NO_AUTHORITY) },
    { KRB5KDC_ERR_WRONG_REALM, MEANS(NO_AUTHORITY) },
    { KRB5_ERR_HOST_REALM_UNKNOWN, MEANS(NO_AUTHORITY) },
    { KRB5_LIBOS_CANTREADPWD, MEANS(LOGON_DENIED) },
    { KRB5_LIBOS_PWDINTR, MEANS(LOGON_DENIED) },
    /* The user is not let in. */
    { KRB5KDC_ERR_PREAUTH_FAILED, MEANS(LOGON_DENIED) },
    { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, MEANS(LOGON_DENIED) },
    { KRB5KDC_ERR_CLIENT_REVOKED, MEANS(LOGON_DENIED) },
    { KRB5KDC_ERR_CLIENT_NOTYET, MEANS(LOGON_DENIED) },
    { KRB5KDC_ERR_NAME_EXP, MEANS(LOGON_DENIED) },
    { KRB5KDC_ERR_KEY_EXP, MEANS(LOGON_DENIED) },
    { KRB5KDC_ERR_POLICY, MEANS(LOGON_DENIED) },
    { KRB5_PREAUTH_FAILED, MEANS(LOGON_DENIED) },
    { KRB5KDC_ERR_NULL_KEY, MEANS(LOGON_DENIED) },
    { KRB5KRB_AP_ERR_ILL_CR_TKT, MEANS(LOGON_DENIED) },
    { KRB5KRB_AP_ERR_BADMATCH, MEANS(LOGON_DENIED) },
    /* The service. */
    { KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, MEANS(TARGET_UNKNOWN) },
    { KRB5KDC_ERR_SERVICE_REVOKED, MEANS(TARGET_UNKNOWN) },
    { KRB5KDC_ERR_SERVICE_EXP, MEANS(TARGET_UNKNOWN) },
    { KRB5KDC_ERR_MUST_USE_USER2USER, MEANS(TARGET_UNKNOWN) },
    { KRB5_PARSE_MALFORMED, MEANS(TARGET_UNKNOWN) },
    { KRB5KRB_AP_WRONG_PRINC, MEANS(WRONG_PRINCIPAL) },
    { KRB5KRB_AP_ERR_NOT_US, MEANS(WRONG_PRINCIPAL) },
    { KRB5_KT_NOTFOUND, MEANS(WRONG_PRINCIPAL) },
    { KRB5KRB_AP_ERR_BADKEYVER, MEANS(NO_KEY) },
    { KRB5KRB_AP_ERR_NOKEY, MEANS(NO_KEY) },
    { KRB5_KT_KVNONOTFOUND, MEANS(NO_KEY) },
    /* Times. */
    { KRB5KRB_AP_ERR_SKEW, MEANS(TIME_SKEW) },
    { KRB5_KDCREP_SKEW, MEANS(TIME_SKEW) },
    { KRB5KRB_AP_ERR_TKT_NYV, MEANS(TIME_SKEW) },
    { KRB5KDC_ERR_NEVER_VALID, MEANS(EXPIRED) },
    { KRB5KRB_AP_ERR_TKT_EXPIRED, MEANS(EXPIRED) },
    { KRB5_KT_END, MEANS(NO_CREDS) },
    { KRB5_CC_END, MEANS(NO_CREDS) },
    /* Encryption types. */
    { KRB5KDC_ERR_ETYPE_NOSUPP, MEANS(UNSUPPORTED_TYPE) },
    { KRB5_BAD_ENCTYPE, MEANS(UNSUPPORTED_TYPE) },
    { KRB5_PROG_ETYPE_NOSUPP, MEANS(UNSUPPORTED_TYPE) },
    { KRB5_CONFIG_ETYPE_NOSUPP, MEANS(UNSUPPORTED_TYPE) },
    { KRB5_NOPERM_ETYPE, MEANS(UNSUPPORTED_TYPE) },
    /* What came does not hold. */
    { KRB5KRB_AP_ERR_BAD_INTEGRITY, MEANS(ALTERED) },
    { KRB5KRB_AP_ERR_MODIFIED, MEANS(ALTERED) },
    { KRB5KRB_AP_ERR_INAPP_CKSUM, MEANS(ALTERED) },
    { KRB5KRB_AP_ERR_REPEAT, MEANS(OUT_OF_SEQUENCE) },
    { KRB5KRB_AP_ERR_BADVERSION, MEANS(BAD_TOKEN) },
    { KRB5KRB_AP_ERR_MSG_TYPE, MEANS(BAD_TOKEN) },
    { KRB5KDC_ERR_BAD_PVNO, MEANS(BAD_TOKEN) },
    { KRB5_BADMSGTYPE, MEANS(BAD_TOKEN) },
    { KRB5_BAD_MSIZE, MEANS(BAD_TOKEN) },
    { KRB5_CRYPTO_INTERNAL, MEANS(INTERNAL) },
    { KRB5_RC_REPLAY, MEANS(OUT_OF_SEQUENCE) },
};

/* Of its decoder of ASN.1 the library has an error table of its own. */
static bool is_of_decoder(krb5_error_code code)
{
    return code >= ASN1_BAD_TIMEFORMAT && code <= ASN1_BAD_TIMEFORMAT + UINT8_MAX;
}

enum ssp_err mit_err(krb5_error_code code)
{
    if (code == 0)
        return SSP_OK;
    trace(TRACE_DEBUG, "Kerberos: code %ld of the library", (long)code);
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == code)
            return ssp_fail_at(meanings[i].e, __FILE__, __LINE__);
    return is_of_decoder(code) ? ssp_fail(BAD_TOKEN) : ssp_fail(INTERNAL);
}

/* ---- Types of the library, and ours ------------------------------------ */

krb5_data mit_data(struct view bytes)
{
    return (krb5_data){ .length = (unsigned)bytes.n, .data = (char *)(uintptr_t)bytes.p };
}

struct view mit_view(const krb5_data *data)
{
    return (struct view){ (const uint8_t *)data->data, data->length };
}

enum ssp_err mit_name(const struct mit *mit, krb5_const_principal name, struct str16 *ret)
{
    char *text = NULL;

    SSP_TRY(mit_err(krb5_unparse_name(mit->ctx, name, &text)));
    enum ssp_err e = str16_from_utf8((struct view){ (const uint8_t *)text, strlen(text) }, ret);
    krb5_free_unparsed_name(mit->ctx, text);
    return e;
}

enum ssp_err mit_parse(const struct mit *mit, const char *text, int flags, krb5_principal *ret)
{
    return mit_err(krb5_parse_name_flags(mit->ctx, text, flags, ret));
}

void mit_key(const krb5_keyblock *block, struct krb_key *ret)
{
    if (block == NULL || block->length > KEY_MAX)
        return;
    ret->type = block->enctype;
    key_set(&ret->key, (struct view){ block->contents, block->length });
}

/* The library's seconds have 32 bits, and go on to 2106 without a sign. */
int64_t mit_time(krb5_timestamp seconds)
{
    return seconds == 0 ? FILETIME_NEVER : filetime_from_unix((uint32_t)seconds);
}

/* ---- Keys -------------------------------------------------------------- */

krb5_keyblock mit_block(const struct krb_key *key)
{
    return (krb5_keyblock){ .enctype = key->type,
                            .length = (unsigned)key->key.n,
                            .contents = (krb5_octet *)(uintptr_t)key->key.b };
}

/* Room for n bytes at the end of what is written; NULL when there is none. */
static uint8_t *room(struct wr *out, size_t n)
{
    size_t at = out->n;

    wr_zero(out, n);
    return out->err == SSP_OK ? out->p + at : NULL;
}

enum ssp_err mit_seal(const struct krb_key *key, int32_t usage, struct view plain, struct wr *out)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    krb5_keyblock block = mit_block(key);
    krb5_data in = mit_data(plain);
    krb5_enc_data sealed = { .enctype = key->type };
    size_t n = 0;

    SSP_TRY(mit_open(&mit));
    SSP_TRY(mit_err(krb5_c_encrypt_length(mit.ctx, key->type, plain.n, &n)));
    sealed.ciphertext = mit_data((struct view){ room(out, n), n });
    SSP_TRY(out->err);
    return mit_err(krb5_c_encrypt(mit.ctx, &block, usage, NULL, &in, &sealed));
}

static enum ssp_err unseal(const struct krb_key *key, int32_t usage, struct view cipher,
                           struct wr *out)
{
    ssp_cleanup(mit_close) struct mit mit = { 0 };
    krb5_keyblock block = mit_block(key);
    krb5_enc_data sealed = { .enctype = key->type, .ciphertext = mit_data(cipher) };
    size_t at = out->n;

    SSP_TRY(mit_open(&mit));
    krb5_data plain = mit_data((struct view){ room(out, cipher.n), cipher.n });
    SSP_TRY(out->err);
    krb5_error_code code = krb5_c_decrypt(mit.ctx, &block, usage, NULL, &sealed, &plain);
    if (code != 0)
        return ssp_fail(ALTERED);
    out->n = at + plain.length;
    return SSP_OK;
}

const struct krb_port krb_mit_port = {
    .login = mit_login,
    .collect = mit_collect,
    .unpack = mit_unpack,
    .delegated = mit_delegated,
    .pack = mit_pack,
    .inquire = mit_inquire,
    .share = mit_share,
    .forget = mit_forget,
    .ask = mit_ask,
    .check_keytab = mit_check_keytab,
    .take = mit_take,
    .seal = mit_seal,
    .open = unseal,
};
