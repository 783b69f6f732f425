/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mechanisms that can be negotiated, and the packages behind them.
 *
 * Kerberos has two object identifiers: that of RFC 4121, and one that came out of
 * Windows 2000 with a bit cut off (RFC 4178 appendix C, [MS-SPNG] 3.2.5).  Both are
 * offered and taken, and mean the same.
 */
#ifndef SSP_NEGOTIATE_MECH_H
#define SSP_NEGOTIATE_MECH_H

#include <sspi_types.h>

#include "base/rd.h"
#include "base/utf16.h"

enum nego_package { NEGO_KERBEROS, NEGO_NTLM, NEGO_PACKAGES };

enum nego_mech { NEGO_MECH_KERBEROS, NEGO_MECH_MS_KERBEROS, NEGO_MECH_NTLM, NEGO_MECHS };

/* Which packages may be negotiated, the favourite first; each stands there once at most. */
struct nego_choice {
    enum nego_package package[NEGO_PACKAGES];
    size_t n;
};

const SEC_WCHAR *nego_package_name(enum nego_package package); /* as the LSA knows it */
struct view nego_mech_oid(enum nego_mech mech);                /* contents of the DER */
enum nego_package nego_mech_package(enum nego_mech mech);

/* NEGO_MECHS for one that is not known here. */
enum nego_mech nego_mech_find(struct view oid);

bool nego_choice_has(const struct nego_choice *choice, enum nego_package package);

/* What a list of names leaves, separated by commas: "kerberos, ntlm".  The order is the list's.
 * BAD_ARGUMENT for a name that is not known or stands there twice, or for none at all. */
enum ssp_err nego_choice_parse(const char *list, struct nego_choice *ret);

/* What PackageList of a SEC_WINNT_AUTH_IDENTITY_EX leaves of a choice, in its order: "ntlm" nothing
 * but that, "!ntlm" anything but that; an empty one leaves all.  Names that are not known here are
 * of packages that are not here. */
void nego_choice_restrict(struct nego_choice *choice, const struct str16 *package_list);

#endif
