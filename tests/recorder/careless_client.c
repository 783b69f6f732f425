/* SPDX-License-Identifier: Apache-2.0 */
/* Sends two messages through careless.c: with an argument carefully, without one as it likes. */
#include <sspi.h>

int main(int argc, char **argv)
{
    (void)argv;
    return EncryptMessage(NULL, argc > 1 ? SECQOP_WRAP_NO_ENCRYPT : 0, NULL, 0) == SEC_E_OK ? 0 : 1;
}
