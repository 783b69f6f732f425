/* SPDX-License-Identifier: Apache-2.0 */
#include "krb_rival.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdio.h>

#include "harness/kdc.h"

#include "place.h"

void krb_rival_realm(void)
{
    kdc_start(place_folder("realm"));
    need(kdc_login(KDC_USER, ""), "kinit");
}

void krb_rival_realm_end(void)
{
    kdc_stop();
}

/* ---- The session -------------------------------------------------------- */

static gss_name_t name_of(const char *type)
{
    char text[128];
    gss_buffer_desc buffer = { .value = text };
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor = 0;

    buffer.length = (size_t)snprintf(text, sizeof(text), "%s", kdc_service_of(type));
    *strchr(text, '/') = '@';
    need_gss(gss_import_name(&minor, &buffer, GSS_C_NT_HOSTBASED_SERVICE, &name),
             "gss_import_name");
    return name;
}

static gss_cred_id_t cred_for(gss_cred_usage_t use)
{
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    OM_uint32 minor = 0;

    need_gss(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, use, &cred,
                              NULL, NULL),
             "gss_acquire_cred");
    return cred;
}

/* Else the acceptor chooses the commonest type for its subkey. */
static gss_cred_id_t initiator_of(const char *type)
{
    gss_cred_id_t cred = cred_for(GSS_C_INITIATE);
    krb5_enctype number = 0;
    OM_uint32 minor = 0;
    char text[64];

    (void)snprintf(text, sizeof(text), "%s", type);
    need(krb5_string_to_enctype(text, &number) == 0, "the encryption type");
    need_gss(gss_krb5_set_allowable_enctypes(&minor, cred, 1, &number),
             "gss_krb5_set_allowable_enctypes");
    return cred;
}

static void client_leg(struct krb_rival *rival, gss_buffer_t in, gss_buffer_t out)
{
    OM_uint32 asks = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_REPLAY_FLAG;
    gss_OID krb5 = (gss_OID)(uintptr_t)gss_mech_krb5;
    OM_uint32 minor = 0;

    need_gss(gss_init_sec_context(&minor, rival->initiator, &rival->session.client, rival->target,
                                  krb5, asks, 0, GSS_C_NO_CHANNEL_BINDINGS, in, NULL, out, NULL,
                                  NULL),
             "gss_init_sec_context");
}

static void shake(struct krb_rival *rival)
{
    gss_buffer_desc request = GSS_C_EMPTY_BUFFER;
    gss_buffer_desc reply = GSS_C_EMPTY_BUFFER;
    gss_buffer_desc nothing = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;

    client_leg(rival, GSS_C_NO_BUFFER, &request);
    need_gss(gss_accept_sec_context(&minor, &rival->session.server, rival->acceptor, &request,
                                    GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &reply, NULL, NULL,
                                    NULL),
             "gss_accept_sec_context");
    client_leg(rival, &reply, &nothing);
    gss_release(&request);
    gss_release(&reply);
}

void krb_rival_start(const char *type, struct krb_rival *ret)
{
    *ret = (struct krb_rival){ .initiator = initiator_of(type),
                               .acceptor = cred_for(GSS_C_ACCEPT),
                               .target = name_of(type) };
    shake(ret);
}

void krb_rival_end(struct krb_rival *rival)
{
    OM_uint32 minor = 0;

    gss_session_done(&rival->session);
    (void)gss_release_cred(&minor, &rival->initiator);
    (void)gss_release_cred(&minor, &rival->acceptor);
    (void)gss_release_name(&minor, &rival->target);
}

void krb_rival_shake(void *arg, size_t n)
{
    struct krb_rival *rival = arg;

    for (size_t i = 0; i < n; i++) {
        gss_session_hang_up(&rival->session);
        shake(rival);
    }
}

/* The context is gone after it. */
static void take_over(gss_ctx_id_t *context, enum krb_side side, struct krb_agreed *ret)
{
    OM_uint32 minor = 0;
    void *exported = NULL;

    need_gss(gss_krb5_export_lucid_sec_context(&minor, context, 1, &exported),
             "gss_krb5_export_lucid_sec_context");
    const gss_krb5_lucid_context_v1_t *lucid = exported;
    const gss_krb5_lucid_key_t *key = lucid->cfx_kd.have_acceptor_subkey
                                          ? &lucid->cfx_kd.acceptor_subkey
                                          : &lucid->cfx_kd.ctx_key;
    *ret = (struct krb_agreed){
        .side = side,
        .enctype = (int32_t)key->type,
        .has_acceptor_subkey = lucid->cfx_kd.have_acceptor_subkey != 0,
        .send_seq = lucid->send_seq,
        .recv_seq = lucid->recv_seq,
    };
    key_set(&ret->key, (struct view){ key->data, key->length });
    (void)gss_krb5_free_lucid_sec_context(&minor, exported);
}

void krb_rival_agree(const char *type, struct krb_agreed ret[2])
{
    static struct krb_rival both; /* too large for a frame */

    krb_rival_start(type, &both);
    take_over(&both.session.client, KRB_INITIATOR, &ret[KRB_INITIATOR]);
    take_over(&both.session.server, KRB_ACCEPTOR, &ret[KRB_ACCEPTOR]);
    krb_rival_end(&both);
}
