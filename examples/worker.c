/* SPDX-License-Identifier: Apache-2.0 */
/* A worker takes over sessions that its front server has authenticated (front.c), and greets. */
#include <opensspi.h>
#include <stdio.h>
#include <string.h>

#include "greet.h"

enum { FRONT = 3 }; /* the descriptor that the front server left us */

static void greet(OPENSSPI_PARCEL *parcel)
{
    OPENSSPI_TOKEN_INFO user;
    CtxtHandle session;
    char greeting[600];

    if (ImportSecurityContextA(parcel->package, &parcel->context, parcel->token, &session) !=
        SEC_E_OK)
        return;
    if (opensspi_token_query(parcel->token, &user) == SEC_E_OK) {
        snprintf(greeting, sizeof(greeting), "welcome, %s\\%s", user.domain, user.user);
        send_sealed(parcel->connection, &session, greeting);
    }
    DeleteSecurityContext(&session);
}

int main(void)
{
    OPENSSPI_PARCEL parcel;

    while (opensspi_receive_context(FRONT, &parcel) == SEC_E_OK) {
        greet(&parcel);
        opensspi_free_parcel(&parcel);
    }
    return 0;
}
