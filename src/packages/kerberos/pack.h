/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packed form of an established Kerberos context.
 *
 * One format, three uses: the LSA half hands a finished context to the user
 * half with it, ExportContext emits it, ImportContext takes it.  It holds the
 * key and carries no MAC: who holds it is the context, so outside the two halves
 * it travels in the sealed envelope only.  Nothing of MIT's form is in it.
 * Layout: docs/formats/packed-kerberos.md.
 */
#ifndef SSP_KERBEROS_PACK_H
#define SSP_KERBEROS_PACK_H

#include "base/utf16.h"
#include "packages/kerberos/session.h"

enum {
    KRB_PACK_VERSION = 1,
    KRB_PACK_MAX = 32 * 1024, /* no packed context is longer */
    KRB_BINDINGS_SIZE = 16,   /* MD5 of RFC 4121 4.1.1.2 */
};

enum krb_bindings {                         /* what became of channel bindings */
                    KRB_BINDINGS_NONE,      /* nobody gave any */
                    KRB_BINDINGS_SENT,      /* initiator: sent in the authenticator */
                    KRB_BINDINGS_UNCHECKED, /* acceptor: the peer sent some, nobody here to
                                               compare them with */
                    KRB_BINDINGS_MATCHED,   /* acceptor: the peer's are ours */
                    KRB_BINDINGS_LAST = KRB_BINDINGS_MATCHED,
};

/* All but the names: flat, so that it can lie in an arena for keys. */
struct krb_core { /* ssp_cleanup(krb_core_wipe) */
    struct krb_session session;
    uint32_t attributes; /* ISC_RET_* or ASC_RET_*; session.flags follow from them */
    int64_t start;       /* FILETIME */
    int64_t expiry;      /* FILETIME, the end of the ticket; FILETIME_NEVER */
    uint64_t logon_id;   /* LUID of the logon session; 0 for an initiator */
    uint64_t token;      /* client's handle value; LSA half to user half only, 0 in an export */
    uint8_t bindings_hash[KRB_BINDINGS_SIZE];
    enum krb_bindings bindings;
    bool reset_only_unused; /* no RESET_NEW after the first message; a setting of the LSA's */
};

struct krb_names {       /* owns; ssp_cleanup(krb_names_wipe) */
    struct str16 client; /* principal "user@REALM", on either side */
    struct str16 server; /* principal "service/host@REALM" of the ticket, on either side */
    struct str16 target; /* what the client asked for: an SPN as it was given, or empty */
};

/* Where the realm of such a principal begins; its end when there is none. */
size_t krb_realm_at(const struct str16 *principal);

/* TOO_LARGE (in out->err) beyond the bounds above. */
void krb_pack(const struct krb_core *core, const struct krb_names *names, struct wr *out);

/* BAD_PACKED for any version, size, flag or state that we would not have written; NO_MEMORY.  Both
 * outputs are written on success only. */
enum ssp_err krb_unpack(struct view packed, struct krb_core *ret_core, struct krb_names *ret_names);

void krb_core_wipe(struct krb_core *core);
void krb_names_wipe(struct krb_names *names);

#endif
