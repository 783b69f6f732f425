/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lsad is told on its command line and in [lsad] of the configuration:
 *
 *   connections, processes, credentials, contexts, tickets
 *                what the processes of one user may have at once, together
 *   bytes        of all of that, and of what comes with it
 *   calls        of one user that are answered at the same time
 *   threads      that answer calls, of all users; read at the start only
 *   drain        seconds that calls may take to be done when lsad is told to end
 */
#ifndef SSP_LSAD_OPTIONS_H
#define SSP_LSAD_OPTIONS_H

#include "base/conf.h"
#include "rpc/account.h"

struct lsad_options {
    uint32_t connections;
    uint32_t processes;
    uint32_t credentials;
    uint32_t contexts;
    uint32_t tickets;
    uint32_t bytes;
    uint32_t calls;
    uint32_t threads;
    uint32_t drain;
};

struct lsad_command {
    const char *config; /* NULL: no file beside those that every program reads */
    const char *socket; /* NULL: as configured */
    bool foreground;    /* log lines go to standard error */
};

/* BAD_CONFIG, NO_MEMORY. */
enum ssp_err lsad_options_read(const struct conf *conf, struct lsad_options *ret);
void lsad_options_limits(const struct lsad_options *options, uint32_t ret_max[CHARGES]);

#endif
