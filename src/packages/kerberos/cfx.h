/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per-message tokens (RFC 4121 4.2), in place, without allocation.
 *
 * What a Wrap token is made of, in the order it is encrypted and signed in:
 *
 *     confounder | data | filler | header | checksum       encrypted (4.2.4)
 *                  data |                   checksum       signed only
 *
 * and where it lies: all but the data is in the token, which stands before the
 * data, so what belongs behind it is rotated to the front (4.2.5):
 *
 *     header  filler header checksum  confounder   | data
 *
 * In DCE style the filler has 16 bytes and is not counted in RRC ([MS-KILE]
 * 3.4.5.4.1); else there is none.  Pieces that are signed and not encrypted count
 * for the checksum, in their place among the data.
 *
 * A received message that does not verify, or is out of sequence, changes
 * nothing: the caller's buffers hold what they held.
 *
 * Sending and receiving have nothing in common, so one thread may send while
 * another receives.
 */
#ifndef SSP_KERBEROS_CFX_H
#define SSP_KERBEROS_CFX_H

#include "packages/kerberos/body.h"
#include "packages/kerberos/confounder.h"
#include "packages/kerberos/header.h"

enum {
    KRB_MIC_MAX = 16 + 24,                    /* header, checksum */
    KRB_TRAILER_MAX = 16 + 16 + 16 + 24 + 16, /* header, filler, header, checksum, confounder */
};

struct krb_engine { /* lies with its session in an arena; ssp_cleanup(krb_engine_wipe) */
    struct krb_session *session;
    struct krb_keys send;
    struct krb_keys recv;
    struct krb_confounders confounders;
};

struct krb_wrapped {   /* a Wrap token that came in */
    struct span token; /* what stands before the data */
    struct krb_message msg;
    struct span padding; /* what stands behind it; may be empty */
};

void krb_engine_init(struct krb_engine *engine, struct krb_session *session); /* borrowed */
void krb_engine_wipe(struct krb_engine *engine);

size_t krb_mic_size(const struct krb_session *session);  /* also of a Wrap token that only signs */
size_t krb_seal_size(const struct krb_session *session); /* of an encrypted one without its data */

/*
 * Errors of all: BAD_ARGUMENT.  Of sending: UNSUPPORTED when that protection was
 * not agreed; EXPIRED when the numbers are used up; INTERNAL without random
 * numbers.  On receipt, where what is better protected than agreed is taken:
 * BAD_TOKEN for what is no such token, or has other sizes than its header says;
 * ALTERED, also for a token of ours that comes back, or under another key;
 * OUT_OF_SEQUENCE.
 */
enum ssp_err krb_mic(struct krb_engine *engine, const struct krb_message *msg, uint8_t *ret_token);
enum ssp_err krb_mic_verify(struct krb_engine *engine, const struct krb_message *msg,
                            struct view token);

/* Tokens of krb_seal_size() and krb_mic_size() bytes; the data stays where it is. */
enum ssp_err krb_seal(struct krb_engine *engine, const struct krb_message *msg, uint8_t *ret_token);
enum ssp_err krb_wrap(struct krb_engine *engine, const struct krb_message *msg, uint8_t *ret_token);

/* Both kinds of Wrap token, rotated however far; after it the pieces hold the data. */
enum ssp_err krb_unwrap(struct krb_engine *engine, const struct krb_wrapped *in, bool *ret_sealed);

/* The same of a token in one buffer; *ret_data is where in it the data is then. */
enum ssp_err krb_unwrap_stream(struct krb_engine *engine, struct span stream, struct span *ret_data,
                               bool *ret_sealed);

#endif
