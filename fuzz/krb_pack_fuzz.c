/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever unpacks must pack to the very same bytes, and be a session that can be used. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/kerberos/cfx.h"
#include "packages/kerberos/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct krb_session *session)
{
    ssp_cleanup(krb_engine_wipe) struct krb_engine engine;
    uint8_t bytes[16] = { 0 };
    uint8_t token[KRB_TRAILER_MAX];
    const struct pkg_piece piece = { bytes, sizeof(bytes), true, true };
    const struct krb_message msg = { &piece, 1 };
    uint64_t before = session->send_seq;
    bool sealed = false;

    krb_engine_init(&engine, session);
    if (krb_seal(&engine, &msg, token) == SSP_OK && session->send_seq != before + 1)
        abort();
    const struct krb_wrapped in = { .token = { token, krb_seal_size(session) }, .msg = msg };
    if (krb_unwrap(&engine, &in, &sealed) == SSP_OK)
        abort(); /* nobody can receive what he sent himself */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(krb_core_wipe) struct krb_core core = { 0 };
    ssp_cleanup(krb_names_wipe) struct krb_names names = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(KRB_PACK_MAX);

    if (krb_unpack((struct view){ data, size }, &core, &names) != SSP_OK)
        return 0;
    krb_pack(&core, &names, &out);
    if (out.err != SSP_OK || out.n != size || memcmp(out.p, data, size) != 0)
        abort();
    use(&core.session);
    return 0;
}
