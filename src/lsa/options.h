/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sections [lsa] and [export] of the configuration (base/conf.h), which the
 * client library reads too: they say where its LSA is.
 *
 *   [lsa] mode       embedded: in each process; lsad: the daemon, or nothing works;
 *                    auto: the daemon if it is there, else embedded
 *   [lsa] socket     where lsad listens
 *   [lsa] runtime    folder of the seal key and the tickets (handoff/seal_key.h)
 *   [lsa] packages   folder of packages that are not linked in
 *   [export] lifetime  seconds that an exported context may be imported, 1 to 300
 */
#ifndef SSP_LSA_OPTIONS_H
#define SSP_LSA_OPTIONS_H

#include "base/conf.h"

#include <stdint.h>

enum lsa_mode { LSA_AUTO, LSA_EMBEDDED, LSA_DAEMON };

struct lsa_options { /* ssp_cleanup(lsa_options_free) */
    char *runtime;   /* "": the default place */
    char *packages;  /* "": the default folder */
    char *socket;
    int mode; /* enum lsa_mode */
    uint32_t lifetime_s;
};

/* BAD_CONFIG, NO_MEMORY; then there may be something to free all the same. */
enum ssp_err lsa_options_read(const struct conf *conf, struct lsa_options *options);
void lsa_options_free(struct lsa_options *options);

#endif
