/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/fake_half.h"

#include <stdlib.h>
#include <string.h>

#include "base/handle.h"
#include "base/heap.h"
#include "base/utf16.h"
#include "harness/fake_lsa.h"

enum { CONTEXTS_MAX = 256, IMPORTED = 1 << 16 };

static char16_t *heap_text(const char16_t *text)
{
    size_t n = (str16_len(text) + 1) * sizeof(*text);
    char16_t *copy = heap_alloc(n);

    return copy == NULL ? NULL : memcpy(copy, text, n);
}

static NTSTATUS answer_lifespan(void *ret)
{
    SecPkgContext_Lifespan lifespan = { .tsExpiry.QuadPart = 77 };

    memcpy(ret, &lifespan, sizeof(lifespan));
    return STATUS_SUCCESS;
}

static NTSTATUS answer_names(void *ret)
{
    SecPkgContext_NamesW names = { heap_text(u"n\u00e4me") };

    if (names.sUserName == NULL)
        return STATUS_NO_MEMORY;
    memcpy(ret, &names, sizeof(names));
    return STATUS_SUCCESS;
}

static NTSTATUS answer_native_names(void *ret)
{
    SecPkgContext_NativeNamesW names = { heap_text(u"client"), heap_text(u"server") };

    if (names.sClientName == NULL || names.sServerName == NULL) {
        (void)(heap_free(names.sClientName) == SSP_OK);
        (void)(heap_free(names.sServerName) == SSP_OK);
        return STATUS_NO_MEMORY;
    }
    memcpy(ret, &names, sizeof(names));
    return STATUS_SUCCESS;
}

static NTSTATUS answer_package(void *ret)
{
    SecPkgContext_PackageInfoW info = { heap_alloc(sizeof(SecPkgInfoW) + sizeof(u"fake")) };

    if (info.PackageInfo == NULL)
        return STATUS_NO_MEMORY;
    info.PackageInfo->Name = memcpy(info.PackageInfo + 1, u"fake", sizeof(u"fake"));
    info.PackageInfo->fCapabilities = 5;
    memcpy(ret, &info, sizeof(info));
    return STATUS_SUCCESS;
}

NTSTATUS fake_answer(ULONG attribute, void *ret)
{
    static const struct {
        ULONG attribute;
        NTSTATUS (*answer)(void *ret);
    } answers[] = {
        { SECPKG_ATTR_LIFESPAN, answer_lifespan },
        { SECPKG_ATTR_NAMES, answer_names },
        { SECPKG_ATTR_NATIVE_NAMES, answer_native_names },
        { SECPKG_ATTR_PACKAGE_INFO, answer_package },
    };

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (answers[i].attribute == attribute)
            return answers[i].answer(ret);
    return STATUS_NOT_SUPPORTED;
}

/* A user context is a number: LSA handles count from 1, imported ones from IMPORTED. */
struct user {
    atomic_bool is_alive;
    atomic_bool is_busy[2]; /* sending, receiving */
};
static struct user users[2 * CONTEXTS_MAX];
static atomic_int next_import;

static struct user *user_of(LSA_SEC_HANDLE handle)
{
    size_t i = handle >= IMPORTED ? CONTEXTS_MAX + (handle - IMPORTED) % CONTEXTS_MAX
                                  : handle % CONTEXTS_MAX;

    atomic_fetch_add(&seen.package_calls, 1);
    return &users[i];
}

static struct user *living(LSA_SEC_HANDLE handle)
{
    struct user *user = user_of(handle);

    if (!user->is_alive)
        abort();
    return user;
}

static NTSTATUS instance_init(ULONG version, PSECPKG_DLL_FUNCTIONS functions, PVOID *unused)
{
    void *block = functions->AllocateHeap(8);

    (void)unused;
    if (version != SECPKG_INTERFACE_VERSION || block == NULL)
        abort();
    functions->FreeHeap(block);
    if (functions->RegisterCallback(1, NULL) >= 0 || functions->LocatePackageById(99) != NULL ||
        functions->LocatePackageById(FAKE_PACKAGE) != NULL) /* itself, not yet started */
        abort();
    atomic_fetch_add(&seen.instance_inits, 1);
    return fake.instance_init;
}

static NTSTATUS init_user(LSA_SEC_HANDLE handle, PSecBuffer packed)
{
    if (packed->cbBuffer != 6 || memcmp(packed->pvBuffer, "packed", 6) != 0)
        abort();
    if (fake.init_user < 0)
        return fake.init_user;
    if (atomic_exchange(&user_of(handle)->is_alive, true))
        abort();
    atomic_fetch_add(&seen.user_contexts, 1);
    return fake.init_user;
}

static NTSTATUS delete_user(LSA_SEC_HANDLE handle)
{
    struct user *user = living(handle);

    if (user->is_busy[0] || user->is_busy[1])
        abort();
    user->is_alive = false;
    atomic_fetch_sub(&seen.user_contexts, 1);
    return fake.delete_user;
}

