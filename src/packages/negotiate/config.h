/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The [negotiate] section of opensspi.conf.
 *
 *   packages  kerberos, ntlm   what is offered and taken, the favourite first
 *
 * A package that its own section rules out ([ntlm] allow = no) has no credentials, and so is not
 * negotiated either.
 */
#ifndef SSP_NEGOTIATE_CONFIG_H
#define SSP_NEGOTIATE_CONFIG_H

#include "base/conf.h"
#include "packages/negotiate/mech.h"

struct nego_config {
    struct nego_choice packages;
};

/* BAD_CONFIG (traced with file and line), NO_MEMORY. */
enum ssp_err nego_config_read(const struct conf *conf, struct nego_config *ret);

#endif
