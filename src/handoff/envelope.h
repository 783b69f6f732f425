/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed envelope: what ExportSecurityContext returns.  A header in clear
 * that is authenticated, and the packed context encrypted behind it.  Layout:
 * docs/formats/envelope.md.
 *
 * Importers elsewhere accept altered blobs or crash on them.  This one looks at
 * nothing before the tag has been checked, and so parses only what it wrote.
 * The envelope does not say whether it may still be used: that is the ticket's
 * business (handoff/ticket.h).
 */
#ifndef SSP_HANDOFF_ENVELOPE_H
#define SSP_HANDOFF_ENVELOPE_H

#include <sys/types.h>

#include "base/limits.h"
#include "base/secret.h"
#include "base/wr.h"
#include "crypto/aead.h"

enum {
    ENVELOPE_ID_SIZE = 16,
    ENVELOPE_NAME_MAX = 255,
    ENVELOPE_HEADER_SIZE = 84, /* and the name behind it */
    ENVELOPE_MAX = ENVELOPE_HEADER_SIZE + ENVELOPE_NAME_MAX + LIMIT_PACKED + AEAD_TAG_SIZE,
};

enum envelope_kind { ENVELOPE_ESTABLISHED = 1, ENVELOPE_NEGOTIATING = 2, ENVELOPE_KEPT = 3 };

struct envelope_header {
    uint16_t kind;  /* enum envelope_kind */
    uint32_t flags; /* fFlags of the export */
    uint8_t ticket[ENVELOPE_ID_SIZE];
    uint8_t boot[ENVELOPE_ID_SIZE];
    uint8_t key_id[ENVELOPE_ID_SIZE];
    uint32_t uid_from;
    uint32_t uid_to;
    uint64_t expires; /* CLOCK_BOOTTIME, ns */
    uint16_t packed_version;
    uint16_t name_n;
    char name[ENVELOPE_NAME_MAX + 1]; /* of the package, UTF-8, closed by 0 here */
};

struct seal_key { /* of one boot; ssp_cleanup(seal_key_wipe) */
    struct key key;
    uint8_t id[ENVELOPE_ID_SIZE];
    uint8_t boot[ENVELOPE_ID_SIZE];
};

/* What may name a package: 1 to ENVELOPE_NAME_MAX bytes of UTF-8 without a NUL. */
bool envelope_name_ok(struct view name);

/* Appends plain, sealed under a header whose boot and key_id are the key's (filled in from it).  A
 * ticket id must never be used twice: it is what makes the encryption key a new one.  BAD_ARGUMENT
 * for a header that envelope_open() would refuse, TOO_LARGE beyond LIMIT_PACKED, NO_MEMORY. */
enum ssp_err envelope_seal(const struct seal_key *key, const struct envelope_header *header,
                           struct view plain, struct wr *out);

/* The header as it stands, unverified: for `sspi inspect`.  BAD_ENVELOPE. */
enum ssp_err envelope_peek(struct view blob, struct envelope_header *ret);

/* Verifies and decrypts.  BAD_ENVELOPE when altered, cut, with bytes behind it, of another key or
 * boot; NO_MEMORY.  The caller judges uid, expiry and package; *ret_plain is the caller's. */
enum ssp_err envelope_open(const struct seal_key *key, struct view blob,
                           struct envelope_header *ret_header, struct secret *ret_plain);

#endif
