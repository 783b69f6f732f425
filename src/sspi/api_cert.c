/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of applications, for TLS credentials. */
#include <opensspi.h>

#include "base/cert.h"
#include "base/cleanup.h"
#include "crypto/cert_file.h"

SECURITY_STATUS opensspi_certificate_open(const char *certificate, const char *key,
                                          const char *password, PCCERT_CONTEXT *ret)
{
    const struct cert_file file = {
        .certificate = certificate,
        .key = key,
        .password = password,
        .needs_key = key != NULL,
    };
    struct cert *cert = NULL;

    if (certificate == NULL || ret == NULL)
        return SEC_E_INVALID_PARAMETER;
    enum ssp_err e = cert_file_read(&file, &cert);
    if (e != SSP_OK)
        return ssp_err_status(e);
    *ret = &cert->context;
    return SEC_E_OK;
}

PCCERT_CONTEXT WINAPI CertDuplicateCertificateContext(PCCERT_CONTEXT pCertContext)
{
    struct cert *cert = cert_of_context(pCertContext);

    if (cert != NULL)
        (void)cert_ref(cert);
    return pCertContext;
}

BOOL WINAPI CertFreeCertificateContext(PCCERT_CONTEXT pCertContext)
{
    cert_unref(cert_of_context(pCertContext));
    return TRUE;
}
