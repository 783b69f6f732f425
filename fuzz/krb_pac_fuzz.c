/* SPDX-License-Identifier: Apache-2.0 */
/* What a KDC says of a user: a SID that is taken is a whole one ([MS-DTYP] 2.4.2). */
#include <stdlib.h>

#include "packages/kerberos/pac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct krb_sid sid = { 0 };

    if (krb_pac_sid((struct view){ data, size }, &sid) != SSP_OK) {
        if (sid.n != 0)
            abort();
        return 0;
    }
    if (sid.n == 0) /* a user without one */
        return 0;
    if (sid.n < 8 || sid.n > KRB_SID_MAX || sid.b[0] != 1 || sid.n != 8 + 4 * (size_t)sid.b[1])
        abort();
    return 0;
}
