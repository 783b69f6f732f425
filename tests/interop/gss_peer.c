/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/gss_peer.h"

#include <gssapi/gssapi_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/world.h"

/* The peer runs as it is.  It copies names that no NUL closes with strndup(), which
 * strict_string_checks takes for an overrun. */
const char *__asan_default_suppressions(void);
const char *__asan_default_suppressions(void)
{
    return "interceptor_via_lib:gssntlmssp.so\n";
}

/* It also keeps what it fetched from OpenSSL, which is nobody's but its own; and MIT's SPNEGO the
 * names of Kerberos principals whom it found no credentials of. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libcrypto.so\nleak:libkrb5.so\n";
}

/* What gss_wrap() and gss_get_mic() make begins with [MS-NLMP] 2.2.2.9's signature. */
enum { SIGNATURE = 16 };

/* 1.3.6.1.4.1.311.2.2.10 */
static char ntlmssp_oid[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
static gss_OID_desc ntlmssp = { sizeof(ntlmssp_oid) - 1, ntlmssp_oid };
static gss_OID_set_desc mechs = { 1, &ntlmssp };

/* 1.3.6.1.5.5.2 */
static char spnego_oid[] = "\x2b\x06\x01\x05\x05\x02";
static gss_OID_desc spnego = { sizeof(spnego_oid) - 1, spnego_oid };
static gss_OID_set_desc outer_mechs = { 1, &spnego };

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
    (void)gss_display_status(&ignored, minor, GSS_C_MECH_CODE, &ntlmssp, &more, &says);
    print_error("gss-ntlmssp (is the package installed?): %s: %08x, %.*s\n", call, major,
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

/* SPNEGO finds for itself what it has credentials of; here it is to offer NTLM alone. */
static gss_OID_set mechs_of(const struct gss_scene *scene)
{
    return scene->spnego ? &outer_mechs : &mechs;
}

static void choose_ntlm(const struct gss_scene *scene, gss_cred_id_t cred)
{
    OM_uint32 minor = 0;

    if (scene->spnego)
        need(gss_set_neg_mechs(&minor, cred, &mechs), minor, "gss_set_neg_mechs");
}

static gss_cred_id_t log_on(const struct gss_scene *scene)
{
    gss_buffer_desc password = buffer_of(scene->password);
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    char account[128] = "";
    OM_uint32 minor = 0;

    (void)snprintf(account, sizeof(account), "%s\\%s", scene->domain, scene->user);
    gss_name_t name = import_name(account, GSS_C_NT_USER_NAME);
    need(gss_acquire_cred_with_password(&minor, name, &password, GSS_C_INDEFINITE, mechs_of(scene),
                                        GSS_C_INITIATE, &cred, NULL, NULL),
         minor, "gss_acquire_cred_with_password");
    choose_ntlm(scene, cred);
    (void)gss_release_name(&minor, &name);
    if (scene->neg_flags != 0) {
        OM_uint32 flags = scene->neg_flags;
        gss_buffer_desc value = { sizeof(flags), &flags };

        need(gss_set_cred_option(&minor, &cred, &neg_flags, &value), minor, "gss_set_cred_option");
    }
    return cred;
}

static gss_cred_id_t serve(const struct gss_scene *scene)
{
    gss_name_t name = import_name("test@server", GSS_C_NT_HOSTBASED_SERVICE);
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    OM_uint32 minor = 0;

    need(gss_acquire_cred(&minor, name, GSS_C_INDEFINITE, mechs_of(scene), GSS_C_ACCEPT, &cred,
                          NULL, NULL),
         minor, "gss_acquire_cred");
    choose_ntlm(scene, cred);
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
    };
}

void gss_peer_end(struct gss_peer *peer)
{
    OM_uint32 minor = 0;

    (void)gss_delete_sec_context(&minor, &peer->ctx, GSS_C_NO_BUFFER);
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
    OM_uint32 minor = 0;
    OM_uint32 ignored = 0;
    OM_uint32 major = gss_init_sec_context(
        &minor, peer->cred, &peer->ctx, target, peer->scene->spnego ? &spnego : &ntlmssp,
        peer->scene->asks, GSS_C_INDEFINITE, channel, in, NULL, out, &peer->has, NULL);

    (void)gss_release_name(&ignored, &target);
    return major;
}

static OM_uint32 accept_leg(struct gss_peer *peer, gss_buffer_t in, gss_channel_bindings_t channel,
                            gss_buffer_t out)
{
    gss_name_t client = GSS_C_NO_NAME;
    OM_uint32 minor = 0;
    OM_uint32 ignored = 0;
    OM_uint32 major = gss_accept_sec_context(&minor, &peer->ctx, peer->cred, in, channel, &client,
                                             NULL, out, &peer->has, NULL, NULL);

    (void)gss_release_name(&ignored, &client);
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

/* ---- Messages: a packet is the size of the signature in a byte, the signature, the data -------
 */

OM_uint32 gss_peer_seal(struct gss_peer *peer, struct job *job)
{
    gss_buffer_desc in = { job->n, job->bytes };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    int sealed = 0;
    OM_uint32 major = gss_wrap(&minor, peer->ctx, 1, GSS_C_QOP_DEFAULT, &in, &sealed, &out);

    if (major != GSS_S_COMPLETE)
        return major;
    assert_true(sealed);
    (void)take(&out, job);
    memmove(job->bytes + 1, job->bytes, job->n++);
    job->bytes[0] = SIGNATURE;
    return major;
}

OM_uint32 gss_peer_unseal(struct gss_peer *peer, struct job *job)
{
    gss_buffer_desc in = { job->n - 1, job->bytes + 1 };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;

    assert_int_equal(job->bytes[0], SIGNATURE);
    OM_uint32 major = gss_unwrap(&minor, peer->ctx, &in, &out, NULL, NULL);
    if (major == GSS_S_COMPLETE)
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
    assert_int_equal(mic.length, SIGNATURE);
    memmove(job->bytes + 1 + SIGNATURE, job->bytes, job->n);
    job->bytes[0] = SIGNATURE;
    memcpy(job->bytes + 1, mic.value, SIGNATURE);
    job->n += 1 + SIGNATURE;
    (void)gss_release_buffer(&minor, &mic);
    return major;
}

OM_uint32 gss_peer_verify(struct gss_peer *peer, struct job *job)
{
    gss_buffer_desc mic = { SIGNATURE, job->bytes + 1 };
    gss_buffer_desc data = { job->n - 1 - SIGNATURE, job->bytes + 1 + SIGNATURE };
    OM_uint32 minor = 0;

    assert_int_equal(job->bytes[0], SIGNATURE);
    OM_uint32 major = gss_verify_mic(&minor, peer->ctx, &data, &mic, NULL);
    if (major == GSS_S_COMPLETE) {
        job->n = (uint32_t)data.length;
        memmove(job->bytes, data.value, data.length);
    }
    return major;
}
