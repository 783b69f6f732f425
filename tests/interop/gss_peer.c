/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/gss_peer.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/kdc.h"
#include "harness/world.h"

/* The peer runs as it is.  It copies names that no NUL closes with strndup(), which
 * strict_string_checks takes for an overrun. */
const char *__asan_default_suppressions(void);
const char *__asan_default_suppressions(void)
{
    return "interceptor_via_lib:gssntlmssp.so\n";
}

/* It also keeps what it fetched from OpenSSL, and blocks of its own when the environment says who
 * the user is; and MIT's SPNEGO the names of Kerberos principals whom it found no credentials of.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcrypto.so\nleak:gssntlmssp.so\nleak:libkrb5.so\n";
}

/* 1.3.6.1.4.1.311.2.2.10 */
static char ntlmssp_oid[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
/* 1.2.840.113554.1.2.2 */
static char krb5_oid[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
/* 1.3.6.1.5.5.2 */
static char spnego_oid[] = "\x2b\x06\x01\x05\x05\x02";

#define NTLMSSP                              \
    {                                        \
        sizeof(ntlmssp_oid) - 1, ntlmssp_oid \
    }
#define KRB5                           \
    {                                  \
        sizeof(krb5_oid) - 1, krb5_oid \
    }
static gss_OID_desc ntlm_first[] = { NTLMSSP, KRB5 };
static gss_OID_desc krb5_first[] = { KRB5, NTLMSSP };
static gss_OID_desc spnego = { sizeof(spnego_oid) - 1, spnego_oid };
static gss_OID_set_desc outer_mechs = { 1, &spnego };

static gss_OID_set_desc offers[] = {
    [GSS_NTLM] = { 1, ntlm_first },
    [GSS_KERBEROS] = { 1, krb5_first },
    [GSS_KERBEROS_THEN_NTLM] = { 2, krb5_first },
    [GSS_NTLM_THEN_KERBEROS] = { 2, ntlm_first },
};

/* The credential option that replaces the flags of a NEGOTIATE: 1.3.6.1.4.1.7165.655.1.5. */
static char neg_flags_oid[] = "\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x05";
static gss_OID_desc neg_flags = { sizeof(neg_flags_oid) - 1, neg_flags_oid };

/* The context option that numbers datagrams: 1.3.6.1.4.1.7165.655.1.1. */
static char set_number_oid[] = "\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x01";
static gss_OID_desc set_number = { sizeof(set_number_oid) - 1, set_number_oid };

const struct gss_scene gss_usual = {
    .user = WORLD_USER,
    .domain = WORLD_DOMAIN,
    .password = WORLD_PASSWORD,
    .target = "test@server",
    .asks = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_REPLAY_FLAG |
            GSS_C_SEQUENCE_FLAG,
};

const struct gss_scene gss_kerberos = {
    .target = "HTTP@" KDC_HOST,
    .asks = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_REPLAY_FLAG |
            GSS_C_SEQUENCE_FLAG,
    .offer = GSS_KERBEROS,
};

static gss_buffer_desc buffer_of(const char *text)
{
    return (gss_buffer_desc){ strlen(text), (void *)(uintptr_t)text };
}

/* Says what GSS-API says of a status that should have been none. */
static void need(OM_uint32 major, OM_uint32 minor, const char *call)
{
    gss_buffer_desc says = GSS_C_EMPTY_BUFFER;
    OM_uint32 more = 0;
    OM_uint32 ignored = 0;

    if (!GSS_ERROR(major))
        return;
    (void)gss_display_status(&ignored, minor, GSS_C_MECH_CODE, GSS_C_NO_OID, &more, &says);
    print_error("the peer (is the package gss-ntlmssp installed?): %s: %08x, %.*s\n", call, major,
                (int)says.length, (const char *)says.value);
    (void)gss_release_buffer(&ignored, &says);
    fail();
}

static gss_name_t import_name(const char *text, gss_OID form)
{
    gss_buffer_desc buffer = buffer_of(text);
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor = 0;

    need(gss_import_name(&minor, &buffer, form, &name), minor, "gss_import_name");
    return name;
}

/* SPNEGO finds for itself what it has credentials of; here it is to offer what the scene says. */
static gss_OID_set mechs_of(const struct gss_scene *scene)
{
    return scene->spnego ? &outer_mechs : &offers[scene->offer];
}

static gss_OID mech_of(const struct gss_scene *scene)
{
    return mechs_of(scene)->elements;
}

static gss_cred_id_t restrict_to(const struct gss_scene *scene, gss_cred_id_t cred)
{
    krb5_enctype enctype = scene->enctype;
    OM_uint32 minor = 0;

    if (scene->spnego)
        need(gss_set_neg_mechs(&minor, cred, &offers[scene->offer]), minor, "gss_set_neg_mechs");
    if (enctype != 0)
        need(gss_krb5_set_allowable_enctypes(&minor, cred, 1, &enctype), minor,
             "gss_krb5_set_allowable_enctypes");
    return cred;
}

static gss_cred_id_t acquire(const struct gss_scene *scene, gss_name_t name, gss_cred_usage_t usage)
{
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    OM_uint32 minor = 0;

    need(
        gss_acquire_cred(&minor, name, GSS_C_INDEFINITE, mechs_of(scene), usage, &cred, NULL, NULL),
        minor, "gss_acquire_cred");
    return restrict_to(scene, cred);
}

static void set_flags(const struct gss_scene *scene, gss_cred_id_t *cred)
{
    OM_uint32 flags = scene->neg_flags;
    gss_buffer_desc value = { sizeof(flags), &flags };
    OM_uint32 minor = 0;

    if (flags != 0)
        need(gss_set_cred_option(&minor, cred, &neg_flags, &value), minor, "gss_set_cred_option");
}

static gss_cred_id_t log_on(const struct gss_scene *scene)
{
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    char account[128] = "";
    OM_uint32 minor = 0;

    if (scene->user == NULL)
        return acquire(scene, GSS_C_NO_NAME, GSS_C_INITIATE);
    gss_buffer_desc password = buffer_of(scene->password);
    (void)snprintf(account, sizeof(account), "%s\\%s", scene->domain, scene->user);
    gss_name_t name = import_name(account, GSS_C_NT_USER_NAME);
    need(gss_acquire_cred_with_password(&minor, name, &password, GSS_C_INDEFINITE, mechs_of(scene),
                                        GSS_C_INITIATE, &cred, NULL, NULL),
         minor, "gss_acquire_cred_with_password");
    (void)gss_release_name(&minor, &name);
    (void)restrict_to(scene, cred);
    set_flags(scene, &cred);
    return cred;
}

/* Kerberos takes a ticket for whatever the keytab has a key for. */
static gss_cred_id_t serve(const struct gss_scene *scene)
{
    OM_uint32 minor = 0;

    if (scene->offer != GSS_NTLM)
        return acquire(scene, GSS_C_NO_NAME, GSS_C_ACCEPT);
    gss_name_t name = import_name("test@server", GSS_C_NT_HOSTBASED_SERVICE);
    gss_cred_id_t cred = acquire(scene, name, GSS_C_ACCEPT);
    (void)gss_release_name(&minor, &name);
    return cred;
}

struct gss_peer gss_peer_of(const struct gss_scene *scene, bool accepts)
{
    return (struct gss_peer){
        .scene = scene,
        .accepts = accepts,
        .cred = accepts ? serve(scene) : log_on(scene),
        .ctx = GSS_C_NO_CONTEXT,
        .delegated = GSS_C_NO_CREDENTIAL,
    };
}

void gss_peer_end(struct gss_peer *peer)
{
    OM_uint32 minor = 0;

    (void)gss_delete_sec_context(&minor, &peer->ctx, GSS_C_NO_BUFFER);
    (void)gss_release_cred(&minor, &peer->delegated);
    (void)gss_release_cred(&minor, &peer->cred);
}

void gss_accounts(void)
{
    FILE *file = fopen(world_path("gss"), "we");

    if (file == NULL ||
        fprintf(file, "%s:%s:%s\n%s:%s:%s\n", WORLD_DOMAIN, WORLD_USER, WORLD_PASSWORD,
                WORLD_FAR_DOMAIN, WORLD_FAR_USER, WORLD_FAR_PASSWORD) < 0 ||
        fclose(file) != 0 || setenv("NTLM_USER_FILE", world_path("gss"), 1) != 0)
        abort();
}

/* ---- The handshake ----------------------------------------------------- */

/* Takes what GSS-API allocated into the job. */
static OM_uint32 take(gss_buffer_t made, struct job *job)
{
    OM_uint32 minor = 0;

    assert_true(made->length <= sizeof(job->bytes));
    job->n = (uint32_t)made->length;
    if (job->n != 0)
        memcpy(job->bytes, made->value, job->n);
    return gss_release_buffer(&minor, made);
}

static OM_uint32 initiate(struct gss_peer *peer, gss_buffer_t in, gss_channel_bindings_t channel,
                          gss_buffer_t out)
{
    gss_name_t target = import_name(peer->scene->target, GSS_C_NT_HOSTBASED_SERVICE);
    OM_uint32 ignored = 0;
    OM_uint32 major = gss_init_sec_context(
        &peer->minor, peer->cred, &peer->ctx, target, mech_of(peer->scene), peer->scene->asks,
        GSS_C_INDEFINITE, channel, in, NULL, out, &peer->has, NULL);

    (void)gss_release_name(&ignored, &target);
    return major;
}

static void note_client(struct gss_peer *peer, gss_name_t client)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;

    if (client == GSS_C_NO_NAME)
        return;
    need(gss_display_name(&minor, client, &text, NULL), minor, "gss_display_name");
    (void)snprintf(peer->client, sizeof(peer->client), "%.*s", (int)text.length,
                   (const char *)text.value);
    (void)gss_release_buffer(&minor, &text);
    (void)gss_release_name(&minor, &client);
}

static OM_uint32 accept_leg(struct gss_peer *peer, gss_buffer_t in, gss_channel_bindings_t channel,
                            gss_buffer_t out)
{
    gss_name_t client = GSS_C_NO_NAME;
    bool wants_delegation = (peer->scene->asks & GSS_C_DELEG_FLAG) != 0;
    OM_uint32 major =
        gss_accept_sec_context(&peer->minor, &peer->ctx, peer->cred, in, channel, &client, NULL,
                               out, &peer->has, NULL, wants_delegation ? &peer->delegated : NULL);

    note_client(peer, client);
    return major;
}

OM_uint32 gss_peer_leg(struct gss_peer *peer, struct job *job)
{
    const char *data = peer->scene->bindings;
    struct gss_channel_bindings_struct channel = {
        .initiator_addrtype = GSS_C_AF_UNSPEC,
        .acceptor_addrtype = GSS_C_AF_UNSPEC,
        .application_data = buffer_of(data == NULL ? "" : data),
    };
    gss_channel_bindings_t bindings = data == NULL ? GSS_C_NO_CHANNEL_BINDINGS : &channel;
    gss_buffer_desc in = { job->n, job->bytes };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;

    peer->major = (peer->accepts ? accept_leg : initiate)(peer, &in, bindings, &out);
    (void)take(&out, job);
    return peer->major;
}

void gss_peer_key(const struct gss_peer *peer, struct job *ret)
{
    gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor = 0;

    need(gss_inquire_sec_context_by_oid(&minor, peer->ctx, GSS_C_INQ_SSPI_SESSION_KEY, &set), minor,
         "gss_inquire_sec_context_by_oid");
    assert_true(set->count > 0 && set->elements[0].length <= sizeof(ret->bytes));
    ret->n = (uint32_t)set->elements[0].length;
    memcpy(ret->bytes, set->elements[0].value, ret->n);
    (void)gss_release_buffer_set(&minor, &set);
}

void gss_peer_number(struct gss_peer *peer, uint32_t number)
{
    gss_buffer_desc value = { sizeof(number), &number };
    OM_uint32 minor = 0;

    need(gss_set_sec_context_option(&minor, &peer->ctx, &set_number, &value), minor,
         "gss_set_sec_context_option");
}

/* ---- Messages: a packet is the size of the token in a byte, the token, the data ---- */

/* What gss_wrap() made of n bytes: the token is what it put in front of them. */
static OM_uint32 wrap(struct gss_peer *peer, bool seal, struct job *job)
{
    gss_buffer_desc in = { job->n, job->bytes };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    int sealed = !seal;
    OM_uint32 major = gss_wrap(&minor, peer->ctx, seal, GSS_C_QOP_DEFAULT, &in, &sealed, &out);

    if (major != GSS_S_COMPLETE)
        return major;
    assert_int_equal(sealed, seal);
    assert_true(out.length - in.length <= UINT8_MAX);
    uint8_t head = (uint8_t)(out.length - in.length);
    (void)take(&out, job);
    memmove(job->bytes + 1, job->bytes, job->n++);
    job->bytes[0] = head;
    return major;
}

OM_uint32 gss_peer_seal(struct gss_peer *peer, struct job *job)
{
    return wrap(peer, true, job);
}

OM_uint32 gss_peer_wrap(struct gss_peer *peer, struct job *job)
{
    return wrap(peer, false, job);
}

OM_uint32 gss_peer_unseal(struct gss_peer *peer, struct job *job)
{
    gss_buffer_desc in = { job->n - 1, job->bytes + 1 };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    OM_uint32 major = gss_unwrap(&minor, peer->ctx, &in, &out, NULL, NULL);

    if (!GSS_ERROR(major)) /* it gives out what comes twice, and says so */
        (void)take(&out, job);
    return major;
}

OM_uint32 gss_peer_sign(struct gss_peer *peer, struct job *job)
{
    gss_buffer_desc in = { job->n, job->bytes };
    gss_buffer_desc mic = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    OM_uint32 major = gss_get_mic(&minor, peer->ctx, GSS_C_QOP_DEFAULT, &in, &mic);

    if (major != GSS_S_COMPLETE)
        return major;
    assert_true(mic.length <= UINT8_MAX);
    memmove(job->bytes + 1 + mic.length, job->bytes, job->n);
    job->bytes[0] = (uint8_t)mic.length;
    memcpy(job->bytes + 1, mic.value, mic.length);
    job->n += 1 + (uint32_t)mic.length;
    (void)gss_release_buffer(&minor, &mic);
    return major;
}

OM_uint32 gss_peer_verify(struct gss_peer *peer, struct job *job)
{
    size_t head = job->bytes[0];
    gss_buffer_desc mic = { head, job->bytes + 1 };
    gss_buffer_desc data = { job->n - 1 - head, job->bytes + 1 + head };
    OM_uint32 minor = 0;
    OM_uint32 major = gss_verify_mic(&minor, peer->ctx, &data, &mic, NULL);

    if (major == GSS_S_COMPLETE) {
        job->n = (uint32_t)data.length;
        memmove(job->bytes, data.value, data.length);
    }
    return major;
}
