/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/leg.h"

#include <sspi.h>

#include "base/cleanup.h"
#include "base/limits.h"

/* What only concerns the buffers between the application and us. */
enum { OURS = ISC_REQ_ALLOCATE_MEMORY };

void nego_work_wipe(struct nego_work *work)
{
    nego_half_freep(&work->next);
    if (work->fresh != NULL)
        work->env->inner->DeleteContext(work->fresh);
    secret_wipe(&work->said);
    wr_free(&work->out);
}

enum ssp_err nego_secret_set(struct secret *secret, struct view bytes)
{
    struct secret fresh = { 0 };

    if (bytes.n != 0)
        SSP_TRY(secret_new(bytes, &fresh));
    secret_wipe(secret);
    *secret = fresh;
    return SSP_OK;
}

/* ---- The handshake inside ---------------------------------------------- */

/* [MS-SPNG] 3.3.3: "The client MUST request Mutual Authentication services". And integrity where
 * there is a choice, or nobody could tell whether that was changed. */
static uint32_t requirements_of(const struct nego_work *work)
{
    uint32_t asked = work->next->asked;
    bool may_sign = work->cred == NULL || !work->cred->is_anonymous;

    if (work->next->accept && work->room != SIZE_MAX)
        return asked; /* which has neither of the two */
    if (work->next->accept)
        return (asked & ~(uint32_t)ASC_REQ_FRAGMENT_TO_FIT) | ASC_REQ_ALLOCATE_MEMORY;
    asked = (asked & ~(uint32_t)ISC_REQ_FRAGMENT_TO_FIT) | ISC_REQ_ALLOCATE_MEMORY |
            ISC_REQ_MUTUAL_AUTH;
    if (may_sign && work->cred != NULL && work->cred->choice.n > 1 &&
        (asked & (ISC_REQ_NO_INTEGRITY | ISC_REQ_NULL_SESSION)) == 0)
        asked |= ISC_REQ_INTEGRITY;
    return asked;
}

static UNICODE_STRING unicode_of(const struct str16 *s)
{
    USHORT n = (USHORT)(s->n * sizeof(*s->p)); /* LIMIT_NAME is far below 64 KiB */

    return (UNICODE_STRING){ n, n, (PWSTR)s->p };
}

struct buffers { /* of one inner leg */
    SecBuffer in[2];
    SecBufferDesc in_desc;
    SecBuffer out;
    SecBufferDesc out_desc;
};

/* Where the room counts the buffer is ours, else the inner package allocates it. */
static enum ssp_err make_room(const struct nego_work *work, SecBuffer *out)
{
    if (work->room == SIZE_MAX)
        return SSP_OK;
    size_t n = nego_room_within(&work->around, work->room);
    n = n < LIMIT_TOKEN ? n : LIMIT_TOKEN;
    out->pvBuffer = work->env->lsa->AllocateLsaHeap((ULONG)n + 1);
    out->cbBuffer = (ULONG)n;
    return out->pvBuffer != NULL ? SSP_OK : ssp_fail(NO_MEMORY);
}

static enum ssp_err lay_out(const struct nego_work *work, struct view token, struct buffers *ret)
{
    struct view bindings = work->leg.bindings;
    ULONG n = 0;

    *ret = (struct buffers){ .out = { 0, SECBUFFER_TOKEN, NULL } };
    if (token.n != 0)
        ret->in[n++] = (SecBuffer){ (ULONG)token.n, SECBUFFER_TOKEN, (void *)(uintptr_t)token.p };
    if (bindings.n != 0)
        ret->in[n++] = (SecBuffer){ (ULONG)bindings.n, SECBUFFER_CHANNEL_BINDINGS,
                                    (void *)(uintptr_t)bindings.p };
    ret->in_desc = (SecBufferDesc){ SECBUFFER_VERSION, n, ret->in };
    ret->out_desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, &ret->out };
    return make_room(work, &ret->out);
}

static void free_output(const struct nego_work *work, const struct buffers *buffers)
{
    if (buffers->out.pvBuffer != NULL)
        work->env->lsa->FreeLsaHeap(buffers->out.pvBuffer);
}

/* With a failure it may be an error message for the peer; else the buffer is as it was. */
static enum ssp_err keep_output(struct nego_work *work, const struct buffers *buffers,
                                const OPENSSPI_INNER_LEG *leg)
{
    struct view said = { buffers->out.pvBuffer, buffers->out.cbBuffer };
    bool is_written = NT_SUCCESS(work->status) || (leg->Attributes & ASC_RET_EXTENDED_ERROR) != 0;

    if (said.p == NULL || (work->room != SIZE_MAX && !is_written))
        said.n = 0;
    enum ssp_err e = nego_secret_set(&work->said, said);
    free_output(work, buffers);
    return e;
}

static enum ssp_err refuse_room(struct nego_work *work, const struct buffers *buffers)
{
    work->needed = nego_size_around(&work->around, buffers->out.cbBuffer);
    free_output(work, buffers);
    return ssp_fail(TOO_SMALL);
}

