/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/options.h"

#define NUMBER(member, fallback, max)                                                           \
    {                                                                                           \
#member, CONF_NUMBER, offsetof(struct lsad_options, member), NULL, (fallback), 1, (max) \
    }

static const struct conf_key keys[] = {
    NUMBER(connections, "1024", 65536),
    NUMBER(processes, "512", 65536),
    NUMBER(credentials, "4096", 1U << 20),
    NUMBER(contexts, "65536", 1U << 24),
    NUMBER(tickets, "65536", 1U << 20),
    NUMBER(bytes, "268435456", 1U << 31),
    NUMBER(calls, "4", 1024),
    NUMBER(threads, "16", 128),
    NUMBER(drain, "20", 3600),
    { 0 },
};

enum ssp_err lsad_options_read(const struct conf *conf, struct lsad_options *ret)
{
    return conf_read(conf, "lsad", keys, ret);
}

void lsad_options_limits(const struct lsad_options *options, uint32_t ret_max[CHARGES])
{
    ret_max[CHARGE_CONNECTION] = options->connections;
    ret_max[CHARGE_PROCESS] = options->processes;
    ret_max[CHARGE_CREDENTIAL] = options->credentials;
    ret_max[CHARGE_CONTEXT] = options->contexts;
    ret_max[CHARGE_TICKET] = options->tickets;
    ret_max[CHARGE_CALL] = options->calls;
    ret_max[CHARGE_BYTES] = options->bytes;
}
