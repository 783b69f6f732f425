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
                       talk->role->recipe->way->initiate |
                       (talk->role->is_greeted ? talk->role->recipe->greeted : 0);
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
        way->took(talk, &input, leg.status);
    } while (leg.status == SEC_E_INCOMPLETE_MESSAGE);
    return send_leg(talk, call, &leg);
}

static unsigned char *bytes(const char *text)
{
    return (unsigned char *)(uintptr_t)text;
}

struct who { /* a credential is by name, by what a user knows, or the machine's */
    ULONG use;
    const char *principal;
    void *identity;
};

static SECURITY_STATUS acquire(struct talk *talk, const struct who *who)
{
    SECURITY_STATUS status = AcquireCredentialsHandleA(
        (SEC_CHAR *)(uintptr_t)who->principal, (SEC_CHAR *)(uintptr_t)talk->role->recipe->package,
        who->use, NULL, who->identity, NULL, NULL, &talk->cred, NULL);

    return status == SEC_E_OK ? status : demo_blame(talk->role, "AcquireCredentialsHandle", status);
}

static SECURITY_STATUS acquire_outbound(struct talk *talk)
{
    const struct demo_recipe *recipe = talk->role->recipe;
    SEC_WINNT_AUTH_IDENTITY_EXA identity = {
        .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
        .Length = sizeof(identity),
        .User = bytes(recipe->user),
        .UserLength = (ULONG)strlen(recipe->user),
        .Domain = bytes(recipe->domain),
        .DomainLength = (ULONG)strlen(recipe->domain),
        .Password = bytes(talk->role->password),
        .PasswordLength = (ULONG)strlen(talk->role->password),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
        .PackageList = bytes(recipe->offers),
        .PackageListLength = recipe->offers != NULL ? (ULONG)strlen(recipe->offers) : 0,
    };
    bool is_named = recipe->client_name != NULL;
    const struct who who = { SECPKG_CRED_OUTBOUND, recipe->client_name,
                             is_named ? NULL : &identity };

    return acquire(talk, &who);
}

static SECURITY_STATUS acquire_inbound(struct talk *talk)
{
    const struct who who = { SECPKG_CRED_INBOUND, talk->role->recipe->front_name, NULL };

    return acquire(talk, &who);
}

SECURITY_STATUS talk_connect(struct talk *talk)
{
    SECURITY_STATUS status = acquire_outbound(talk);

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
    SECURITY_STATUS status = acquire_inbound(talk);

    if (status != SEC_E_OK)
        return status;
    do {
        status = next_leg(talk, "AcceptSecurityContext", accept_leg);
    } while (wants_more(status));
    return status == SEC_E_OK ? talk->role->recipe->way->learn_sizes(talk) : status;
}

SECURITY_STATUS talk_greet(struct talk *talk)
{
    SECURITY_STATUS status = acquire_inbound(talk);

    if (status == SEC_E_OK)
        status = next_leg(talk, "AcceptSecurityContext", accept_leg);
    return wants_more(status) ? SEC_E_OK : status;
}
