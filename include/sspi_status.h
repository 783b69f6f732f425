/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What SSPI calls return: zero for done, SEC_I_* (positive) for done with
 * something to do, SEC_E_* or CRYPT_E_* (negative) for failed.
 *
 * Source: Microsoft's "COM Error Codes (Security and Setup)" and [MS-ERREF] 2.1.
 */
#ifndef OPENSSPI_SSPI_STATUS_H
#define OPENSSPI_SSPI_STATUS_H

#include "sspi_types.h"

#define SEC_E_OK ((SECURITY_STATUS)0x00000000)

/* ---- Done, and something is left to do --------------------------------- */

#define SEC_I_CONTINUE_NEEDED            ((SECURITY_STATUS)0x00090312) /* send the output, come back with the answer */
#define SEC_I_COMPLETE_NEEDED            ((SECURITY_STATUS)0x00090313) /* call CompleteAuthToken, then send */
#define SEC_I_COMPLETE_AND_CONTINUE      ((SECURITY_STATUS)0x00090314) /* both of the above */
#define SEC_I_LOCAL_LOGON                ((SECURITY_STATUS)0x00090315) /* the logon was completed locally */
#define SEC_I_GENERIC_EXTENSION_RECEIVED ((SECURITY_STATUS)0x00090316) /* a TLS extension asked for has come */
#define SEC_I_CONTEXT_EXPIRED            ((SECURITY_STATUS)0x00090317) /* the peer has closed its side */
#define SEC_I_INCOMPLETE_CREDENTIALS     ((SECURITY_STATUS)0x00090320) /* the server asks for a certificate */
#define SEC_I_RENEGOTIATE                ((SECURITY_STATUS)0x00090321) /* handshake bytes: back to the handshake call */
#define SEC_I_NO_LSA_CONTEXT             ((SECURITY_STATUS)0x00090323) /* no LSA half behind it, as with an imported one */
#define SEC_I_SIGNATURE_NEEDED           ((SECURITY_STATUS)0x0009035C) /* a signature must be made and passed in */
#define SEC_I_NO_RENEGOTIATION           ((SECURITY_STATUS)0x00090360) /* the peer declined to negotiate anew */
#define SEC_I_MESSAGE_FRAGMENT           ((SECURITY_STATUS)0x00090364) /* one fragment is out; call again */
#define SEC_I_CONTINUE_NEEDED_MESSAGE_OK ((SECURITY_STATUS)0x00090366) /* go on, and messages already work */
#define SEC_I_ASYNC_CALL_PENDING         ((SECURITY_STATUS)0x00090368) /* under way; the callback will tell */

/* ---- Failed ------------------------------------------------------------ */

