/* SPDX-License-Identifier: Apache-2.0 */
/* Our side of a Kerberos session: the package's own table, over what a handshake agreed on.  What
 * lies between an application and a package is measured with NTLM. */
#ifndef SSP_BENCH_KRB_OURS_H
#define SSP_BENCH_KRB_OURS_H

#include <ntsecpkg.h>

#include "packages/kerberos/session.h"

#include "bare.h"

enum { KRB_TOKEN_ROOM = 128 };

struct krb_packet {
    uint8_t token[KRB_TOKEN_ROOM];
    ULONG token_n;
    uint8_t data[DATA_MAX];
};

struct krb_ours {
    PSECPKG_USER_FUNCTION_TABLE user;
    LSA_SEC_HANDLE client;
    LSA_SEC_HANDLE server;
    size_t size; /* of a message */
    size_t packed_n;
    size_t names_n; /* bytes of it that are names */
    uint8_t data[DATA_MAX];
    struct krb_packet packets[BATCH_MAX];
};

void krb_ours_start(const struct krb_agreed agreed[2], struct krb_ours *ret);
void krb_ours_end(struct krb_ours *ours);

run_fn krb_ours_seal; /* by the client */
run_fn krb_ours_open_prepare;
run_fn krb_ours_open; /* by the server */
run_fn krb_ours_sign;
run_fn krb_ours_move; /* ExportContext and ImportContext, of the client */

#endif
