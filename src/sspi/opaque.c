/* SPDX-License-Identifier: Apache-2.0 */
#include "sspi/opaque.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/heap.h"
#include "base/limits.h"

enum { FLAT_MAX = sizeof(SEC_WINNT_AUTH_IDENTITY_EX2) + (size_t)4 * UINT16_MAX };

static enum ssp_err to_heap(struct view bytes, uint8_t **ret)
{
    uint8_t *block = heap_alloc(bytes.n);

    if (block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(block, bytes.p, bytes.n);
    *ret = block;
    return SSP_OK;
}

enum ssp_err opaque_new(const struct identity *identity, ULONG extra_flags,
                        PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ret)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(FLAT_MAX);
    struct identity flagged = *identity; /* its text is lent */
    uint8_t *block = NULL;

    flagged.flags |= extra_flags;
    SSP_TRY(identity_flatten(&flagged, &out));
    SSP_TRY(to_heap((struct view){ out.p, out.n }, &block));
    *ret = block;
    return SSP_OK;
}

static uint32_t first_number(const void *identity)
{
    uint32_t first = 0;

    memcpy(&first, identity, sizeof(first));
    return first;
}

struct view opaque_bytes(PSEC_WINNT_AUTH_IDENTITY_OPAQUE flat)
{
    uint32_t n = 0;

    memcpy(&n, (const uint8_t *)flat + offsetof(SEC_WINNT_AUTH_IDENTITY_EX2, cbStructureLength),
           sizeof(n));
    return (struct view){ flat, n };
}

static void free_block(uint8_t **block)
{
    (void)(heap_free(*block) == SSP_OK);
}

/* The length that the bytes claim has to be the one that they have, before anything trusts it. */
enum ssp_err opaque_from_bytes(struct view bytes, PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ret)
{
    ssp_cleanup(identity_wipe) struct identity identity = { 0 };
    ssp_cleanup(free_block) uint8_t *block = NULL;

    if (bytes.n < sizeof(SEC_WINNT_AUTH_IDENTITY_EX2) ||
        first_number(bytes.p) != SEC_WINNT_AUTH_IDENTITY_VERSION_2)
        return ssp_fail(UNKNOWN_CREDS);
    SSP_TRY(to_heap(bytes, &block));
    if (opaque_bytes(block).n != bytes.n)
        return ssp_fail(UNKNOWN_CREDS);
    SSP_TRY(identity_decode(block, &identity));
    *ret = ssp_steal(&block);
    return SSP_OK;
}

/* ---- Any form ---------------------------------------------------------- */

/* Those with pointers, brought to one: A and W differ in what the pointers point to only. */
static SEC_WINNT_AUTH_IDENTITY_EXW with_pointers(const void *identity)
{
    SEC_WINNT_AUTH_IDENTITY_EXW ex = { 0 };
    SEC_WINNT_AUTH_IDENTITY_W plain = { 0 };

    if (first_number(identity) == SEC_WINNT_AUTH_IDENTITY_VERSION) {
        memcpy(&ex, identity, sizeof(ex));
        return ex;
    }
    memcpy(&plain, identity, sizeof(plain));
    return (SEC_WINNT_AUTH_IDENTITY_EXW){
        .User = plain.User,
        .UserLength = plain.UserLength,
        .Domain = plain.Domain,
        .DomainLength = plain.DomainLength,
        .Password = plain.Password,
        .PasswordLength = plain.PasswordLength,
        .Flags = plain.Flags,
    };
}

ULONG opaque_flags(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    ULONG flags = 0;

    if (identity == NULL)
        return 0;
    if (first_number(identity) != SEC_WINNT_AUTH_IDENTITY_VERSION_2)
        return with_pointers(identity).Flags;
    memcpy(&flags, (const uint8_t *)identity + offsetof(SEC_WINNT_AUTH_IDENTITY_EX2, Flags),
           sizeof(flags));
    return flags;
}

static void zero_text(void *text, ULONG characters, bool wide)
{
    if (text != NULL)
        explicit_bzero(text, wide ? (size_t)characters * sizeof(char16_t) : characters);
}

void opaque_zero(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    SEC_WINNT_AUTH_IDENTITY_EXW from = { 0 };
    bool wide = false;

    if (first_number(identity) == SEC_WINNT_AUTH_IDENTITY_VERSION_2) {
        explicit_bzero(identity, opaque_bytes(identity).n);
        return;
    }
    from = with_pointers(identity);
    wide = (from.Flags & SEC_WINNT_AUTH_IDENTITY_UNICODE) != 0;
    zero_text(from.User, from.UserLength, wide);
    zero_text(from.Domain, from.DomainLength, wide);
    zero_text(from.Password, from.PasswordLength, wide);
    zero_text(from.PackageList, from.PackageListLength, wide);
}
