/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever unpacks must pack to the very same bytes, and be a session that can be used. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/schannel/kernel.h"
#include "packages/schannel/receive.h"
#include "packages/schannel/send.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct tls_core *core)
{
    ssp_cleanup(tls_conn_close) struct tls_conn conn = { .core = core };
    uint8_t bytes[TLS_HEADER_MAX + 8 + TLS_TAIL_MAX + TLS_UPDATE_SIZE] = { 0 };
    uint8_t said[TLS_SAY_MAX];
    size_t header_n = tls_header_size(core->suite);
    const struct tls_place place = { bytes, bytes + header_n, 8, bytes + header_n + 8 };
    struct tls_received received;
    OPENSSPI_KERNEL_TLS kernel;
    size_t tail_n = 0;
    size_t missing = 0;

    (void)!tls_kernel_form(core, &kernel);
    if (tls_send_data(&conn, &place, &tail_n) == SSP_OK &&
        tls_receive(&conn, bytes, header_n + 8 + tail_n, &received, &missing) == SSP_OK &&
        received.event == TLS_EVENT_DATA && memcmp(core->send.secret, core->recv.secret, 48) != 0)
        abort(); /* nobody can receive what he sent himself */
    if (tls_say_size(&conn) > sizeof(said))
        abort();
    (void)!tls_say(&conn, said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(tls_core_wipe) struct tls_core core = { 0 };
    ssp_cleanup(tls_names_wipe) struct tls_names names = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_PACK_MAX);

    if (tls_unpack((struct view){ data, size }, &core, &names) != SSP_OK)
        return 0;
    tls_pack(&core, &names, &out);
    if (out.err != SSP_OK || out.n != size || memcmp(out.p, data, size) != 0)
        abort();
    use(&core);
    return 0;
}
