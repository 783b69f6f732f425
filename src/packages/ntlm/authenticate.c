/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/authenticate.h"

#include <assert.h>

#include "packages/ntlm/flags.h"

/* Where the payload may begin: after each of the headers that clients have. */
enum {
    NAMES_ONLY = 52,
    WITH_FLAGS = 64,
    WITH_VERSION = NTLM_MIC_OFFSET,
    WITH_MIC = NTLM_MIC_OFFSET + NTLM_MIC_SIZE,
};

enum { LM, NT, DOMAIN, USER, WORKSTATION, SESSION_KEY, FIELDS };

/* The end of the header: where the first payload bytes are, or the end when there are none. */
static size_t payload_start(struct view token, const struct ntlm_field fields[FIELDS])
{
    size_t start = token.n;

    for (size_t i = 0; i < SESSION_KEY; i++)
        if (fields[i].n != 0 && fields[i].off < start)
            start = fields[i].off;
    return start;
}

static void read_rest(struct rd *in, size_t start, struct ntlm_field *session_key,
                      struct ntlm_authenticate *msg)
{
    struct ntlm_field key = ntlm_field_read(in);

    msg->flags = rd_le32(in);
    msg->has_flags = true;
    if ((msg->flags & NTLMSSP_NEGOTIATE_KEY_EXCH) != 0) /* else it "must be ignored" */
        *session_key = key;
    if (session_key->n != 0 && session_key->off < start)
        start = session_key->off;
    if (start >= WITH_VERSION && (msg->flags & NTLMSSP_NEGOTIATE_VERSION) != 0)
        msg->version = ntlm_version_read(in);
    msg->has_mic = start >= WITH_MIC;
}

static void read_views(struct rd *in, struct view token, const struct ntlm_field fields[FIELDS],
                       struct ntlm_authenticate *msg)
{
    struct view *const views[FIELDS] = {
        [LM] = &msg->lm,
        [NT] = &msg->nt,
        [DOMAIN] = &msg->domain,
        [USER] = &msg->user,
        [WORKSTATION] = &msg->workstation,
        [SESSION_KEY] = &msg->session_key,
    };
    size_t from = msg->has_flags ? WITH_FLAGS : NAMES_ONLY;

    for (size_t i = 0; i < FIELDS; i++)
        *views[i] = ntlm_field_view(in, token, from, fields[i]);
}

static enum ssp_err check_sizes(const struct ntlm_authenticate *msg)
{
    bool unicode = (msg->flags & NTLMSSP_NEGOTIATE_UNICODE) != 0;

    if (msg->lm.n > 1 && msg->lm.n != 24)
        return ssp_fail(BAD_TOKEN);
    if (msg->nt.n != 0 && msg->nt.n < 24)
        return ssp_fail(BAD_TOKEN);
    if (msg->session_key.n != 0 && msg->session_key.n != 16)
        return ssp_fail(BAD_TOKEN);
    if (unicode && (msg->domain.n | msg->user.n | msg->workstation.n) % 2 != 0)
        return ssp_fail(BAD_TOKEN);
    return SSP_OK;
}

enum ssp_err ntlm_authenticate_decode(struct view token, struct ntlm_authenticate *ret)
{
    struct ntlm_authenticate msg = { 0 };
    struct ntlm_field fields[FIELDS] = { 0 };
    struct rd in = ntlm_open(token, NTLM_TYPE_AUTHENTICATE);

    for (size_t i = LM; i < SESSION_KEY; i++)
        fields[i] = ntlm_field_read(&in);
    size_t start = payload_start(token, fields);
    if (start >= WITH_FLAGS)
        read_rest(&in, start, &fields[SESSION_KEY], &msg);
    read_views(&in, token, fields, &msg);
    if (!rd_ok(&in))
        return ssp_fail(BAD_TOKEN);
    SSP_TRY(check_sizes(&msg));

    *ret = msg;
    return SSP_OK;
}

void ntlm_authenticate_encode(const struct ntlm_authenticate *msg, struct wr *out)
{
    size_t at = msg->has_mic ? WITH_MIC : WITH_VERSION;

    ntlm_begin(NTLM_TYPE_AUTHENTICATE, out);
    /* The payload begins with the names, so their offsets come first. */
    size_t at_responses = at + msg->domain.n + msg->user.n + msg->workstation.n;
    ntlm_field_write(out, &at_responses, msg->lm);
    ntlm_field_write(out, &at_responses, msg->nt);
    ntlm_field_write(out, &at, msg->domain);
    ntlm_field_write(out, &at, msg->user);
    ntlm_field_write(out, &at, msg->workstation);
    ntlm_field_write(out, &at_responses, msg->session_key);
    wr_le32(out, msg->flags);
    ntlm_version_write(&msg->version, out);
    wr_zero(out, msg->has_mic ? NTLM_MIC_SIZE : 0);
    wr_view(out, msg->domain);
    wr_view(out, msg->user);
    wr_view(out, msg->workstation);
    wr_view(out, msg->lm);
    wr_view(out, msg->nt);
    wr_view(out, msg->session_key);
}

void ntlm_authenticate_set_mic(uint8_t *token, size_t n, const uint8_t mic[NTLM_MIC_SIZE])
{
    assert(n >= WITH_MIC);
    memcpy(token + NTLM_MIC_OFFSET, mic, NTLM_MIC_SIZE);
}

struct view ntlm_authenticate_mic(struct view token)
{
    assert(token.n >= WITH_MIC);
    return (struct view){ token.p + NTLM_MIC_OFFSET, NTLM_MIC_SIZE };
}
