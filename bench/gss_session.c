/* SPDX-License-Identifier: Apache-2.0 */
#include "gss_session.h"

#include "bare.h"

static uint8_t data[DATA_MAX];

void need_gss(OM_uint32 major, const char *what)
{
    need(!GSS_ERROR(major), what);
}

void gss_release(gss_buffer_t buffer)
{
    OM_uint32 minor = 0;

    (void)gss_release_buffer(&minor, buffer);
}

void gss_session_hang_up(struct gss_session *session)
{
    OM_uint32 minor = 0;

    (void)gss_delete_sec_context(&minor, &session->client, GSS_C_NO_BUFFER);
    (void)gss_delete_sec_context(&minor, &session->server, GSS_C_NO_BUFFER);
}

void gss_session_done(struct gss_session *session)
{
    for (size_t i = 0; i < BATCH_MAX; i++)
        gss_release(&session->packets[i]);
    gss_session_hang_up(session);
}

/* ---- Messages ---------------------------------------------------------- */

static gss_buffer_desc wrap(struct gss_session *session)
{
    gss_buffer_desc in = { session->size, data };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    int sealed = 0;

    need_gss(gss_wrap(&minor, session->client, 1, GSS_C_QOP_DEFAULT, &in, &sealed, &out),
             "gss_wrap");
    need(sealed != 0, "gss_wrap with encryption");
    return out;
}

void gss_session_seal(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gss_buffer_desc out = wrap(arg);

        gss_release(&out);
    }
}

void gss_session_open_prepare(void *arg, size_t n)
{
    struct gss_session *session = arg;

    for (size_t i = 0; i < n; i++) {
        gss_release(&session->packets[i]);
        session->packets[i] = wrap(session);
    }
}

void gss_session_open(void *arg, size_t n)
{
    struct gss_session *session = arg;

    for (size_t i = 0; i < n; i++) {
        gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
        OM_uint32 minor = 0;

        need_gss(gss_unwrap(&minor, session->server, &session->packets[i], &out, NULL, NULL),
                 "gss_unwrap");
        gss_release(&out);
    }
}

void gss_session_sign(void *arg, size_t n)
{
    struct gss_session *session = arg;
    gss_buffer_desc in = { session->size, data };

    for (size_t i = 0; i < n; i++) {
        gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
        OM_uint32 minor = 0;

        need_gss(gss_get_mic(&minor, session->client, GSS_C_QOP_DEFAULT, &in, &out), "gss_get_mic");
        gss_release(&out);
    }
}

/* ---- The passage ------------------------------------------------------- */

size_t gss_session_packed_size(struct gss_session *session)
{
    gss_buffer_desc packed = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;

    need_gss(gss_export_sec_context(&minor, &session->client, &packed), "gss_export_sec_context");
    need_gss(gss_import_sec_context(&minor, &packed, &session->client), "gss_import_sec_context");
    size_t n = packed.length;
    gss_release(&packed);
    return n;
}

void gss_session_move(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)gss_session_packed_size(arg);
}

void gss_session_move_and_seal(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gss_session_move(arg, 1);
        gss_session_seal(arg, 1);
    }
}
