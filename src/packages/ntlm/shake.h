/* SPDX-License-Identifier: Apache-2.0 */
/* The handshakes of leg.h as packages/common/shake.h wants them. */
#ifndef SSP_NTLM_SHAKE_H
#define SSP_NTLM_SHAKE_H

#include "packages/common/shake.h"
#include "packages/ntlm/leg.h"

extern const struct pkg_shake_kind ntlm_shake_kind; /* its env is a struct ntlm_env */

#endif
