/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever unpacks must pack to the very same bytes, and be a session that can be used. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "packages/ntlm/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct ntlm_session *session)
{
    uint8_t bytes[16] = { 0 };
    uint8_t signature[NTLM_SIGNATURE_SIZE] = { 1 };
    struct pkg_piece piece = { bytes, sizeof(bytes), true, true };
    struct ntlm_message msg = { &piece, 1, session->send.seq };
    uint32_t before = session->send.seq;
    enum ssp_err sent = ntlm_seal(session, &msg, signature);

    if (sent == SSP_OK && session->send.seq != before + 1)
        abort();
    if (ntlm_unseal(session, &msg, signature) == SSP_OK && ntlm_is_ess(session->flags))
        abort(); /* nobody can receive what he sent himself */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssp_cleanup(ntlm_core_wipe) struct ntlm_core core = { 0 };
    ssp_cleanup(ntlm_names_wipe) struct ntlm_names names = { 0 };
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NTLM_PACK_MAX);

    if (ntlm_unpack((struct view){ data, size }, &core, &names) != SSP_OK)
        return 0;
    ntlm_pack(&core, &names, &out);
    if (out.err != SSP_OK || out.n != size || memcmp(out.p, data, size) != 0)
        abort();
    use(&core.session);
    return 0;
}
