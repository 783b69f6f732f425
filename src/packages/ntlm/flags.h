/* SPDX-License-Identifier: Apache-2.0 */
/* What two NTLM peers negotiate: [MS-NLMP] 2.2.2.5, by the names given there. */
#ifndef SSP_NTLM_FLAGS_H
#define SSP_NTLM_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

#define NTLMSSP_NEGOTIATE_UNICODE UINT32_C(0x00000001)
#define NTLM_NEGOTIATE_OEM UINT32_C(0x00000002)
#define NTLMSSP_REQUEST_TARGET UINT32_C(0x00000004)
#define NTLMSSP_NEGOTIATE_SIGN UINT32_C(0x00000010)
#define NTLMSSP_NEGOTIATE_SEAL UINT32_C(0x00000020)
#define NTLMSSP_NEGOTIATE_DATAGRAM UINT32_C(0x00000040)
#define NTLMSSP_NEGOTIATE_LM_KEY UINT32_C(0x00000080)
#define NTLMSSP_NEGOTIATE_NTLM UINT32_C(0x00000200)
#define NTLMSSP_ANONYMOUS UINT32_C(0x00000800) /* bit J; the document gives it no name */
#define NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED UINT32_C(0x00001000)
#define NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED UINT32_C(0x00002000)
#define NTLMSSP_NEGOTIATE_ALWAYS_SIGN UINT32_C(0x00008000)
#define NTLMSSP_TARGET_TYPE_DOMAIN UINT32_C(0x00010000)
#define NTLMSSP_TARGET_TYPE_SERVER UINT32_C(0x00020000)
#define NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY UINT32_C(0x00080000)
#define NTLMSSP_NEGOTIATE_IDENTIFY UINT32_C(0x00100000)
#define NTLMSSP_REQUEST_NON_NT_SESSION_KEY UINT32_C(0x00400000)
#define NTLMSSP_NEGOTIATE_TARGET_INFO UINT32_C(0x00800000)
#define NTLMSSP_NEGOTIATE_VERSION UINT32_C(0x02000000)
#define NTLMSSP_NEGOTIATE_128 UINT32_C(0x20000000)
#define NTLMSSP_NEGOTIATE_KEY_EXCH UINT32_C(0x40000000)
#define NTLMSSP_NEGOTIATE_56 UINT32_C(0x80000000)

/* Every bit that has a meaning. */
#define NTLM_KNOWN_FLAGS UINT32_C(0xe2dbbaf7)

static inline bool ntlm_is_ess(uint32_t flags)
{
    return (flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) != 0;
}

/* Signing or sealing was agreed: messages get more than the constant signature. */
static inline bool ntlm_is_protected(uint32_t flags)
{
    return (flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL)) != 0;
}

/* The client chooses the session key, and sends it encrypted ([MS-NLMP] 3.1.5.1.2). */
static inline bool ntlm_exchanges_key(uint32_t flags)
{
    return (flags & NTLMSSP_NEGOTIATE_KEY_EXCH) != 0 && ntlm_is_protected(flags);
}

#endif
