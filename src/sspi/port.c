/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/port.h"

#include "base/cleanup.h"
#include "base/trace.h"
#include "lsa/options.h"
#include "rpc/remote.h"

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

static enum ssp_err read_options(struct lsa_options *options)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;

    SSP_TRY(conf_load(&conf));
    return lsa_options_read(conf, options);
}

SECURITY_STATUS port_open_remote(struct lsa_port **ret)
{
    ssp_cleanup(lsa_options_free) struct lsa_options options = { 0 };
    SECURITY_STATUS status = SEC_E_OK;
    struct lsa_port *port = NULL;

    enum ssp_err e = read_options(&options);
    if (e != SSP_OK) {
        trace(TRACE_ERROR, "which security authority to use: %s",
              e == SSP_ERR_BAD_CONFIG ? conf_last_error() : ssp_err_text(e));
        return ssp_err_status(e);
    }
    if (options.mode != LSA_EMBEDDED)
        status = rpc_remote_open(options.socket, options.packages, &port);
    if (status == SEC_E_NO_AUTHENTICATING_AUTHORITY && options.mode == LSA_AUTO)
        status = SEC_E_OK;
    if (status >= 0)
        *ret = port;
    return status;
}