static NTSTATUS message_call(LSA_SEC_HANDLE handle, size_t direction)
{
    struct user *user = living(handle);

    if (atomic_exchange(&user->is_busy[direction], true))
        abort();
    atomic_fetch_add(&seen.messages, 1);
    user->is_busy[direction] = false;
    return fake.message;
}

static NTSTATUS send_call(LSA_SEC_HANDLE handle, ULONG qop, PSecBufferDesc message, ULONG seq)
{
    (void)qop;
    (void)message;
    (void)seq;
    return message_call(handle, 0);
}

static NTSTATUS receive_call(LSA_SEC_HANDLE handle, PSecBufferDesc message, ULONG seq, PULONG qop)
{
    (void)message;
    (void)seq;
    *qop = 7;
    return message_call(handle, 1);
}

static NTSTATUS context_token(LSA_SEC_HANDLE handle, PHANDLE ret)
{
    (void)living(handle);
    if (fake.token == NULL)
        return SEC_E_NO_IMPERSONATION;
    *ret = fake.token;
    return STATUS_SUCCESS;
}

static NTSTATUS query_user(LSA_SEC_HANDLE handle, ULONG attribute, PVOID ret)
{
    (void)living(handle);
    atomic_fetch_add(&seen.user_queries, 1);
    return fake.query != 0 ? fake.query : fake_answer(attribute, ret);
}

static NTSTATUS complete(LSA_SEC_HANDLE handle, PSecBufferDesc token)
{
    (void)token;
    return message_call(handle, 0);
}

/* Neither direction may be busy with anything else. */
static NTSTATUS speech(LSA_SEC_HANDLE handle)
{
    struct user *user = living(handle);

    if (atomic_exchange(&user->is_busy[0], true) || atomic_exchange(&user->is_busy[1], true))
        abort();
    atomic_fetch_add(&seen.speeches, 1);
    user->is_busy[0] = false;
    user->is_busy[1] = false;
    return fake.speech;
}

static NTSTATUS apply_control(LSA_SEC_HANDLE handle, PSecBufferDesc input)
{
    if (input == NULL)
        abort();
    return speech(handle);
}

static NTSTATUS go_on(LSA_SEC_HANDLE handle, ULONG requirements, PSecBufferDesc input,
                      PSecBufferDesc output, PULONG attributes, PTimeStamp expiry)
{
    (void)input;
    (void)output;
    seen.speech_requirements = requirements;
    *attributes = 0x77;
    expiry->QuadPart = 78;
    return speech(handle);
}

static NTSTATUS set_here(LSA_SEC_HANDLE handle, ULONG attribute, PVOID value, ULONG size)
{
    if (value == NULL || size == 0)
        abort();
    return attribute == FAKE_ATTR_HERE ? speech(handle) : SEC_E_UNSUPPORTED_FUNCTION;
}

static NTSTATUS export_user(LSA_SEC_HANDLE handle, ULONG flags, PSecBuffer packed, PHANDLE token)
{
    (void)living(handle);
    seen.export_flags = flags;
    if (fake.export != 0)
        return fake.export;
    packed->pvBuffer = heap_alloc(6);
    if (packed->pvBuffer == NULL)
        return STATUS_NO_MEMORY;
    if (token != NULL && fake.token != NULL && handle_dup(fake.token, token) != SSP_OK) {
        (void)(heap_free(packed->pvBuffer) == SSP_OK);
        packed->pvBuffer = NULL;
        return STATUS_NO_MEMORY;
    }
    memcpy(packed->pvBuffer, "packed", 6);
    packed->cbBuffer = 6;
    packed->BufferType = SECBUFFER_TOKEN;
    return STATUS_SUCCESS;
}

static NTSTATUS import_user(PSecBuffer packed, HANDLE token, PLSA_SEC_HANDLE ret)
{
    LSA_SEC_HANDLE handle = IMPORTED + (LSA_SEC_HANDLE)atomic_fetch_add(&next_import, 1);

    if (packed->cbBuffer != 6 || memcmp(packed->pvBuffer, "packed", 6) != 0 || token != fake.token)
        abort();
    if (fake.import != 0)
        return fake.import;
    user_of(handle)->is_alive = true;
    atomic_fetch_add(&seen.user_contexts, 1);
    *ret = handle;
    return STATUS_SUCCESS;
}

SECPKG_USER_FUNCTION_TABLE fake_user_table = {
    .InstanceInit = instance_init,
    .InitUserModeContext = init_user,
    .MakeSignature = send_call,
    .VerifySignature = receive_call,
    .SealMessage = send_call,
    .UnsealMessage = receive_call,
    .GetContextToken = context_token,
    .QueryContextAttributes = query_user,
    .CompleteAuthToken = complete,
    .DeleteUserModeContext = delete_user,
    .ExportContext = export_user,
    .ImportContext = import_user,
};

const OPENSSPI_USER_EXTENSION_TABLE fake_extension = {
    .Version = OPENSSPI_USER_EXTENSION_VERSION,
    .ApplyControlToken = apply_control,
    .ContinueContext = go_on,
    .SetContextAttributes = set_here,
};
