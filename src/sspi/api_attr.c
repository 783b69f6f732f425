/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of contexts and credentials.  Answers come in the wide form; the A functions turn the
 * text in them into UTF-8, where they know the structure. */
#include <stdalign.h>

#include "base/cleanup.h"
#include "sspi/attr.h"
#include "sspi/query.h"

/* Asks in the wide form; the handle is of the kind that the call is about. */
typedef SECURITY_STATUS ask_fn(const SecHandle *handle, ULONG attribute, void *ret);

static SECURITY_STATUS ask_ctx(const SecHandle *handle, ULONG attribute, void *ret)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = user_ctx_get(handle);

    if (ctx == NULL)
        return SEC_E_INVALID_HANDLE;
    if (ret == NULL)
        return SEC_E_INVALID_PARAMETER;
    return query_ctx(ctx, attribute, ret);
}

static SECURITY_STATUS ask_cred(const SecHandle *handle, ULONG attribute, void *ret)
{
    const struct library *lib = library_get();
    uint64_t cred = handle_to_id(HANDLE_CRED, handle);

    if (lib == NULL || cred == 0)
        return SEC_E_INVALID_HANDLE;
    if (ret == NULL)
        return SEC_E_INVALID_PARAMETER;
    return lib->port->ops->query_cred(lib->port, cred, attribute, ret);
}

static ask_fn *const asks[] = { [HANDLE_CRED] = ask_cred, [HANDLE_CTX] = ask_ctx };

static SECURITY_STATUS query_narrow(enum handle_kind kind, const SecHandle *handle, ULONG attribute,
                                    void *ret)
{
    const struct attr *attr = attr_find(kind, attribute);
    alignas(max_align_t) uint8_t wide[ATTR_WITH_TEXT_MAX] = { 0 };
    SECURITY_STATUS status = SEC_E_OK;
    enum ssp_err e = SSP_OK;

    if (!attr_has_text(attr) || ret == NULL)
        return asks[kind](handle, attribute, ret);
    status = asks[kind](handle, attribute, wide);
    if (status < 0)
        return status;
    e = attr_narrow(attr, wide, ret);
    return e == SSP_OK ? status : ssp_err_status(e);
}

/* An Ex query says how large the caller's structure is.  Of one that is not known here nobody could
 * tell whether it is large enough. */
static SECURITY_STATUS check_size(enum handle_kind kind, ULONG attribute, ULONG size)
{
    const struct attr *attr = attr_find(kind, attribute);

    if (attr == NULL)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return size < attr->size ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
}

/* ---- Contexts ---------------------------------------------------------- */

SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute,
                                                  void *pBuffer)
{
    return ask_ctx(phContext, ulAttribute, pBuffer);
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute,
                                                  void *pBuffer)
{
    return query_narrow(HANDLE_CTX, phContext, ulAttribute, pBuffer);
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(PCtxtHandle phContext, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
{
    SECURITY_STATUS status = check_size(HANDLE_CTX, ulAttribute, cbBuffer);

    return status < 0 ? status : QueryContextAttributesW(phContext, ulAttribute, pBuffer);
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(PCtxtHandle phContext, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
{
    SECURITY_STATUS status = check_size(HANDLE_CTX, ulAttribute, cbBuffer);

    return status < 0 ? status : QueryContextAttributesA(phContext, ulAttribute, pBuffer);
}

SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute,
                                                void *pBuffer, ULONG cbBuffer)
{
    ssp_cleanup(user_ctx_put) struct user_ctx *ctx = user_ctx_get(phContext);

    if (ctx == NULL)
        return SEC_E_INVALID_HANDLE;
    if (pBuffer == NULL)
        return SEC_E_INVALID_PARAMETER;
    return query_set_ctx(ctx, ulAttribute, pBuffer, cbBuffer);
}

/* No attribute that can be set has text in a narrow form. */
SECURITY_STATUS SEC_ENTRY SetContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute,
                                                void *pBuffer, ULONG cbBuffer)
{
    return SetContextAttributesW(phContext, ulAttribute, pBuffer, cbBuffer);
}

/* ---- Credentials ------------------------------------------------------- */

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                                      void *pBuffer)
{
    return ask_cred(phCredential, ulAttribute, pBuffer);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                                      void *pBuffer)
{
    return query_narrow(HANDLE_CRED, phCredential, ulAttribute, pBuffer);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(PCredHandle phCredential, ULONG ulAttribute,
                                                        void *pBuffer, ULONG cbBuffer)
{
    SECURITY_STATUS status = check_size(HANDLE_CRED, ulAttribute, cbBuffer);

    return status < 0 ? status : QueryCredentialsAttributesW(phCredential, ulAttribute, pBuffer);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(PCredHandle phCredential, ULONG ulAttribute,
                                                        void *pBuffer, ULONG cbBuffer)
{
    SECURITY_STATUS status = check_size(HANDLE_CRED, ulAttribute, cbBuffer);

    return status < 0 ? status : QueryCredentialsAttributesA(phCredential, ulAttribute, pBuffer);
}

SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
{
    const struct library *lib = library_get();
    uint64_t cred = handle_to_id(HANDLE_CRED, phCredential);

    if (lib == NULL || cred == 0)
        return SEC_E_INVALID_HANDLE;
    if (pBuffer == NULL)
        return SEC_E_INVALID_PARAMETER;
    return lib->port->ops->set_cred(lib->port, cred, ulAttribute, pBuffer, cbBuffer);
}

SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
{
    return SetCredentialsAttributesW(phCredential, ulAttribute, pBuffer, cbBuffer);
}
