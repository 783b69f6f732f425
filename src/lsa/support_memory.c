/* SPDX-License-Identifier: Apache-2.0 */
#include "lsa/support.h"

#include "base/heap.h"
#include "base/trace.h"
#include "lsa/call.h"
#include "lsa/client.h"
#include "lsa/protect.h"

static struct client *current_client(void)
{
    const struct call *call = call_current();

    return call != NULL ? call->client : NULL;
}

PVOID NTAPI support_allocate(ULONG length)
{
    return heap_alloc(length);
}

VOID NTAPI support_free(PVOID base)
{
    if (heap_free(base) != SSP_OK)
        trace(TRACE_WARNING, "a package frees what is not from the LSA's heap");
}

PVOID NTAPI support_allocate_private(SIZE_T length)
{
    return heap_alloc(length);
}

VOID NTAPI support_free_private(PVOID base)
{
    support_free(base);
}

NTSTATUS NTAPI support_allocate_client_buffer(PLSA_CLIENT_REQUEST request, ULONG length, PVOID *ret)
{
    struct client *client = current_client();

    (void)request;
    if (client == NULL)
        return STATUS_INVALID_HANDLE;
    return ssp_err_status(client->door->allocate(client, length, ret));
}

NTSTATUS NTAPI support_free_client_buffer(PLSA_CLIENT_REQUEST request, PVOID there)
{
    struct client *client = current_client();

    (void)request;
    if (client == NULL)
        return STATUS_INVALID_HANDLE;
    return ssp_err_status(client->door->release(client, there));
}

NTSTATUS NTAPI support_copy_to_client(PLSA_CLIENT_REQUEST request, ULONG length, PVOID there,
                                      PVOID bytes)
{
    struct client *client = current_client();

    (void)request;
    if (client == NULL)
        return STATUS_INVALID_HANDLE;
    return ssp_err_status(client->door->write(client, there, (struct view){ bytes, length }));
}

NTSTATUS NTAPI support_copy_from_client(PLSA_CLIENT_REQUEST request, ULONG length, PVOID dst,
                                        PVOID there)
{
    struct client *client = current_client();

    (void)request;
    if (client == NULL)
        return STATUS_INVALID_HANDLE;
    return ssp_err_status(client->door->read(client, dst, there, length));
}

/* The package frees a mapped buffer with FreeLsaHeap, and knows that it was mapped by the flag that
 * is gone. */
NTSTATUS NTAPI support_map_buffer(PSecBuffer in, PSecBuffer out)
{
    struct client *client = current_client();

    if ((in->BufferType & SECBUFFER_UNMAPPED) == 0) {
        *out = *in;
        return STATUS_SUCCESS;
    }
    if (client == NULL)
        return STATUS_INVALID_HANDLE;

    void *here = heap_alloc(in->cbBuffer);
    if (here == NULL)
        return STATUS_NO_MEMORY;
    enum ssp_err e = client->door->read(client, here, in->pvBuffer, in->cbBuffer);
    if (e != SSP_OK) {
        support_free(here);
        return ssp_err_status(e);
    }
    *out = (SecBuffer){ in->cbBuffer, in->BufferType & ~(ULONG)SECBUFFER_UNMAPPED, here };
    return STATUS_SUCCESS;
}

VOID NTAPI support_protect_memory(PVOID buffer, ULONG n)
{
    protect_memory(buffer, n);
}

VOID NTAPI support_unprotect_memory(PVOID buffer, ULONG n)
{
    unprotect_memory(buffer, n);
}
