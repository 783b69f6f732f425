/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_ours.h"

#include <string.h>

#include "base/cleanup.h"
#include "harness/gnutls_duo.h"
#include "harness/host_heap.h"
#include "packages/schannel/package.h"
#include "packages/schannel/send.h"

static struct duo duo;
static PSECPKG_USER_FUNCTION_TABLE table;
static uint64_t last_handle;
static size_t header_n;
static size_t trailer_n;

static void start_table(void)
{
    SECPKG_DLL_FUNCTIONS functions = { .AllocateHeap = host_alloc, .FreeHeap = host_release };
    ULONG version = 0;
    ULONG n = 0;

    need(schannel_SpUserModeInitialize(SECPKG_INTERFACE_VERSION, &version, &table, &n) ==
                 STATUS_SUCCESS &&
             table->InstanceInit(SECPKG_INTERFACE_VERSION, &functions, NULL) == STATUS_SUCCESS,
         "the user half of Schannel");
}

static uint64_t take_end(const struct duo_end *end, uint16_t suite)
{
    ssp_cleanup(wr_free) struct wr out = WR_INIT(TLS_PACK_MAX);
    ssp_cleanup(tls_core_wipe) struct tls_core core = duo_core(end, suite);
    const struct tls_names names = { 0 };

    tls_pack(&core, &names, &out);
    SecBuffer packed = { (ULONG)out.n, SECBUFFER_TOKEN, out.p };
    need(table->InitUserModeContext(++last_handle, &packed) == STATUS_SUCCESS,
         "InitUserModeContext");
    return last_handle;
}

/* In TLS 1.3 GnuTLS's server has said more than its handshake: tickets, which its client reads
 * first. */
static void read_tickets(void)
{
    uint8_t byte = 0;

    need(gnutls_record_send(duo.server.session, "x", 1) == 1, "gnutls_record_send");
    for (int i = 0; i < 5; i++)
        if (gnutls_record_recv(duo.client.session, &byte, 1) == 1)
            return;
    need(false, "gnutls_record_recv");
}

void tls_ours_start(struct tls_ours *ours, uint16_t suite, const char *priority)
{
    start_table();
    header_n = tls_header_size(tls_suite_find(suite));
    trailer_n = tls_trailer_size(tls_suite_find(suite));
    duo_begin(&duo, priority);
    read_tickets();
    ours->client = take_end(&duo.client, suite);
    ours->server = take_end(&duo.server, suite);
}

void tls_ours_end(struct tls_ours *ours)
{
    (void)table->DeleteUserModeContext(ours->client);
    (void)table->DeleteUserModeContext(ours->server);
    duo_end(&duo);
}

/* ---- Ours ------------------------------------------------------------------- */

/* As programs do: sizes once, then header, data and trailer in one piece. */
static size_t seal(uint64_t context, uint8_t *dst, size_t n)
{
    SecBuffer buffers[] = {
        { (ULONG)header_n, SECBUFFER_STREAM_HEADER, dst },
        { (ULONG)n, SECBUFFER_DATA, dst + header_n },
        { (ULONG)trailer_n, SECBUFFER_STREAM_TRAILER, dst + header_n + n },
        { 0, SECBUFFER_EMPTY, NULL },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };

    need(table->SealMessage(context, 0, &desc, 0) == STATUS_SUCCESS, "SealMessage");
    return buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer;
}

void tls_ours_seal(void *arg, size_t n)
{
    struct tls_ours *ours = arg;

    for (size_t i = 0; i < n; i++)
        (void)seal(ours->client, ours->buffer, ours->size);
}

/* From the server to the client: what the client has said is lost, as the benchmark wants it. */
void tls_ours_open_prepare(void *arg, size_t n)
{
    struct tls_ours *ours = arg;

    for (size_t i = 0; i < n; i++)
        ours->wire_n[i] = seal(ours->server, ours->wires[i], ours->size);
}

void tls_ours_open(void *arg, size_t n)
{
    struct tls_ours *ours = arg;

    for (size_t i = 0; i < n; i++) {
        SecBuffer buffers[4] = { { (ULONG)ours->wire_n[i], SECBUFFER_DATA, ours->wires[i] } };
        SecBufferDesc desc = { SECBUFFER_VERSION, 4, buffers };

        need(table->UnsealMessage(ours->client, &desc, 0, NULL) == STATUS_SUCCESS, "UnsealMessage");
    }
}

static SecBuffer export(struct tls_ours *ours)
{
    SecBuffer packed = { .BufferType = SECBUFFER_EMPTY };

    need(table->ExportContext(ours->client, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, NULL) ==
             STATUS_SUCCESS,
         "ExportContext");
    return packed;
}

static void import(struct tls_ours *ours, SecBuffer *packed)
{
    LSA_SEC_HANDLE handle = 0;

    need(table->ImportContext(packed, NULL, &handle) == STATUS_SUCCESS, "ImportContext");
    ours->client = handle;
    host_release(packed->pvBuffer);
}

void tls_ours_move(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        SecBuffer packed = export(arg);

        import(arg, &packed);
    }
}

size_t tls_ours_packed_size(struct tls_ours *ours)
{
    SecBuffer packed = export(ours);
    size_t n = packed.cbBuffer;

    import(ours, &packed);
    return n;
}

/* ---- GnuTLS ------------------------------------------------------------------- */

void gnutls_seal(void *arg, size_t n)
{
    struct tls_ours *ours = arg;

    for (size_t i = 0; i < n; i++) {
        need(gnutls_record_send(duo.client.session, ours->buffer, ours->size) ==
                 (ssize_t)ours->size,
             "gnutls_record_send");
        duo.to_server.n = 0; /* into the void */
    }
}

void gnutls_open_prepare(void *arg, size_t n)
{
    struct tls_ours *ours = arg;

    for (size_t i = 0; i < n; i++)
        need(gnutls_record_send(duo.server.session, ours->buffer, ours->size) ==
                 (ssize_t)ours->size,
             "gnutls_record_send");
}

void gnutls_open(void *arg, size_t n)
{
    struct tls_ours *ours = arg;

    for (size_t i = 0; i < n; i++)
        need(gnutls_record_recv(duo.client.session, ours->buffer, ours->size) ==
                 (ssize_t)ours->size,
             "gnutls_record_recv");
}
