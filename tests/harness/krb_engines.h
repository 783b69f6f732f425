/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends of a Kerberos session as message engines, for tests and fuzz targets of what they send
 * each other. */
#ifndef SSP_TEST_KRB_ENGINES_H
#define SSP_TEST_KRB_ENGINES_H

#include "packages/kerberos/cfx.h"

struct krb_engines {
    struct krb_session sessions[2]; /* by enum krb_side */
    struct krb_engine ends[2];
};

/* Attributes that both families have under one number, and both protections. */
void krb_engines_make(int32_t enctype, uint32_t attributes, struct krb_engines *ret);

#endif
