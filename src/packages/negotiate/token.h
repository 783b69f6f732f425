/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two messages of SPNEGO: RFC 4178 4.2, with [MS-SPNG] 2.2.1's NegTokenInit2.
 *
 * Views borrow from the token that was decoded, or from whoever fills the struct.
 * What a decoder does not know beside the fields of the specification ("...") it
 * passes over, if it is well formed.
 */
#ifndef SSP_NEGOTIATE_TOKEN_H
#define SSP_NEGOTIATE_TOKEN_H

#include "base/rd.h"
#include "base/wr.h"

enum { NEGO_OFFERS_MAX = 32 }; /* mechanisms in one list that are looked at */

/* RFC 4178 4.2.2 */
enum nego_verdict {
    NEGO_COMPLETED = 0,
    NEGO_INCOMPLETE = 1,
    NEGO_REJECT = 2,
    NEGO_REQUEST_MIC = 3,
    NEGO_UNSAID, /* left out */
};

struct nego_init {                    /* NegTokenInit, NegTokenInit2 */
    struct view list;                 /* MechTypeList, with tag and length: what a MIC is made of */
    struct view oid[NEGO_OFFERS_MAX]; /* the first ones of it */
    size_t n;
    bool has_token;
    struct view token;
    bool has_mic;
    struct view mic;
    bool has_hints; /* encoding: the ones of [MS-SPNG] 3.2.5.2 */
};

struct nego_resp { /* NegTokenResp */
    enum nego_verdict verdict;
    struct view oid; /* empty: left out */
    bool has_token;
    struct view token;
    bool has_mic;
    struct view mic;
};

/* What a token is, by how it begins. */
enum nego_kind {
    NEGO_IS_INIT,     /* RFC 2743 3.1 framing with SPNEGO's identifier */
    NEGO_IS_RESP,     /* [1] */
    NEGO_IS_NTLM,     /* "NTLMSSP", bare */
    NEGO_IS_KERBEROS, /* framed with Kerberos' identifier, or an AP-REQ as DCE has it */
    NEGO_IS_NOTHING,
};
enum nego_kind nego_kind_of(struct view token);

/* How long the token is all in all, where it can say so (INIT and RESP); else its own size.
 * BAD_TOKEN for a length that DER does not have, or over LIMIT_TOKEN. */
enum ssp_err nego_token_total(struct view start, size_t *ret);

/* MechTypeList of those identifiers. */
void nego_list_encode(const struct view *oids, size_t n, struct wr *out);

/* list stands for oid and n. */
void nego_init_encode(const struct nego_init *init, struct wr *out);
void nego_resp_encode(const struct nego_resp *resp, struct wr *out);

/* BAD_TOKEN for whatever is not that message, whole and in DER. */
enum ssp_err nego_init_decode(struct view token, struct nego_init *ret);
enum ssp_err nego_resp_decode(struct view token, struct nego_resp *ret);

/* The identifiers of a MechTypeList, which was checked or is our own.  BAD_TOKEN. */
enum ssp_err nego_list_decode(struct view list, struct view oid[NEGO_OFFERS_MAX], size_t *ret_n);

#endif
