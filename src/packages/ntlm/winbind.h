/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain accounts: the verifier of accounts = winbind.  winbindd passes the
 * challenge and the client's NT response to a domain controller ([MS-NLMP]
 * 1.3.1, [MS-APDS] 3.1), which knows the password and answers with who that is
 * and the session base key.  This side never sees a hash.
 *
 * It fails closed.  A yes counts only when it is about the NT response that the
 * acceptor reads on in, names a user and a SID, and comes with a key; a domain
 * controller's yes to a guest, to an LM response, or from a cache is none.
 *
 * winbindd answers such questions to root and the group winbindd_priv only.
 */
#ifndef SSP_NTLM_WINBIND_H
#define SSP_NTLM_WINBIND_H

#include "packages/ntlm/verify.h"

struct winbind_door;

struct ntlm_winbind {
    struct ntlm_verifier verifier;    /* first: what a pointer to it points to */
    const struct ntlm_config *config; /* borrowed */
    struct winbind_door *door;        /* NULL: libwbclient could not be loaded */
};

/*
 * NO_MEMORY.  A library that is missing (traced) is no error, since whoever only
 * initiates needs none, but then everybody is refused.
 *
 * Its verifier gives LOGON_DENIED for what the domain says no to, or a yes that
 * does not hold; NO_AUTHORITY when nobody can say, in time; NO_MEMORY.  Each
 * refusal is traced with its reason.
 */
enum ssp_err ntlm_winbind_init(struct ntlm_winbind *winbind, const struct ntlm_config *config);
void ntlm_winbind_done(struct ntlm_winbind *winbind);

#endif
