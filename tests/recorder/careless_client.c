/* SPDX-License-Identifier: Apache-2.0 */
/* Sends two messages through careless.c, which does so as one of these words says. */
#include "careless.h"

#include <sspi.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const char *const words[] = {
        [CARELESS_MESSAGES] = "careless messages",
        [CAREFUL_MESSAGES] = "careful messages",
        [CARELESS_RECORDS] = "careless records",
        [CAREFUL_RECORDS] = "careful records",
    };

    for (ULONG i = 0; i < sizeof(words) / sizeof(words[0]) && argc == 2; i++)
        if (strcmp(argv[1], words[i]) == 0)
            return EncryptMessage(NULL, i, NULL, 0) == SEC_E_OK ? 0 : 1;
    return 2;
}
