/* SPDX-License-Identifier: Apache-2.0 */
/* A host for the NTLM package, as small as can be: calls both of its tables, offers the LSA's
 * functions, and takes a client and a server through a handshake. */
#ifndef SSP_TEST_NTLM_HOST_H
#define SSP_TEST_NTLM_HOST_H

#include <ntsecpkg.h>
#include <opensspi.h>

#include "base/err.h"
#include "harness/host_heap.h"

#include <stdbool.h>

struct ntlm_host {
    int sessions; /* made and not deleted */
    int audits;
    NTSTATUS audited; /* the status of the last one */
    bool refuse_token;
    bool refuse_handle;
    PSECPKG_FUNCTION_TABLE lsa;
    PSECPKG_USER_FUNCTION_TABLE user;
    const OPENSSPI_LSA_EXPORT_TABLE *export;
};

extern struct ntlm_host host;

enum { ROOM = 4096 };

struct side {
    LSA_SEC_HANDLE cred;
    LSA_SEC_HANDLE context;
    uint8_t token[ROOM];
    SecBuffer buffer;
    SecBufferDesc desc;
    ULONG attributes;
    BOOLEAN mapped;
    SecBuffer data;
};

struct session {
    struct side client;
    struct side server;
};

/* Both tables and Initialize, with that [ntlm] section and the account Domain\User, "Password";
 * what Initialize says. */
NTSTATUS host_start(const char *section);

void host_acquire(struct session *s);           /* a credential for each side */
void host_empty(struct side *side, ULONG room); /* an output buffer of that size */
NTSTATUS host_client_leg(struct session *s, ULONG room);
NTSTATUS host_server_leg(struct session *s, ULONG room);
void host_negotiate(struct session *s, int legs); /* that many of four */
void host_map(struct side *side);                 /* its user half starts */
void host_establish(struct session *s);           /* all of it */
void host_end(struct session *s);                 /* and Shutdown */

/* One sealed message, which has to arrive whole. */
NTSTATUS host_talk(LSA_SEC_HANDLE from, LSA_SEC_HANDLE to);

#endif
