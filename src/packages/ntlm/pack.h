/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packed form of an established NTLM context.
 *
 * One format, three uses: the LSA half hands a finished context to the user
 * half with it, ExportContext emits it, ImportContext takes it.  It holds keys
 * and carries no MAC: who holds it is the context, so outside the two halves it
 * travels in the sealed envelope only.  Layout: docs/formats/packed-ntlm.md.
 */
#ifndef SSP_NTLM_PACK_H
#define SSP_NTLM_PACK_H

#include "base/utf16.h"
#include "packages/ntlm/seal.h"

enum {
    NTLM_PACK_VERSION = 1,
    NTLM_PACK_MAX = 32 * 1024, /* no packed context is longer */
    NTLM_TARGET_INFO_MAX = 4096,
};

enum ntlm_bindings {                          /* what became of channel bindings */
                     NTLM_BINDINGS_NONE,      /* nobody gave any */
                     NTLM_BINDINGS_SENT,      /* initiator: sent in the response */
                     NTLM_BINDINGS_UNCHECKED, /* acceptor: the peer sent some, nobody here to
                                                 compare them with */
                     NTLM_BINDINGS_MATCHED,   /* acceptor: the peer's are ours */
                     NTLM_BINDINGS_LAST = NTLM_BINDINGS_MATCHED,
};

/* All but the names: flat, so that it can lie in an arena for keys. */
struct ntlm_core { /* ssp_cleanup(ntlm_core_wipe) */
    struct ntlm_session session;
    uint8_t session_key[NTLM_KEY_SIZE]; /* ExportedSessionKey; all others follow from it */
    uint32_t attributes;                /* ISC_RET_* or ASC_RET_* */
    int64_t start;                      /* FILETIME */
    int64_t expiry;                     /* FILETIME; FILETIME_NEVER */
    uint64_t logon_id;                  /* LUID of the logon session; 0 for an initiator */
    uint64_t token; /* client's handle value; LSA half to user half only, 0 in an export */
    uint8_t bindings_hash[NTLM_BINDINGS_SIZE];
    enum ntlm_bindings bindings;
    bool is_anonymous;
    bool is_identify; /* the token may say who, not act for them */
};

struct ntlm_names {    /* owns; ssp_cleanup(ntlm_names_wipe) */
    struct str16 user; /* of the client, on either side; empty when anonymous */
    struct str16 domain;
    struct str16 target;       /* what the client asked for: an SPN, or empty */
    struct secret target_info; /* AV list of the server as it was sent; may be empty */
};

/* TOO_LARGE (in out->err) beyond the bounds above. */
void ntlm_pack(const struct ntlm_core *core, const struct ntlm_names *names, struct wr *out);

/* BAD_PACKED for any version, size, flag or state that we would not have written; NO_MEMORY.  Both
 * outputs are written on success only. */
enum ssp_err ntlm_unpack(struct view packed, struct ntlm_core *ret_core,
                         struct ntlm_names *ret_names);

void ntlm_core_wipe(struct ntlm_core *core);
void ntlm_names_wipe(struct ntlm_names *names);

#endif
