/* SPDX-License-Identifier: Apache-2.0 */
/* What the three NTLM handshake messages have in common: [MS-NLMP] 2.2, 2.2.1 and 2.2.2.10. */
#ifndef SSP_NTLM_WIRE_H
#define SSP_NTLM_WIRE_H

#include "base/rd.h"
#include "base/wr.h"

enum ntlm_type {
    NTLM_TYPE_NONE = 0, /* not an NTLM message */
    NTLM_TYPE_NEGOTIATE = 1,
    NTLM_TYPE_CHALLENGE = 2,
    NTLM_TYPE_AUTHENTICATE = 3,
};

enum { NTLM_CHALLENGE_SIZE = 8, NTLM_REVISION_W2K3 = 15 };

/* VERSION; all zero unless NTLMSSP_NEGOTIATE_VERSION is set.  For debugging only. */
struct ntlm_version {
    uint8_t major;
    uint8_t minor;
    uint16_t build;
    uint8_t revision;
};

/* Which message a token claims to be, by its first twelve bytes. */
enum ntlm_type ntlm_type_of(struct view token);

/* A reader of token that stands after signature and type; bad when those are others. */
struct rd ntlm_open(struct view token, enum ntlm_type type);
void ntlm_begin(enum ntlm_type type, struct wr *out);

struct ntlm_version ntlm_version_read(struct rd *in);
void ntlm_version_write(const struct ntlm_version *version, struct wr *out);

/* The header of one payload field: its MaxLen MUST be ignored on receipt. */
struct ntlm_field {
    uint16_t n;
    uint32_t off;
};

struct ntlm_field ntlm_field_read(struct rd *in);

/* The field's bytes.  An empty field may point anywhere; any other must lie within token and not
 * before its byte number `from`, or *in goes bad. */
struct view ntlm_field_view(struct rd *in, struct view token, size_t from, struct ntlm_field field);

/* Writes a field header for bytes that will come at *at, and moves *at behind them. */
void ntlm_field_write(struct wr *out, size_t *at, struct view bytes);

#endif
