/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The realm of harness/kdc.h for tests that are no C programs:
 *
 *     kdc_serve FOLDER
 *
 * The folder is there and empty.  It says "ready" once the KDC serves and its user has a ticket,
 * which may be forwarded; and ends with its input.
 */
#include <stdio.h>

#include "harness/kdc.h"

int main(int argc, char *argv[])
{
    if (argc != 2)
        return 2;
    kdc_start(argv[1]);
    if (!kdc_login(KDC_USER, "-f"))
        return 1;
    (void)puts("ready");
    (void)fflush(stdout);
    while (getchar() != EOF)
        ;
    kdc_stop();
    return 0;
}
