/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entry points of a user half that are alike in all packages which keep their
 * contexts in a struct pkg_ctxs.  Tables of functions have no place for a
 * package's own pointer, so each package has these anew, around its own struct
 * pkg_user: for its user.c, and no other file.
 */
#ifndef SSP_PACKAGES_USER_ENTRIES_H
#define SSP_PACKAGES_USER_ENTRIES_H

#include "packages/common/none.h"
#include "packages/common/user.h"

static struct pkg_user user; /* the file that includes this says of what kind */

static inline NTSTATUS NTAPI SpInstanceInit(ULONG version, PSECPKG_DLL_FUNCTIONS functions,
                                            PVOID *user_functions)
{
    (void)user_functions; /* not used on Windows either */
    return ssp_err_status(pkg_ctxs_init(user.kind->contexts, version, functions, &user.ctxs));
}

/* The packed bytes stay the caller's, as in ImportContext. */
static inline NTSTATUS NTAPI SpInitUserModeContext(LSA_SEC_HANDLE handle, PSecBuffer packed)
{
    return ssp_err_status(pkg_ctx_start(&user.ctxs, handle, packed));
}

static inline NTSTATUS NTAPI SpMakeSignature(LSA_SEC_HANDLE handle, ULONG qop,
                                             PSecBufferDesc buffers, ULONG seq)
{
    struct pkg_message message = { .buffers = buffers, .seq = seq, .qop = qop };

    return pkg_user_protect(&user, user.kind->sign, handle, &message);
}

static inline NTSTATUS NTAPI SpVerifySignature(LSA_SEC_HANDLE handle, PSecBufferDesc buffers,
                                               ULONG seq, PULONG ret_qop)
{
    struct pkg_message message = { .buffers = buffers, .seq = seq };

    return pkg_user_unprotect(&user, user.kind->verify, handle, &message, ret_qop);
}

static inline NTSTATUS NTAPI SpSealMessage(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc buffers,
                                           ULONG seq)
{
    struct pkg_message message = { .buffers = buffers, .seq = seq, .qop = qop };

    return pkg_user_protect(&user, user.kind->seal, handle, &message);
}

static inline NTSTATUS NTAPI SpUnsealMessage(LSA_SEC_HANDLE handle, PSecBufferDesc buffers,
                                             ULONG seq, PULONG ret_qop)
{
    struct pkg_message message = { .buffers = buffers, .seq = seq };

    return pkg_user_unprotect(&user, user.kind->unseal, handle, &message, ret_qop);
}

static inline NTSTATUS NTAPI SpGetContextToken(LSA_SEC_HANDLE handle, PHANDLE ret)
{
    return ssp_err_status(pkg_ctx_token(&user.ctxs, handle, ret));
}

static inline NTSTATUS NTAPI SpQueryContextAttributes(LSA_SEC_HANDLE handle, ULONG attribute,
                                                      PVOID ret)
{
    return pkg_user_query(&user, handle, attribute, ret);
}

static inline NTSTATUS NTAPI SpExportSecurityContext(LSA_SEC_HANDLE handle, ULONG flags,
                                                     PSecBuffer ret_packed, PHANDLE ret_token)
{
    return pkg_user_export(&user, handle, flags, ret_packed, ret_token);
}

static inline NTSTATUS NTAPI SpImportSecurityContext(PSecBuffer packed, HANDLE token,
                                                     PLSA_SEC_HANDLE ret)
{
    return ssp_err_status(pkg_ctx_import(&user.ctxs, packed, token, ret));
}

static inline NTSTATUS NTAPI SpDeleteUserModeContext(LSA_SEC_HANDLE handle)
{
    return pkg_ctx_delete_status(&user.ctxs, handle);
}

/* What every such package has in its table; how it protects messages is for its file. */
/* clang-format off */
#define PKG_USER_ENTRIES                                             \
    .InstanceInit = SpInstanceInit,                                  \
    .InitUserModeContext = SpInitUserModeContext,                    \
    .SealMessage = SpSealMessage,                                    \
    .GetContextToken = SpGetContextToken,                            \
    .QueryContextAttributes = SpQueryContextAttributes,              \
    .CompleteAuthToken = pkg_no_complete_auth_token,                 \
    .DeleteUserModeContext = SpDeleteUserModeContext,                \
    .FormatCredentials = pkg_no_format_credentials,                  \
    .MarshallSupplementalCreds = pkg_no_marshall_supplemental_creds, \
    .ExportContext = SpExportSecurityContext,                        \
    .ImportContext = SpImportSecurityContext,                        \
    .MarshalAttributeData = pkg_no_marshal_attribute_data
/* clang-format on */

#endif
