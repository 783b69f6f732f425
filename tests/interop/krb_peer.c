/* SPDX-License-Identifier: Apache-2.0 */
#include "interop/krb_peer.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <sspi.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "harness/harness.h"
#include "harness/kdc.h"

/* ---- The realm ---------------------------------------------------------- */

int krb_realm_begin(void **state)
{
    const char *folder = scratch("realm");

    (void)state;
    if (mkdir(folder, 0700) != 0)
        return -1;
    kdc_start(folder);
    return kdc_login(KDC_USER, "") ? 0 : -1;
}

int krb_realm_end(void **state)
{
    kdc_stop();
    return free_guarded(state);
}

/* ---- MIT with itself ---------------------------------------------------- */

struct pair {
    gss_ctx_id_t initiator;
    gss_ctx_id_t acceptor;
};

static krb5_enctype number_of(const char *type)
{
    krb5_enctype number = 0;
    char name[64];

    (void)snprintf(name, sizeof(name), "%s", type); /* MIT's prototype does not know const */
    assert_int_equal(krb5_string_to_enctype(name, &number), 0);
    return number;
}

static gss_name_t name_of(const char *type)
{
    OM_uint32 minor = 0;
    gss_name_t name = GSS_C_NO_NAME;
    char text[128];
    gss_buffer_desc buffer = { .value = text };

    buffer.length = (size_t)snprintf(text, sizeof(text), "%s", kdc_service_of(type));
    *strchr(text, '/') = '@';
    assert_int_equal(gss_import_name(&minor, &buffer, GSS_C_NT_HOSTBASED_SERVICE, &name),
                     GSS_S_COMPLETE);
    return name;
}

/* Else the acceptor chooses the commonest type for its subkey, whatever the ticket's. */
static gss_cred_id_t cred_of(krb5_enctype type)
{
    OM_uint32 minor = 0;
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;

    assert_int_equal(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET,
                                      GSS_C_INITIATE, &cred, NULL, NULL),
                     GSS_S_COMPLETE);
    assert_int_equal(gss_krb5_set_allowable_enctypes(&minor, cred, 1, &type), GSS_S_COMPLETE);
    return cred;
}

/* Each side's legs in turn, until both are done. */
static struct pair shake(gss_cred_id_t cred, gss_name_t target, OM_uint32 flags)
{
    struct pair pair = { GSS_C_NO_CONTEXT, GSS_C_NO_CONTEXT };
    gss_buffer_desc there = GSS_C_EMPTY_BUFFER;
    gss_buffer_desc back = GSS_C_EMPTY_BUFFER;
    OM_uint32 one = GSS_S_CONTINUE_NEEDED;
    OM_uint32 two = GSS_S_CONTINUE_NEEDED;
    OM_uint32 minor = 0;
    gss_OID krb5 = (gss_OID)(uintptr_t)gss_mech_krb5;

    while (one == GSS_S_CONTINUE_NEEDED || two == GSS_S_CONTINUE_NEEDED) {
        if (one == GSS_S_CONTINUE_NEEDED) {
            one = gss_init_sec_context(&minor, cred, &pair.initiator, target, krb5, flags, 0,
                                       GSS_C_NO_CHANNEL_BINDINGS, &back, NULL, &there, NULL, NULL);
        }
        (void)gss_release_buffer(&minor, &back);
        assert_false(GSS_ERROR(one));
        if (two == GSS_S_CONTINUE_NEEDED) {
            two = gss_accept_sec_context(&minor, &pair.acceptor, GSS_C_NO_CREDENTIAL, &there,
                                         GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &back, NULL, NULL,
                                         NULL);
        }
        (void)gss_release_buffer(&minor, &there);
        assert_false(GSS_ERROR(two));
    }
    return pair;
}

/* ---- One of both as ours ------------------------------------------------ */

static uint32_t attributes_of(enum krb_side side, OM_uint32 flags)
{
    uint32_t attributes = side == KRB_INITIATOR ? ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY
                                                : ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY;

    if ((flags & GSS_C_REPLAY_FLAG) != 0)
        attributes |= ISC_RET_REPLAY_DETECT;
    if ((flags & GSS_C_SEQUENCE_FLAG) != 0)
        attributes |= ISC_RET_SEQUENCE_DETECT;
    if ((flags & GSS_C_DCE_STYLE) != 0)
        attributes |= ISC_RET_USED_DCE_STYLE;
    return attributes;
}

/* The context is gone after it. */
static void take_over(gss_ctx_id_t *context, enum krb_side side, OM_uint32 flags,
                      struct krb_session *ret)
{
    ssp_cleanup(krb_agreed_wipe) struct krb_agreed agreed = { .side = side };
    OM_uint32 minor = 0;
    void *exported = NULL;

    assert_int_equal(gss_krb5_export_lucid_sec_context(&minor, context, 1, &exported),
                     GSS_S_COMPLETE);
    const gss_krb5_lucid_context_v1_t *lucid = exported;
    const gss_krb5_lucid_key_t *key = lucid->cfx_kd.have_acceptor_subkey
                                          ? &lucid->cfx_kd.acceptor_subkey
                                          : &lucid->cfx_kd.ctx_key;
    assert_int_equal(lucid->protocol, 1);
    agreed.enctype = (int32_t)key->type;
    agreed.attributes = attributes_of(side, flags);
    agreed.has_acceptor_subkey = lucid->cfx_kd.have_acceptor_subkey != 0;
    key_set(&agreed.key, (struct view){ key->data, key->length });
    agreed.send_seq = lucid->send_seq;
    agreed.recv_seq = lucid->recv_seq;
    assert_int_equal(krb_session_init(&agreed, ret), SSP_OK);
    (void)gss_krb5_free_lucid_sec_context(&minor, exported);
}

void krb_meet(const char *type, OM_uint32 flags, enum krb_side ours, struct krb_meeting *ret)
{
    OM_uint32 minor = 0;
    gss_name_t target = name_of(type);
    krb5_enctype number = number_of(type);
    gss_cred_id_t cred = cred_of(number);
    struct pair pair = shake(cred, target, flags);
    bool first = ours == KRB_INITIATOR;

    (void)gss_release_name(&minor, &target);
    (void)gss_release_cred(&minor, &cred);
    take_over(first ? &pair.initiator : &pair.acceptor, ours, flags, &ret->session);
    assert_int_equal(ret->session.enctype, number);
    ret->mit = first ? pair.acceptor : pair.initiator;
    krb_engine_init(&ret->engine, &ret->session);
}

void krb_part(struct krb_meeting *meeting)
{
    OM_uint32 minor = 0;

    (void)gss_delete_sec_context(&minor, &meeting->mit, GSS_C_NO_BUFFER);
    krb_session_wipe(&meeting->session);
    krb_engine_wipe(&meeting->engine);
}
