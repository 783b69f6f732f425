/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance/leg.h"

#include <stdlib.h>

void leg_with(struct leg *leg, struct job *job, void *place, ULONG size)
{
    *leg = (struct leg){ .in = { { job->n, SECBUFFER_TOKEN, job->bytes } },
                         .out = { size, SECBUFFER_TOKEN, place } };
    leg->in_desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, leg->in };
    leg->out_desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, &leg->out };
}

void leg_feed(struct leg *leg, void *bytes, ULONG n, void *place, ULONG size)
{
    *leg = (struct leg){ .in = { { n, SECBUFFER_TOKEN, bytes }, { 0, SECBUFFER_EMPTY, NULL } },
                         .out = { size, SECBUFFER_TOKEN, place } };
    leg->in_desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, leg->in };
    leg->out_desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, &leg->out };
}

static SECURITY_STATUS initiate(struct party *party, struct leg *leg, ULONG more)
{
    SECURITY_STATUS status = InitializeSecurityContextA(
        &party->cred, party->has_ctx ? &party->ctx : NULL,
        (SEC_CHAR *)(uintptr_t)party->scene->target, party->scene->initiator_asks | more, 0,
        SECURITY_NATIVE_DREP, leg->in[0].cbBuffer != 0 ? &leg->in_desc : NULL, 0, &party->ctx,
        &leg->out_desc, &leg->attributes, &leg->expiry);

    return status;
}

static SECURITY_STATUS accept_leg(struct party *party, struct leg *leg, ULONG more)
{
    SECURITY_STATUS status = AcceptSecurityContext(
        &party->cred, party->has_ctx ? &party->ctx : NULL,
        leg->in[0].cbBuffer != 0 ? &leg->in_desc : NULL, party->scene->acceptor_asks | more,
        SECURITY_NATIVE_DREP, &party->ctx, &leg->out_desc, &leg->attributes, &leg->expiry);

    return status;
}

SECURITY_STATUS leg_take(struct party *party, struct leg *leg, ULONG more)
{
    SECURITY_STATUS status =
        party->accepts ? accept_leg(party, leg, more) : initiate(party, leg, more);

    party->has_ctx = party->has_ctx || status >= 0;
    party->is_met = party->is_met || status == SEC_E_OK;
    return status;
}

void get_credentials(struct loopback *loop)
{
    struct loopback other;

    loopback_begin(&other, subject->scene, NULL);
    if (loopback_shake(&other, 2) < 0)
        abort();
    loop->client.cred = other.client.cred;
    loop->server.cred = other.server.cred;
    other.client.cred = other.server.cred = (CredHandle){ 0 };
    loopback_end(&other);
}

struct party *whose(struct loopback *loop, unsigned leg)
{
    return leg % 2 == 0 ? &loop->client : &loop->server;
}
