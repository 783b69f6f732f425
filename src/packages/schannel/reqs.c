/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/reqs.h"

/* The same thing has another bit in each family. */
struct row {
    ULONG isc;
    ULONG asc;
};

static const struct row alerts = { ISC_REQ_EXTENDED_ERROR, ASC_REQ_EXTENDED_ERROR };
static const struct row identify = { ISC_REQ_IDENTIFY, ASC_REQ_IDENTIFY };
static const struct row datagram = { ISC_REQ_DATAGRAM, ASC_REQ_DATAGRAM };
static const struct row mutual = { 0, ASC_REQ_MUTUAL_AUTH };
static const struct row allocate = { ISC_REQ_ALLOCATE_MEMORY, ASC_REQ_ALLOCATE_MEMORY };
static const struct row manual = { ISC_REQ_MANUAL_CRED_VALIDATION, 0 };

static bool has(const struct tls_reqs *reqs, const struct row *row)
{
    return (reqs->asked & (reqs->accept ? row->asc : row->isc)) != 0;
}

enum ssp_err tls_reqs_check(const struct tls_reqs *reqs)
{
    return has(reqs, &datagram) ? ssp_fail(UNSUPPORTED) : SSP_OK;
}

bool tls_reqs_allocate(const struct tls_reqs *reqs)
{
    return has(reqs, &allocate);
}

bool tls_reqs_alerts(const struct tls_reqs *reqs)
{
    return has(reqs, &alerts);
}

bool tls_reqs_manual(const struct tls_reqs *reqs)
{
    return has(reqs, &manual);
}

bool tls_reqs_client_certificate(const struct tls_reqs *reqs)
{
    return has(reqs, &mutual);
}

bool tls_reqs_identify(const struct tls_reqs *reqs)
{
    return has(reqs, &identify);
}

static ULONG of_client(const struct tls_reqs *reqs, const struct tls_outcome *outcome)
{
    ULONG flags =
        ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY | ISC_RET_STREAM;

    flags |= tls_reqs_allocate(reqs) ? ISC_RET_ALLOCATED_MEMORY : 0U;
    flags |= tls_reqs_alerts(reqs) ? ISC_RET_EXTENDED_ERROR : 0U;
    flags |= outcome->is_manual ? ISC_RET_MANUAL_CRED_VALIDATION : 0U;
    flags |= outcome->is_peer_proved ? ISC_RET_MUTUAL_AUTH : 0U;
    return flags;
}

static ULONG of_server(const struct tls_reqs *reqs, const struct tls_outcome *outcome)
{
    ULONG flags =
        ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | ASC_RET_CONFIDENTIALITY | ASC_RET_STREAM;

    flags |= tls_reqs_allocate(reqs) ? ASC_RET_ALLOCATED_MEMORY : 0U;
    flags |= tls_reqs_alerts(reqs) ? ASC_RET_EXTENDED_ERROR : 0U;
    flags |= outcome->is_peer_proved ? ASC_RET_MUTUAL_AUTH : 0U;
    flags |= tls_reqs_identify(reqs) ? ASC_RET_IDENTIFY : 0U;
    flags |= outcome->has_tickets ? ASC_RET_SESSION_TICKET : 0U;
    return flags;
}

ULONG tls_reqs_attributes(const struct tls_reqs *reqs, const struct tls_outcome *outcome)
{
    return reqs->accept ? of_server(reqs, outcome) : of_client(reqs, outcome);
}
