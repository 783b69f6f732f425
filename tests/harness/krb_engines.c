/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/krb_engines.h"

#include <sspi.h>
#include <stdlib.h>

enum { INITIATOR_FIRST = 1000, ACCEPTOR_FIRST = 0x7fffffff };

static void make(int32_t enctype, uint32_t attributes, enum krb_side side, struct krb_session *ret)
{
    bool first = side == KRB_INITIATOR;
    struct krb_agreed agreed = {
        .side = side,
        .enctype = enctype,
        .attributes = attributes | (first ? ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY
                                          : ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY),
        .has_acceptor_subkey = true,
        .key = { .n = krb_key_size(enctype) },
        .send_seq = first ? INITIATOR_FIRST : ACCEPTOR_FIRST,
        .recv_seq = first ? ACCEPTOR_FIRST : INITIATOR_FIRST,
    };

    for (size_t i = 0; i < agreed.key.n; i++)
        agreed.key.b[i] = (uint8_t)(i * 11);
    if (krb_session_init(&agreed, ret) != SSP_OK)
        abort();
}

void krb_engines_make(int32_t enctype, uint32_t attributes, struct krb_engines *ret)
{
    for (enum krb_side side = KRB_INITIATOR; side <= KRB_ACCEPTOR; side++) {
        make(enctype, attributes, side, &ret->sessions[side]);
        krb_engine_init(&ret->ends[side], &ret->sessions[side]);
    }
}
