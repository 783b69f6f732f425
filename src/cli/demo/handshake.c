/* SPDX-License-Identifier: Apache-2.0 */
/* The handshake of a talk, in both roles: legs until neither side wants another. */
#include "cli/demo/talk.h"

/* What one leg yields: its status, and the token to send (allocated by the library). */
struct leg {
    SECURITY_STATUS status;
    SecBuffer out;
};

static bool wants_more(SECURITY_STATUS status)
{
    return status == SEC_I_CONTINUE_NEEDED;
}

static struct leg initiate(struct talk *talk, SecBufferDesc *in)
{
    const ULONG want = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY |
                       talk->role->recipe->way->initiate;
    bool is_first = !SecIsValidHandle(&talk->ctx);
    struct leg leg = { .out = { 0, SECBUFFER_TOKEN, NULL } };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &leg.out };
    ULONG got = 0;

    leg.status =
        InitializeSecurityContextA(&talk->cred, is_first ? NULL : &talk->ctx,
                                   (SEC_CHAR *)(uintptr_t)talk->role->recipe->target, want, 0,
                                   SECURITY_NATIVE_DREP, in, 0, &talk->ctx, &out, &got, NULL);
    return leg;
}

static struct leg accept_leg(struct talk *talk, SecBufferDesc *in)
{
    const ULONG want = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY |
                       talk->role->recipe->way->accept;
    bool is_first = !SecIsValidHandle(&talk->ctx);
    struct leg leg = { .out = { 0, SECBUFFER_TOKEN, NULL } };
    SecBufferDesc out = { SECBUFFER_VERSION, 1, &leg.out };
    ULONG got = 0;

    leg.status = AcceptSecurityContext(&talk->cred, is_first ? NULL : &talk->ctx, in, want,
                                       SECURITY_NATIVE_DREP, &talk->ctx, &out, &got, NULL);
    return leg;
}

/* Sends what a leg yielded and frees it. */
static SECURITY_STATUS send_leg(struct talk *talk, const char *call, struct leg *leg)
{
    enum ssp_err e = SSP_OK;

    if (leg->status < 0)
        return demo_blame(talk->role, call, leg->status);
    if (leg->out.cbBuffer != 0)
        e = talk->role->recipe->way->send_token(
            talk, (struct view){ leg->out.pvBuffer, leg->out.cbBuffer });
    if (leg->out.pvBuffer != NULL)
        (void)FreeContextBuffer(leg->out.pvBuffer);
    return e == SSP_OK ? leg->status : demo_blame_err(talk->role, "sending a token", e);
}

/* One leg with what the peer said as its input. */
static SECURITY_STATUS next_leg(struct talk *talk, const char *call,
                                struct leg (*take)(struct talk *talk, SecBufferDesc *in))
{
    const struct talk_way *way = talk->role->recipe->way;
    struct leg leg = { .status = SEC_E_OK };

    do {
        struct talk_input input;
        enum ssp_err e = way->receive_token(talk, leg.status == SEC_E_INCOMPLETE_MESSAGE, &input);
        if (e != SSP_OK)
            return demo_blame_err(talk->role, "receiving a token", e);
        leg = take(talk, &input.desc);
        way->took(talk, &input);
    } while (leg.status == SEC_E_INCOMPLETE_MESSAGE);
    return send_leg(talk, call, &leg);
}

static SECURITY_STATUS acquire(struct talk *talk, ULONG use, void *identity)
{
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)talk->role->recipe->package, use,
                                  NULL, identity, NULL, NULL, &talk->cred, NULL);

    return status == SEC_E_OK ? status : demo_blame(talk->role, "AcquireCredentialsHandle", status);
}

static unsigned char *bytes(const char *text)
{
    return (unsigned char *)(uintptr_t)text;
}

SECURITY_STATUS talk_connect(struct talk *talk)
{
    const struct demo_role *role = talk->role;
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        .User = bytes(role->recipe->user),
        .UserLength = (ULONG)strlen(role->recipe->user),
        .Domain = bytes(role->recipe->domain),
        .DomainLength = (ULONG)strlen(role->recipe->domain),
        .Password = bytes(role->password),
        .PasswordLength = (ULONG)strlen(role->password),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };
    SECURITY_STATUS status = acquire(talk, SECPKG_CRED_OUTBOUND, &identity);

    if (status != SEC_E_OK)
        return status;
    struct leg first = initiate(talk, NULL);
    status = send_leg(talk, "InitializeSecurityContext", &first);
    while (wants_more(status))
        status = next_leg(talk, "InitializeSecurityContext", initiate);
    return status == SEC_E_OK ? talk->role->recipe->way->learn_sizes(talk) : status;
}

SECURITY_STATUS talk_accept(struct talk *talk)
{
    SECURITY_STATUS status = acquire(talk, SECPKG_CRED_INBOUND, NULL);

    if (status != SEC_E_OK)
        return status;
    do {
        status = next_leg(talk, "AcceptSecurityContext", accept_leg);
    } while (wants_more(status));
    return status == SEC_E_OK ? talk->role->recipe->way->learn_sizes(talk) : status;
}

SECURITY_STATUS talk_greet(struct talk *talk)
{
    SECURITY_STATUS status = acquire(talk, SECPKG_CRED_INBOUND, NULL);

    if (status == SEC_E_OK)
        status = next_leg(talk, "AcceptSecurityContext", accept_leg);
    return wants_more(status) ? SEC_E_OK : status;
}
