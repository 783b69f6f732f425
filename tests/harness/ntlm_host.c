/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/ntlm_host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fdio.h"
#include "base/handle.h"
#include "harness/harness.h"
#include "packages/ntlm/package.h"

struct ntlm_host host;

static NTSTATUS NTAPI create_session(PLUID id)
{
    *id = (LUID){ 0x1234, 0 };
    host.sessions++;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI delete_session(PLUID id)
{
    assert_int_equal(id->LowPart, 0x1234);
    host.sessions--;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI duplicate(HANDLE source, PHANDLE ret)
{
    return host.refuse_handle || handle_dup(source, ret) != SSP_OK ? STATUS_NO_MEMORY
                                                                   : STATUS_SUCCESS;
}

static NTSTATUS NTAPI create_token(PLUID id, PTOKEN_SOURCE source, SECURITY_LOGON_TYPE type,
                                   SECURITY_IMPERSONATION_LEVEL level,
                                   LSA_TOKEN_INFORMATION_TYPE what, PVOID information,
                                   PTOKEN_GROUPS groups, PUNICODE_STRING account,
                                   PUNICODE_STRING authority, PUNICODE_STRING workstation,
                                   PUNICODE_STRING profile, PHANDLE ret, PNTSTATUS sub_status)
{
    (void)id;
    (void)source;
    (void)type;
    (void)level;
    (void)what;
    (void)information;
    (void)groups;
    (void)workstation;
    (void)profile;
    (void)sub_status;
    assert_int_equal(account->Length, 8); /* "User" */
    assert_int_equal(authority->Length, 12);
    if (host.refuse_token)
        return STATUS_ACCESS_DENIED;
    *ret = handle_of_fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    return STATUS_SUCCESS;
}

static VOID NTAPI audit(NTSTATUS status, NTSTATUS sub_status, PUNICODE_STRING account,
                        PUNICODE_STRING authority, PUNICODE_STRING workstation, PSID sid,
                        SECURITY_LOGON_TYPE type, PTOKEN_SOURCE source, PLUID id)
{
    (void)sub_status;
    (void)workstation;
    (void)sid;
    (void)type;
    (void)source;
    (void)id;
    assert_int_equal(account->Length, 8); /* "User" */
    assert_int_equal(authority->Length, 12);
    host.audits++;
    host.audited = status;
}

static LSA_SECPKG_FUNCTION_TABLE functions = {
    .CreateLogonSession = create_session,
    .DeleteLogonSession = delete_session,
    .AllocateLsaHeap = host_alloc,
    .FreeLsaHeap = host_release,
    .DuplicateHandle = duplicate,
    .CreateToken = create_token,
    .AuditLogon = audit,
};

static SECPKG_DLL_FUNCTIONS dll_functions = { .AllocateHeap = host_alloc,
                                              .FreeHeap = host_release };

static void configure(const char *section)
{
    char text[8300];
    char accounts[4096];

    (void)snprintf(accounts, sizeof(accounts), "%s", scratch("sam"));
    assert_int_equal(
        file_replace(accounts, 0600, view_text("User:Domain:a4f49c406510bdcab6824ee7c30fd852\n")),
        SSP_OK);
    (void)snprintf(text, sizeof(text), "[ntlm]\naccounts = %s\n%s\n", accounts, section);
    assert_int_equal(file_replace(scratch("conf"), 0600, view_text(text)), SSP_OK);
    assert_int_equal(setenv("OPENSSPI_CONFIG", scratch("conf"), 1), 0);
}

NTSTATUS host_start(const char *section)
{
    ULONG version = 0;
    ULONG n = 0;

    configure(section);
    host.sessions = 0;
    host.audits = 0;
    host.refuse_token = false;
    host.refuse_handle = false;
    assert_int_equal(ntlm_SpLsaModeInitialize(SECPKG_INTERFACE_VERSION, &version, &host.lsa, &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 1);
    assert_int_equal(ntlm_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, &version, &host.user, &n),
                     STATUS_SUCCESS);
    assert_int_equal(ntlm_SpLsaExportInitialize(OPENSSPI_LSA_EXPORT_VERSION, &host.export, &n),
                     STATUS_SUCCESS);
    assert_int_equal(host.user->InstanceInit(SECPKG_INTERFACE_VERSION, &dll_functions, NULL),
                     STATUS_SUCCESS);
    return host.lsa->Initialize(1, NULL, &functions);
}

/* ---- Both sides of a session ------------------------------------------- */

void host_acquire(struct session *s)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        .User = (unsigned char *)(uintptr_t) "User",
        .UserLength = 4,
        .Domain = (unsigned char *)(uintptr_t) "Domain",
        .DomainLength = 6,
        .Password = (unsigned char *)(uintptr_t) "Password",
        .PasswordLength = 8,
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };

    *s = (struct session){ 0 };
    assert_int_equal(host.lsa->AcquireCredentialsHandle(NULL, SECPKG_CRED_OUTBOUND, NULL, &identity,
                                                        NULL, NULL, &s->client.cred, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(host.lsa->AcquireCredentialsHandle(NULL, SECPKG_CRED_INBOUND, NULL, NULL, NULL,
                                                        NULL, &s->server.cred, NULL),
                     STATUS_SUCCESS);
}

void host_empty(struct side *side, ULONG room)
{
    side->buffer = (SecBuffer){ room, SECBUFFER_TOKEN, side->token };
    side->desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, &side->buffer };
}

NTSTATUS host_client_leg(struct session *s, ULONG room)
{
    struct side *c = &s->client;
    bool first = c->context == 0;
    TimeStamp expiry;

    host_empty(c, room);
    return host.lsa->InitLsaModeContext(first ? c->cred : 0, c->context, NULL,
                                        ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY, 0,
                                        first ? NULL : &s->server.desc, &c->context, &c->desc,
                                        &c->attributes, &expiry, &c->mapped, &c->data);
}

NTSTATUS host_server_leg(struct session *s, ULONG room)
{
    struct side *v = &s->server;
    TimeStamp expiry;

    host_empty(v, room);
    return host.lsa->AcceptLsaModeContext(v->context == 0 ? v->cred : 0, v->context,
                                          &s->client.desc, 0, 0, &v->context, &v->desc,
                                          &v->attributes, &expiry, &v->mapped, &v->data);
}

/* Up to the given number of legs of four. */
void host_negotiate(struct session *s, int legs)
{
    host_acquire(s);
    assert_int_equal(host_client_leg(s, ROOM), SEC_I_CONTINUE_NEEDED);
    if (legs > 1)
        assert_int_equal(host_server_leg(s, ROOM), SEC_I_CONTINUE_NEEDED);
    if (legs > 2)
        assert_int_equal(host_client_leg(s, ROOM), SEC_E_OK);
    if (legs > 3)
        assert_int_equal(host_server_leg(s, ROOM), SEC_E_OK);
}

void host_map(struct side *side)
{
    assert_true(side->mapped);
    assert_int_equal(host.user->InitUserModeContext(side->context, &side->data), STATUS_SUCCESS);
    host_release(side->data.pvBuffer);
}

void host_establish(struct session *s)
{
    host_negotiate(s, 4);
    host_map(&s->client);
    host_map(&s->server);
}

void host_end(struct session *s)
{
    const struct side *sides[] = { &s->client, &s->server };

    for (size_t i = 0; i < 2; i++) {
        (void)host.user->DeleteUserModeContext(sides[i]->context);
        (void)host.lsa->DeleteContext(sides[i]->context);
        assert_int_equal(host.lsa->FreeCredentialsHandle(sides[i]->cred), STATUS_SUCCESS);
    }
    assert_int_equal(host.lsa->Shutdown(), STATUS_SUCCESS);
}

/* One sealed message. */
NTSTATUS host_talk(LSA_SEC_HANDLE from, LSA_SEC_HANDLE to)
{
    uint8_t signature[16];
    uint8_t text[] = "over and over";
    SecBuffer buffers[] = { { sizeof(signature), SECBUFFER_TOKEN, signature },
                            { sizeof(text), SECBUFFER_DATA, text } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    NTSTATUS status = host.user->SealMessage(from, 0, &desc, 0);
    ULONG qop = 7;

    if (!NT_SUCCESS(status))
        return status;
    assert_memory_not_equal(text, "over and over", 13);
    status = host.user->UnsealMessage(to, &desc, 0, &qop);
    if (NT_SUCCESS(status))
        assert_string_equal((char *)text, "over and over");
    return status;
}