#define SEC_E_INSUFFICIENT_MEMORY           ((SECURITY_STATUS)0x80090300) /* out of memory */
#define SEC_E_INVALID_HANDLE                ((SECURITY_STATUS)0x80090301) /* unknown, stale or foreign handle */
#define SEC_E_UNSUPPORTED_FUNCTION          ((SECURITY_STATUS)0x80090302) /* the package cannot do this */
#define SEC_E_TARGET_UNKNOWN                ((SECURITY_STATUS)0x80090303) /* no such target */
#define SEC_E_INTERNAL_ERROR                ((SECURITY_STATUS)0x80090304) /* failed for a reason that has no code */
#define SEC_E_SECPKG_NOT_FOUND              ((SECURITY_STATUS)0x80090305) /* no such package, or another one's */
#define SEC_E_NOT_OWNER                     ((SECURITY_STATUS)0x80090306) /* not this user's to use */
#define SEC_E_CANNOT_INSTALL                ((SECURITY_STATUS)0x80090307) /* the package did not start */
#define SEC_E_INVALID_TOKEN                 ((SECURITY_STATUS)0x80090308) /* malformed, altered or foreign bytes */
#define SEC_E_CANNOT_PACK                   ((SECURITY_STATUS)0x80090309) /* cannot be put into packed form */
#define SEC_E_QOP_NOT_SUPPORTED             ((SECURITY_STATUS)0x8009030A) /* no such quality of protection */
#define SEC_E_NO_IMPERSONATION              ((SECURITY_STATUS)0x8009030B) /* may not act as that client */
#define SEC_E_LOGON_DENIED                  ((SECURITY_STATUS)0x8009030C) /* wrong name or password, or not allowed */
#define SEC_E_UNKNOWN_CREDENTIALS           ((SECURITY_STATUS)0x8009030D) /* credentials of a form not known */
#define SEC_E_NO_CREDENTIALS                ((SECURITY_STATUS)0x8009030E) /* none to use */
#define SEC_E_MESSAGE_ALTERED               ((SECURITY_STATUS)0x8009030F) /* signature or tag does not match */
#define SEC_E_OUT_OF_SEQUENCE               ((SECURITY_STATUS)0x80090310) /* replayed, lost or reordered message */
#define SEC_E_NO_AUTHENTICATING_AUTHORITY   ((SECURITY_STATUS)0x80090311) /* no domain controller or KDC to ask */
#define SEC_E_BAD_PKGID                     ((SECURITY_STATUS)0x80090316) /* the package does not exist */
#define SEC_E_CONTEXT_EXPIRED               ((SECURITY_STATUS)0x80090317) /* over, or used up by an import elsewhere */
#define SEC_E_INCOMPLETE_MESSAGE            ((SECURITY_STATUS)0x80090318) /* more input is needed */
#define SEC_E_INCOMPLETE_CREDENTIALS        ((SECURITY_STATUS)0x80090320) /* part of the credentials is missing */
#define SEC_E_BUFFER_TOO_SMALL              ((SECURITY_STATUS)0x80090321) /* output buffer; the size needed is set */
#define SEC_E_WRONG_PRINCIPAL               ((SECURITY_STATUS)0x80090322) /* the peer is not who was asked for */
#define SEC_E_TIME_SKEW                     ((SECURITY_STATUS)0x80090324) /* the clocks differ too much */
#define SEC_E_UNTRUSTED_ROOT                ((SECURITY_STATUS)0x80090325) /* certificate chain ends at a stranger */
#define SEC_E_ILLEGAL_MESSAGE               ((SECURITY_STATUS)0x80090326) /* unexpected or badly formed message */
#define SEC_E_CERT_UNKNOWN                  ((SECURITY_STATUS)0x80090327) /* something is wrong with the certificate */
#define SEC_E_CERT_EXPIRED                  ((SECURITY_STATUS)0x80090328) /* the certificate is out of date */
#define SEC_E_ENCRYPT_FAILURE               ((SECURITY_STATUS)0x80090329) /* could not be encrypted */
#define SEC_E_DECRYPT_FAILURE               ((SECURITY_STATUS)0x80090330) /* could not be decrypted */
#define SEC_E_ALGORITHM_MISMATCH            ((SECURITY_STATUS)0x80090331) /* no algorithm in common */
#define SEC_E_SECURITY_QOS_FAILED           ((SECURITY_STATUS)0x80090332) /* the impersonation level asked for failed */
#define SEC_E_UNFINISHED_CONTEXT_DELETED    ((SECURITY_STATUS)0x80090333) /* deleted before the handshake ended */
#define SEC_E_NO_TGT_REPLY                  ((SECURITY_STATUS)0x80090334) /* ticket-granting ticket was asked for in vain */
#define SEC_E_NO_IP_ADDRESSES               ((SECURITY_STATUS)0x80090335) /* the machine has no address */
#define SEC_E_WRONG_CREDENTIAL_HANDLE       ((SECURITY_STATUS)0x80090336) /* not the credential this began with */
#define SEC_E_CRYPTO_SYSTEM_INVALID         ((SECURITY_STATUS)0x80090337) /* a provider or its configuration is broken */
#define SEC_E_MAX_REFERRALS_EXCEEDED        ((SECURITY_STATUS)0x80090338) /* sent from KDC to KDC too often */
#define SEC_E_MUST_BE_KDC                   ((SECURITY_STATUS)0x80090339) /* only a domain controller may */
#define SEC_E_STRONG_CRYPTO_NOT_SUPPORTED   ((SECURITY_STATUS)0x8009033A) /* the peer wants what is not allowed here */
#define SEC_E_TOO_MANY_PRINCIPALS           ((SECURITY_STATUS)0x8009033B) /* more names than expected */
#define SEC_E_NO_PA_DATA                    ((SECURITY_STATUS)0x8009033C) /* KDC sent no pre-authentication data */
#define SEC_E_PKINIT_NAME_MISMATCH          ((SECURITY_STATUS)0x8009033D) /* certificate names somebody else */
#define SEC_E_SMARTCARD_LOGON_REQUIRED      ((SECURITY_STATUS)0x8009033E) /* only with a smart card */
#define SEC_E_SHUTDOWN_IN_PROGRESS          ((SECURITY_STATUS)0x8009033F) /* the service is ending */
#define SEC_E_KDC_INVALID_REQUEST           ((SECURITY_STATUS)0x80090340) /* KDC refused the request */
#define SEC_E_KDC_UNABLE_TO_REFER           ((SECURITY_STATUS)0x80090341) /* KDC could not refer onwards */
#define SEC_E_KDC_UNKNOWN_ETYPE             ((SECURITY_STATUS)0x80090342) /* encryption type not supported by the KDC */
#define SEC_E_UNSUPPORTED_PREAUTH           ((SECURITY_STATUS)0x80090343) /* no pre-authentication in common */
#define SEC_E_DELEGATION_REQUIRED           ((SECURITY_STATUS)0x80090345) /* the server needs a delegated credential */
#define SEC_E_BAD_BINDINGS                  ((SECURITY_STATUS)0x80090346) /* channel bindings are not those of this channel */
#define SEC_E_MULTIPLE_ACCOUNTS             ((SECURITY_STATUS)0x80090347) /* the name fits several accounts */
#define SEC_E_NO_KERB_KEY                   ((SECURITY_STATUS)0x80090348) /* no key of that type */
#define SEC_E_CERT_WRONG_USAGE              ((SECURITY_STATUS)0x80090349) /* certificate not made for this use */
#define SEC_E_DOWNGRADE_DETECTED            ((SECURITY_STATUS)0x80090350) /* somebody forced a weaker choice */
#define SEC_E_SMARTCARD_CERT_REVOKED        ((SECURITY_STATUS)0x80090351) /* smart card certificate revoked */
#define SEC_E_ISSUING_CA_UNTRUSTED          ((SECURITY_STATUS)0x80090352) /* its issuer is not trusted */
#define SEC_E_REVOCATION_OFFLINE_C          ((SECURITY_STATUS)0x80090353) /* revocation could not be checked */
#define SEC_E_PKINIT_CLIENT_FAILURE         ((SECURITY_STATUS)0x80090354) /* smart card certificate not accepted */
#define SEC_E_SMARTCARD_CERT_EXPIRED        ((SECURITY_STATUS)0x80090355) /* smart card certificate out of date */
#define SEC_E_NO_S4U_PROT_SUPPORT           ((SECURITY_STATUS)0x80090356) /* the KDC has no service-for-user */
#define SEC_E_CROSSREALM_DELEGATION_FAILURE ((SECURITY_STATUS)0x80090357) /* delegation to another realm failed */
#define SEC_E_REVOCATION_OFFLINE_KDC        ((SECURITY_STATUS)0x80090358) /* KDC's revocation could not be checked */
#define SEC_E_ISSUING_CA_UNTRUSTED_KDC      ((SECURITY_STATUS)0x80090359) /* KDC certificate's issuer not trusted */
#define SEC_E_KDC_CERT_EXPIRED              ((SECURITY_STATUS)0x8009035A) /* KDC certificate out of date */
#define SEC_E_KDC_CERT_REVOKED              ((SECURITY_STATUS)0x8009035B) /* KDC certificate revoked */
#define SEC_E_INVALID_PARAMETER             ((SECURITY_STATUS)0x8009035D) /* the call itself is wrong */
#define SEC_E_DELEGATION_POLICY             ((SECURITY_STATUS)0x8009035E) /* policy forbids delegation to it */
#define SEC_E_POLICY_NLTM_ONLY              ((SECURITY_STATUS)0x8009035F) /* policy allows NTLM only (spelt as in Windows) */
#define SEC_E_NO_CONTEXT                    ((SECURITY_STATUS)0x80090361) /* no context to work on */
#define SEC_E_PKU2U_CERT_FAILURE            ((SECURITY_STATUS)0x80090362) /* PKU2U certificate not accepted */
#define SEC_E_MUTUAL_AUTH_FAILED            ((SECURITY_STATUS)0x80090363) /* the server did not prove who it is */
#define SEC_E_ONLY_HTTPS_ALLOWED            ((SECURITY_STATUS)0x80090365) /* policy: over HTTPS only */
#define SEC_E_APPLICATION_PROTOCOL_MISMATCH ((SECURITY_STATUS)0x80090367) /* no application protocol in common */
#define SEC_E_INVALID_UPN_NAME              ((SECURITY_STATUS)0x80090369) /* not a user principal name */
#define SEC_E_EXT_BUFFER_TOO_SMALL          ((SECURITY_STATUS)0x8009036A) /* TLS extension buffer too small */
#define SEC_E_INSUFFICIENT_BUFFERS          ((SECURITY_STATUS)0x8009036B) /* too few buffers were passed */

/* ---- Of certificates, which Windows numbers elsewhere -------------------- */

#define CRYPT_E_REVOKED             ((SECURITY_STATUS)0x80092010) /* the certificate is revoked */
#define CRYPT_E_NO_REVOCATION_CHECK ((SECURITY_STATUS)0x80092012) /* nobody says whether it is */

/* ---- Other names ------------------------------------------------------- */

#define SEC_E_NO_SPM        SEC_E_INTERNAL_ERROR
#define SEC_E_NOT_SUPPORTED SEC_E_UNSUPPORTED_FUNCTION

#endif
