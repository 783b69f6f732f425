/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/feed.h"

#include "base/limits.h"
#include "base/secbuf.h"

static bool is_stream(const struct lsa_leg *leg)
{
    ULONG flag = leg->accept ? ASC_REQ_STREAM : ISC_REQ_STREAM;

    return (leg->requirements & flag) != 0;
}

/* A buffer that says EXTRA already is the caller's own affair. */
void feed_begin(const struct lsa_leg *leg, struct feed *ret)
{
    *ret = (struct feed){ .in = leg->in };
    if (secbuf_find(leg->in, SECBUFFER_EXTRA) != NULL)
        return;
    ret->token = secbuf_find(leg->in, SECBUFFER_TOKEN);
    if (ret->token == NULL)
        return;
    ret->size = ret->token->cbBuffer;
    if (!is_stream(leg) || ret->size <= LIMIT_TOKEN ||
        secbuf_find(leg->in, SECBUFFER_EMPTY) == NULL)
        return;
    ret->kept = ret->size - LIMIT_TOKEN;
    ret->token->cbBuffer = LIMIT_TOKEN;
}

static void tell(const struct feed *feed)
{
    PSecBuffer extra = secbuf_find(feed->in, SECBUFFER_EXTRA);
    ULONG given = feed->size - feed->kept;
    ULONG left = extra == NULL ? 0 : extra->cbBuffer;

    if (extra == NULL && feed->kept != 0)
        extra = secbuf_find(feed->in, SECBUFFER_EMPTY);
    if (extra == NULL)
        return;
    left = (left < given ? left : given) + feed->kept;
    *extra =
        (SecBuffer){ left, SECBUFFER_EXTRA, (BYTE *)feed->token->pvBuffer + feed->size - left };
}

SECURITY_STATUS feed_end(const struct feed *feed, SECURITY_STATUS status)
{
    if (feed->token == NULL)
        return status;
    if (feed->kept != 0)
        feed->token->cbBuffer = feed->size;
    if (feed->kept != 0 && status == SEC_E_INCOMPLETE_MESSAGE)
        return SEC_E_INVALID_TOKEN;
    if (status >= 0 || feed->kept == 0)
        tell(feed);
    return status;
}
