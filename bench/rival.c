/* SPDX-License-Identifier: Apache-2.0 */
#include "rival.h"

#include <gssapi/gssapi_ext.h>
#include <string.h>

#include "place.h"

/* 1.3.6.1.4.1.311.2.2.10 */
static uint8_t ntlmssp_id[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a };
static gss_OID_desc ntlmssp = { sizeof(ntlmssp_id), ntlmssp_id };
static gss_OID_set_desc mechs = { 1, &ntlmssp };

static gss_buffer_desc buffer_of(const char *text)
{
    return (gss_buffer_desc){ strlen(text), (void *)(uintptr_t)text };
}

static gss_name_t name_of(const char *text, gss_OID form)
{
    gss_buffer_desc buffer = buffer_of(text);
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor = 0;

    need_gss(gss_import_name(&minor, &buffer, form, &name), "gss_import_name");
    return name;
}

static void log_on(struct rival *rival)
{
    gss_buffer_desc password = buffer_of(PLACE_PASSWORD);
    gss_name_t user = name_of(PLACE_DOMAIN "\\" PLACE_USER, GSS_C_NT_USER_NAME);
    gss_name_t server = name_of("HTTP@www.example.com", GSS_C_NT_HOSTBASED_SERVICE);
    OM_uint32 minor = 0;

    need_gss(gss_acquire_cred_with_password(&minor, user, &password, GSS_C_INDEFINITE, &mechs,
                                            GSS_C_INITIATE, &rival->client_cred, NULL, NULL),
             "gss-ntlmssp (is the package installed?)");
    need_gss(gss_acquire_cred(&minor, server, GSS_C_INDEFINITE, &mechs, GSS_C_ACCEPT,
                              &rival->server_cred, NULL, NULL),
             "gss_acquire_cred");
    (void)gss_release_name(&minor, &user);
    rival->target = server;
}

static void client_leg(struct rival *rival, gss_buffer_t in, gss_buffer_t out)
{
    OM_uint32 minor = 0;
    OM_uint32 asks = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_REPLAY_FLAG |
                     GSS_C_SEQUENCE_FLAG;

    need_gss(gss_init_sec_context(&minor, rival->client_cred, &rival->session.client, rival->target,
                                  &ntlmssp, asks, GSS_C_INDEFINITE, GSS_C_NO_CHANNEL_BINDINGS, in,
                                  NULL, out, NULL, NULL),
             "gss_init_sec_context");
}

static void server_leg(struct rival *rival, gss_buffer_t in, gss_buffer_t out)
{
    OM_uint32 minor = 0;

    need_gss(gss_accept_sec_context(&minor, &rival->session.server, rival->server_cred, in,
                                    GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, out, NULL, NULL, NULL),
             "gss_accept_sec_context");
}

static void shake(struct rival *rival)
{
    gss_buffer_desc tokens[4] = { GSS_C_EMPTY_BUFFER };

    client_leg(rival, GSS_C_NO_BUFFER, &tokens[0]);
    server_leg(rival, &tokens[0], &tokens[1]);
    client_leg(rival, &tokens[1], &tokens[2]);
    server_leg(rival, &tokens[2], &tokens[3]);
    for (size_t i = 0; i < 4; i++)
        gss_release(&tokens[i]);
}

void rival_start(struct rival *rival)
{
    log_on(rival);
    shake(rival);
}

void rival_end(struct rival *rival)
{
    OM_uint32 minor = 0;

    gss_session_done(&rival->session);
    (void)gss_release_cred(&minor, &rival->client_cred);
    (void)gss_release_cred(&minor, &rival->server_cred);
    (void)gss_release_name(&minor, &rival->target);
}

void rival_shake(void *arg, size_t n)
{
    struct rival *rival = arg;

    for (size_t i = 0; i < n; i++) {
        gss_session_hang_up(&rival->session);
        shake(rival);
    }
}