static enum ssp_err run(struct nego_work *work, POPENSSPI_INNER_CREDENTIAL cred, struct view token,
                        POPENSSPI_INNER_CONTEXT *context)
{
    const struct str16 *target = &work->next->target;
    UNICODE_STRING name = unicode_of(target);
    struct buffers buffers;

    SSP_TRY(lay_out(work, token, &buffers));
    OPENSSPI_INNER_LEG leg = {
        .Accept = work->next->accept,
        .Credential = cred,
        .TargetName = target->n != 0 ? &name : NULL,
        .Requirements = requirements_of(work),
        .TargetDataRep = work->leg.data_rep,
        .Input = buffers.in_desc.cBuffers != 0 ? &buffers.in_desc : NULL,
        .Output = &buffers.out_desc,
    };
    work->status = work->env->inner->RunLeg(context, &leg);
    if (work->room != SIZE_MAX && work->status == SEC_E_BUFFER_TOO_SMALL)
        return refuse_room(work, &buffers);
    enum ssp_err e = keep_output(work, &buffers, &leg);
    if (!NT_SUCCESS(work->status))
        return ssp_fail(INNER);
    work->is_moved = work->is_moved || context == &work->standing;
    SSP_TRY(e);
    work->next->is_finished = leg.Finished != FALSE;
    work->next->is_started = true;
    work->next->attributes = leg.Attributes;
    work->next->expiry = leg.Expiry.QuadPart;
    return SSP_OK;
}

/* A choice of an earlier leg, or of another process, has to be one of this credential's. */
static enum ssp_err cred_for(const struct nego_work *work, enum nego_package package,
                             POPENSSPI_INNER_CREDENTIAL *ret)
{
    if (work->cred == NULL)
        return SSP_OK;
    if (!nego_choice_has(&work->cred->choice, package))
        return ssp_fail(NO_PACKAGE);
    *ret = work->cred->inner[package];
    return SSP_OK;
}

enum ssp_err nego_inner_start(struct nego_work *work, enum nego_package package, struct view token)
{
    POPENSSPI_INNER_CREDENTIAL cred = NULL;

    SSP_TRY(cred_for(work, package, &cred));
    if (cred == NULL)
        return ssp_fail(BAD_HANDLE);
    SSP_TRY(run(work, cred, token, &work->fresh));
    work->next->package = package;
    return SSP_OK;
}

enum ssp_err nego_inner_step(struct nego_work *work, struct view token)
{
    POPENSSPI_INNER_CREDENTIAL cred = NULL;

    if (work->standing == NULL)
        return nego_inner_start(work, work->next->package, token);
    SSP_TRY(cred_for(work, work->next->package, &cred));
    return run(work, cred, token, &work->standing);
}

/* ---- mechListMIC ------------------------------------------------------- */

static POPENSSPI_INNER_CONTEXT inner_of(const struct nego_work *work)
{
    return work->fresh != NULL ? work->fresh : work->standing;
}

static SecBuffer buffer_of(struct view bytes)
{
    return (SecBuffer){ (ULONG)bytes.n, SECBUFFER_TOKEN, (void *)(uintptr_t)bytes.p };
}

bool nego_has_integrity(const struct nego_work *work)
{
    uint32_t bit = work->next->accept ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY;

    return (work->next->attributes & bit) != 0;
}

/* Where the context does not sign, "no mechlistMIC token is used" (RFC 4178 5); old peers send what
 * cannot be verified. */
enum ssp_err nego_mic_take(struct nego_work *work, bool has_mic, struct view mic)
{
    SecBuffer list = buffer_of(secret_view(&work->next->list));
    SecBuffer signature = buffer_of(mic);

    if (!has_mic || !nego_has_integrity(work))
        return SSP_OK;
    work->is_moved = work->is_moved || work->fresh == NULL;
    if (!NT_SUCCESS(work->env->inner->VerifyMechList(inner_of(work), &list, &signature)))
        return ssp_fail(DOWNGRADE);
    work->next->mic_seen = true;
    return SSP_OK;
}

static enum ssp_err make_mic(struct nego_work *work, struct secret *ret)
{
    SecBuffer list = buffer_of(secret_view(&work->next->list));
    SecBuffer signature = { 0 };

    work->is_moved = work->is_moved || work->fresh == NULL;
    work->status = work->env->inner->SignMechList(inner_of(work), &list, &signature);
    if (!NT_SUCCESS(work->status))
        return ssp_fail(INNER);
    enum ssp_err e = nego_secret_set(ret, (struct view){ signature.pvBuffer, signature.cbBuffer });
    work->env->lsa->FreeLsaHeap(signature.pvBuffer);
    SSP_TRY(e);
    work->next->mic_sent = true;
    return SSP_OK;
}

/* ---- Answers ----------------------------------------------------------- */

enum ssp_err nego_answer(struct nego_work *work, enum nego_verdict verdict, struct view oid,
                         bool sign)
{
    ssp_cleanup(secret_wipe) struct secret mic = { 0 };

    if (sign)
        SSP_TRY(make_mic(work, &mic));
    nego_resp_encode(&(struct nego_resp){ .verdict = verdict,
                                          .oid = oid,
                                          .has_token = work->said.n != 0,
                                          .token = secret_view(&work->said),
                                          .has_mic = sign,
                                          .mic = secret_view(&mic) },
                     &work->out);
    return work->out.err;
}

void nego_leg_reject(struct nego_work *work)
{
    bool is_raw = work->next != NULL && work->next->state == NEGO_ST_RAW;
    bool is_error = work->status != 0 && !NT_SUCCESS(work->status);

    wr_free(&work->out);
    if (is_raw)
        return;
    nego_resp_encode(&(struct nego_resp){ .verdict = NEGO_REJECT,
                                          .has_token = is_error && work->said.n != 0,
                                          .token = secret_view(&work->said) },
                     &work->out);
    if (work->out.err != SSP_OK)
        wr_free(&work->out);
}
