/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTSTATUS -> SECURITY_STATUS, in one table.  Packages may answer with either:
 * SEC_* codes pass unchanged, positive ones only when they are SEC_I_*.  Any
 * other success code is refused (SEC_E_INTERNAL_ERROR), so that no package can
 * make an application believe in a success that SSPI does not know.
 */
#ifndef SSP_LSA_STATUS_H
#define SSP_LSA_STATUS_H

#include <ntsecpkg.h>
#include <sspi.h>

/* What the call was about: the same NTSTATUS blames a token in a handshake, else an argument. */
enum status_of { STATUS_OF_CALL, STATUS_OF_TOKEN };

SECURITY_STATUS status_from_nt(NTSTATUS status, enum status_of what);

#endif
