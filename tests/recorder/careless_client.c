/* SPDX-License-Identifier: Apache-2.0 */
/* Sends two messages through careless.c, which does so as one of these words says. */
#include "careless.h"

#include <sspi.h>
#include <string.h>

static SECURITY_STATUS send(ULONG how)
{
    unsigned char token[16];
    SecBuffer buffer = { sizeof(token), SECBUFFER_TOKEN, token };
    SecBufferDesc desc = { SECBUFFER_VERSION, 1, &buffer };
    SECURITY_STATUS status = EncryptMessage(NULL, how, &desc, 0);

    if (status == SEC_E_OK && (how == CARELESS_NUMBERS || how == CAREFUL_NUMBERS))
        status = EncryptMessage(NULL, how, &desc, 0);
    return status;
}

int main(int argc, char **argv)
{
    static const char *const words[] = {
        [CARELESS_MESSAGES] = "careless messages",
        [CAREFUL_MESSAGES] = "careful messages",
        [CARELESS_RECORDS] = "careless records",
        [CAREFUL_RECORDS] = "careful records",
        [CARELESS_CONFOUNDERS] = "careless confounders",
        [CAREFUL_CONFOUNDERS] = "careful confounders",
        [CARELESS_NUMBERS] = "careless numbers",
        [CAREFUL_NUMBERS] = "careful numbers",
    };

    for (ULONG i = 0; i < sizeof(words) / sizeof(words[0]) && argc == 2; i++)
        if (strcmp(argv[1], words[i]) == 0)
            return send(i) == SEC_E_OK ? 0 : 1;
    return 2;
}
