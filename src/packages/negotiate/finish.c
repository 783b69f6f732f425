/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/finish.h"

#include <string.h>

#include "base/cleanup.h"
#include "packages/negotiate/pack.h"

enum ssp_err nego_finish_pack(struct nego_finish *finish, enum nego_package package,
                              POPENSSPI_INNER_CONTEXT inner, NTSTATUS *ret_status)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(NEGO_PACK_MAX);
    const struct nego_env *env = finish->env;
    SecBuffer data = { 0 };
    ULONG id = 0;

    *ret_status = env->inner->LocatePackage(nego_package_name(package), &id, NULL);
    if (NT_SUCCESS(*ret_status))
        *ret_status = env->inner->GetContextData(inner, &data, &finish->token);
    if (!NT_SUCCESS(*ret_status))
        return ssp_fail(INNER);
    nego_pack(&(struct nego_packed){ .package = package,
                                     .id = (uint16_t)id,
                                     .inner = { data.pvBuffer, data.cbBuffer } },
              &out);
    SSP_TRY(out.err);
    finish->block = env->lsa->AllocateLsaHeap((ULONG)out.n);
    if (finish->block == NULL)
        return ssp_fail(NO_MEMORY);
    memcpy(finish->block, out.p, out.n);
    finish->n = out.n;
    return SSP_OK;
}

enum ssp_err nego_finish_hand_over(struct nego_finish *finish, SecBuffer *ret)
{
    HANDLE theirs = NULL;

    if (finish->token != NULL &&
        !NT_SUCCESS(finish->env->lsa->DuplicateHandle(finish->token, &theirs)))
        return ssp_fail(INTERNAL);
    for (size_t i = 0; i < sizeof(uint64_t); i++)
        finish->block[NEGO_PACK_TOKEN_AT + i] = (uint8_t)((uint64_t)(uintptr_t)theirs >> 8 * i);
    *ret = (SecBuffer){ (ULONG)finish->n, SECBUFFER_TOKEN, ssp_steal(&finish->block) };
    return SSP_OK;
}

void nego_finish_wipe(struct nego_finish *finish)
{
    if (finish->block != NULL)
        finish->env->lsa->FreeLsaHeap(finish->block);
}
