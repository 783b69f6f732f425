/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SEC_WINNT_AUTH_IDENTITY in all its forms (A, W, _EXA, _EXW, _EX2), decoded to
 * one.  A first ULONG of 0x200 or 0x201 is a version, anything else the low half
 * of a pointer: so Windows tells them apart (sspi.h).
 */
#ifndef SSP_BASE_IDENTITY_H
#define SSP_BASE_IDENTITY_H

#include "base/utf16.h"

struct identity { /* owns its strings; ssp_cleanup(identity_wipe) */
    struct str16 user;
    struct str16 domain;
    struct str16 password;
    struct str16 package_list; /* "!ntlm", "kerberos,ntlm"… */
    bool has_user;             /* a NULL pointer is another thing than an empty name */
    bool has_domain;
    bool has_password;
    uint32_t flags; /* SEC_WINNT_AUTH_IDENTITY_*, without those that tell the forms apart */
};

/* auth_data is what AcquireCredentialsHandle got.  UNKNOWN_CREDS for an unknown form, lengths that
 * do not fit the block or LIMIT_NAME, text that is ill-formed, packed credentials that are no
 * password, an encrypted identity, or neither or both of ANSI and UNICODE (in an EX2, which has
 * UTF-16 only: ANSI); NO_MEMORY. */
enum ssp_err identity_decode(const void *auth_data, struct identity *ret);

/* One flat, self-contained SEC_WINNT_AUTH_IDENTITY_EX2 block, offsets and all. */
enum ssp_err identity_flatten(const struct identity *identity, struct wr *out);

void identity_wipe(struct identity *identity);

#endif
