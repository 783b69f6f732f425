/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half's part in acquiring credentials from an LSA in another process:
 * the tickets of the calling user, from the cache that this process's environment
 * and thread name, go along.  So that LSA opens no file of a user, and what only
 * this process can read (a keyring of its session) counts as well.
 */
#include <opensspi.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "packages/common/lsa.h"
#include "packages/common/offer.h"
#include "packages/kerberos/mit.h"
#include "packages/kerberos/package.h"

enum { GATHERED_MAX = UINT16_MAX };

static enum ssp_err name_of(const UNICODE_STRING *principal, char **ret)
{
    ssp_cleanup(str16_wipe) struct str16 text = { 0 };

    if (principal == NULL)
        return SSP_OK;
    SSP_TRY(pkg_text_of(principal, &text));
    return str16_to_utf8(&text, ret);
}

static enum ssp_err pack(const struct krb_port *port, const char *client, struct wr *out)
{
    struct krb_tickets *tickets = NULL;

    SSP_TRY(port->collect(client, &tickets));
    enum ssp_err e = port->pack(tickets, out);
    port->forget(tickets);
    return e;
}

static enum ssp_err gather(const UNICODE_STRING *principal, SecBuffer *ret)
{
    ssp_cleanup(wipe_free_str) char *client = NULL;
    ssp_cleanup(wr_free) struct wr packed = WR_INIT(GATHERED_MAX);

    SSP_TRY(name_of(principal, &client));
    SSP_TRY(pack(&krb_mit_port, client, &packed));
    void *block = heap_alloc(packed.n);
    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(block, packed.p, packed.n);
    *ret = (SecBuffer){ (ULONG)packed.n, SECBUFFER_TOKEN, block };
    return SSP_OK;
}

static NTSTATUS NTAPI GatherCredentials(PUNICODE_STRING principal, PSecBuffer ret)
{
    if (ret == NULL)
        return STATUS_INVALID_PARAMETER;
    return ssp_err_status(gather(principal, ret));
}

static const OPENSSPI_USER_EXTENSION_TABLE table = {
    .Version = OPENSSPI_USER_EXTENSION_VERSION,
    .GatherCredentials = GatherCredentials,
};

NTSTATUS NTAPI kerberos_SpUserExtensionInitialize(ULONG version,
                                                  const OPENSSPI_USER_EXTENSION_TABLE **ret_tables,
                                                  PULONG ret_n)
{
    return pkg_offer_extension(version, &table, ret_tables, ret_n);
}
