/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes over the wire during a handshake: a message of RFC 4120 in GSS-API's
 * frame (RFC 2743 3.1) behind a number for its kind (RFC 4121 4.1), or, in DCE
 * style, the message alone ([MS-KILE] 3.4.5.1).
 */
#ifndef SSP_KERBEROS_FRAME_H
#define SSP_KERBEROS_FRAME_H

#include "base/der.h"

enum krb_frame_kind { KRB_AP_REQ = 0x0100, KRB_AP_REP = 0x0200, KRB_ERROR = 0x0300 };

enum { KRB_FRAME_MAX = 64 * 1024 };

struct krb_frame {
    enum krb_frame_kind kind;
    bool is_bare;        /* without the frame */
    struct view message; /* borrowed */
};

void krb_frame_encode(const struct krb_frame *token, struct wr *out);

/* BAD_TOKEN, which is all that is said of one that is of another mechanism. */
enum ssp_err krb_frame_decode(struct view bytes, struct krb_frame *ret);

#endif
