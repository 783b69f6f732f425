/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSPI and the names of its packages: what most Windows sources include.
 *
 * A names are UTF-8, W names UTF-16 (u"" literals: C11 or C++11).
 *
 * Source: Microsoft's API reference of security.h.
 */
#ifndef OPENSSPI_SECURITY_H
#define OPENSSPI_SECURITY_H

#include "sspi.h"

/* ---- Names of packages ------------------------------------------------- */

#define NTLMSP_NAME_A "NTLM"
#define NTLMSP_NAME_W u"NTLM"
#define NTLMSP_NAME   NTLMSP_NAME_W /* wide on Windows too, whatever UNICODE says */

#define MICROSOFT_KERBEROS_NAME_A "Kerberos"
#define MICROSOFT_KERBEROS_NAME_W u"Kerberos"
#define MICROSOFT_KERBEROS_NAME   MICROSOFT_KERBEROS_NAME_W

#define NEGOSSP_NAME_A "Negotiate"
#define NEGOSSP_NAME_W u"Negotiate"

/* Schannel, by the name that applications use; also in schannel.h */
#define UNISP_NAME_A "Microsoft Unified Security Protocol Provider"
#define UNISP_NAME_W u"Microsoft Unified Security Protocol Provider"

#endif
