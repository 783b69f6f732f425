/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for packages.  What they take for the client's is the LSA's own: an embedded one lies in
 * the client, and lsad's holds what the client has sent, and what was written for it until it is
 * sent.  No pointer of another process ever comes here.
 */
#include "lsa/support.h"

#include "base/heap.h"
#include "base/trace.h"
#include "lsa/call.h"
#include "lsa/protect.h"

#include <string.h>

static void copy(void *dst, const void *src, size_t n)
{
    if (n != 0)
        memcpy(dst, src, n);
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
    (void)request;
    if (call_of_client() == NULL)
        return STATUS_INVALID_HANDLE;
    void *p = heap_alloc(length);
    if (p == NULL)
        return STATUS_NO_MEMORY;
    *ret = p;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI support_free_client_buffer(PLSA_CLIENT_REQUEST request, PVOID there)
{
    (void)request;
    if (call_of_client() == NULL)
        return STATUS_INVALID_HANDLE;
    return ssp_err_status(heap_free(there));
}

NTSTATUS NTAPI support_copy_to_client(PLSA_CLIENT_REQUEST request, ULONG length, PVOID there,
                                      PVOID bytes)
{
    (void)request;
    if (call_of_client() == NULL)
        return STATUS_INVALID_HANDLE;
    copy(there, bytes, length);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI support_copy_from_client(PLSA_CLIENT_REQUEST request, ULONG length, PVOID dst,
                                        PVOID there)
{
    (void)request;
    if (call_of_client() == NULL)
        return STATUS_INVALID_HANDLE;
    copy(dst, there, length);
    return STATUS_SUCCESS;
}

/* The package frees a mapped buffer with FreeLsaHeap, and knows that it was mapped by the flag that
 * is gone. */
NTSTATUS NTAPI support_map_buffer(PSecBuffer in, PSecBuffer out)
{
    if ((in->BufferType & SECBUFFER_UNMAPPED) == 0) {
        *out = *in;
        return STATUS_SUCCESS;
    }
    if (call_of_client() == NULL)
        return STATUS_INVALID_HANDLE;

    void *here = heap_alloc(in->cbBuffer);
    if (here == NULL)
        return STATUS_NO_MEMORY;
    copy(here, in->pvBuffer, in->cbBuffer);
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
