/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit trail: one line to the log (base/trace.h, LOG_AUTHPRIV) for each
 * logon, export and import, refused ones included.
 *
 *   audit event=logon uid=1000 pid=42 package="NTLM" status=0x00000000
 *   logon=0x5c00000001 domain="CORP" user="alice" workstation="PC"
 *
 * uid and pid are the client's.  A field that is not known is left out.  Words
 * and numbers are ours and stand bare; whatever a peer or a package chose stands
 * in quotes, with every byte but printable ASCII, and quotes and backslashes, as
 * \xHH: so nobody forges a field or a line, and what reads the lines needs one
 * rule.  Long values are cut, and cut=1 says so; the chosen ones come last.
 *
 * No secret comes near here: names, numbers and the first half of a ticket's id,
 * by which an export is found again in its import, but cannot be claimed.
 */
#ifndef SSP_LSA_AUDIT_H
#define SSP_LSA_AUDIT_H

#include <opensspi.h>

#include "handoff/envelope.h"

struct client;

enum audit_event {
    AUDIT_LOGON,
    AUDIT_LOGON_REFUSED,
    AUDIT_EXPORT,
    AUDIT_IMPORT,
    AUDIT_IMPORT_REFUSED,
    AUDIT_EVENTS,
};

/* Who a package says is being logged on.  It tells so in the middle of a leg, whose end then
 * decides what becomes of it. */
struct audit_logon {
    const char *package; /* that says so, when not the one that the leg is of; or NULL */
    bool has_id;
    LUID id;
    char domain[OPENSSPI_NAME_MAX]; /* ""; not known */
    char user[OPENSSPI_NAME_MAX];
    char workstation[OPENSSPI_NAME_MAX];
};

struct audit {
    enum audit_event event;
    SECURITY_STATUS status;
    const char *package;                    /* UTF-8; NULL: not known */
    const struct envelope_header *envelope; /* one that was verified or made here; or NULL */
    const struct audit_logon *logon;        /* or NULL */
};

/* Never fails; a NULL client is the LSA itself. */
void audit(struct client *client, const struct audit *what);

/* What a package passed, into the notes of the leg that this thread is in.  Without a leg, nobody
 * keeps notes: NULL. */
struct audit_logon *audit_notes(void);

/* Names as packages pass them; NULL leaves a name as it is, and what cannot be shown is "?". */
void audit_note(struct audit_logon *logon, const UNICODE_STRING *domain, const UNICODE_STRING *user,
                const UNICODE_STRING *workstation);

#endif
