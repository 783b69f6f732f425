/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tls_pair.h"

#include <fcntl.h>

#include "base/handle.h"
#include "base/secbuf.h"
#include "harness/harness.h"
#include "harness/host_heap.h"

enum { LEGS_MAX = 400000 };

struct tls_lsa tls_lsa;

static NTSTATUS NTAPI create_session(PLUID id)
{
    *id = (LUID){ 0x1234, 0 };
    tls_lsa.sessions++;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI delete_session(PLUID id)
{
    assert_int_equal(id->LowPart, 0x1234);
    tls_lsa.sessions--;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI duplicate(HANDLE source, PHANDLE ret)
{
    return handle_dup(source, ret) != SSP_OK ? STATUS_NO_MEMORY : STATUS_SUCCESS;
}

static void keep(const UNICODE_STRING *text, char16_t *dst, size_t room)
{
    assert_true(text->Length / 2U < room);
    memset(dst, 0, room * sizeof(*dst));
    memcpy(dst, text->Buffer, text->Length);
}

static NTSTATUS NTAPI create_token(PLUID id, PTOKEN_SOURCE source, SECURITY_LOGON_TYPE type,
                                   SECURITY_IMPERSONATION_LEVEL level,
                                   LSA_TOKEN_INFORMATION_TYPE what, PVOID information,
                                   PTOKEN_GROUPS groups, PUNICODE_STRING account,
                                   PUNICODE_STRING authority, PUNICODE_STRING workstation,
                                   PUNICODE_STRING profile, PHANDLE ret, PNTSTATUS sub_status)
{
    (void)id;
    (void)source;
    (void)type;
    (void)level;
    (void)what;
    (void)information;
    (void)groups;
    (void)workstation;
    (void)profile;
    (void)sub_status;
    keep(account, tls_lsa.user, 64);
    keep(authority, tls_lsa.domain, 64);
    *ret = handle_of_fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    return STATUS_SUCCESS;
}

static VOID NTAPI audit(NTSTATUS status, NTSTATUS sub_status, PUNICODE_STRING account,
                        PUNICODE_STRING authority, PUNICODE_STRING workstation, PSID sid,
                        SECURITY_LOGON_TYPE type, PTOKEN_SOURCE source, PLUID id)
{
    (void)status;
    (void)sub_status;
    (void)account;
    (void)authority;
    (void)workstation;
    (void)sid;
    (void)type;
    (void)source;
    (void)id;
    tls_lsa.audits++;
}

const LSA_SECPKG_FUNCTION_TABLE tls_lsa_functions = {
    .CreateLogonSession = create_session,
    .DeleteLogonSession = delete_session,
    .AllocateLsaHeap = host_alloc,
    .FreeLsaHeap = host_release,
    .DuplicateHandle = duplicate,
    .CreateToken = create_token,
    .AuditLogon = audit,
};

static void open_data(struct tls_end *end)
{
    struct view packed = { end->answer.data.pvBuffer, end->answer.data.cbBuffer };

    assert_int_equal(tls_unpack(packed, &end->core, &end->names), SSP_OK);
    host_release(end->answer.data.pvBuffer);
    end->answer.data.pvBuffer = NULL;
}

/* The input in a block of its very size, so that ASan sees a read behind it. */
static enum ssp_err call(struct tls_end *end, uint8_t *input, SecBufferDesc *in)
{
    struct str16 target = { (char16_t *)(uintptr_t)end->target,
                            end->target != NULL ? str16_len(end->target) : 0 };
    SecBuffer out[] = { { sizeof(end->out), SECBUFFER_TOKEN, end->out } };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, out };
    const struct pkg_call what = {
        .accept = end->accept,
        .context = end->context,
        .cred = end->cred,
        .target = end->accept ? NULL : &target,
        .asked = end->asked,
        .in = in,
        .out = &out_desc,
    };

    (void)input;
    bool is_due = end->fault.is_due && end->legs++ == end->fault.leg;
    fault_malloc_at(is_due ? end->fault.nth : SIZE_MAX);
    enum ssp_err e = tls_contexts_leg(end->contexts, &what, &end->answer);
    end->fault.came = end->fault.came || (is_due && fault_came());
    fault_malloc_at(SIZE_MAX);
    end->n_out = e == SSP_OK || out[0].cbBuffer != sizeof(end->out) ? out[0].cbBuffer : 0;
    return e;
}

enum ssp_err tls_end_leg(struct tls_end *end)
{
    struct view copy = guarded((struct view){ end->in, end->n_in });
    SecBuffer in[] = {
        { (ULONG)copy.n, SECBUFFER_TOKEN, (void *)(uintptr_t)copy.p },
        { 0, SECBUFFER_EMPTY, NULL },
        { (ULONG)end->protocols.n, SECBUFFER_APPLICATION_PROTOCOLS,
          (void *)(uintptr_t)end->protocols.p },
    };
    SecBufferDesc desc = { SECBUFFER_VERSION, end->protocols.n != 0 ? 3 : 2, in };

    end->missing = 0;
    end->err = call(end, NULL, &desc);
    if (end->err == SSP_ERR_INCOMPLETE) {
        assert_int_equal(in[1].BufferType, SECBUFFER_MISSING);
        end->missing = in[1].cbBuffer;
        return end->err;
    }
    size_t extra = in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;
    assert_true(extra <= end->n_in);
    memmove(end->in, end->in + end->n_in - extra, extra);
    end->n_in = extra;
    if (end->err != SSP_OK)
        return end->err;
    end->context = end->answer.context;
    if (end->answer.is_done)
        open_data(end);
    return SSP_OK;
}

static void give(struct tls_end *to, const uint8_t *bytes, size_t n)
{
    assert_true(to->n_in + n <= sizeof(to->in));
    memcpy(to->in + to->n_in, bytes, n);
    to->n_in += n;
}

struct wire { /* on its way to one side */
    uint8_t bytes[2 * PAIR_ROOM];
    size_t n;
    size_t at;
};

static void send_out(struct tls_end *from, struct wire *wire)
{
    assert_true(wire->n + from->n_out <= sizeof(wire->bytes));
    memcpy(wire->bytes + wire->n, from->out, from->n_out);
    wire->n += from->n_out;
    from->n_out = 0;
}

/* The next piece, and a leg when there is something for one; false when nothing is left to do. */
static bool turn(struct tls_end *end, struct wire *in, struct wire *out, size_t piece)
{
    size_t n = in->n - in->at < piece ? in->n - in->at : piece;

    if (end->answer.is_done || (end->err != SSP_OK && end->err != SSP_ERR_INCOMPLETE)) {
        give(end, in->bytes + in->at, n);
        in->at += n;
        return n != 0;
    }
    bool is_first = !end->accept && end->context == 0;
    if (n == 0 && !is_first && (end->n_in == 0 || end->err == SSP_ERR_INCOMPLETE))
        return false;
    give(end, in->bytes + in->at, n);
    in->at += n;
    (void)tls_end_leg(end);
    send_out(end, out);
    return true;
}

void tls_pair_run(struct tls_end *client, struct tls_end *server, size_t piece)
{
    static struct wire to_client;
    static struct wire to_server;
    bool busy = true;

    to_client.n = to_client.at = to_server.n = to_server.at = 0;
    for (int i = 0; busy && i < LEGS_MAX; i++) {
        busy = turn(client, &to_client, &to_server, piece);
        busy = turn(server, &to_server, &to_client, piece) || busy;
    }
    assert_false(busy);
}

void tls_end_done(struct tls_end *end)
{
    if (end->context != 0)
        assert_int_equal(tls_contexts_delete(end->contexts, end->context), SSP_OK);
    if (end->core.token != 0) {
        HANDLE token = (HANDLE)(uintptr_t)end->core.token;

        handle_close(&token);
    }
    tls_core_wipe(&end->core);
    tls_names_wipe(&end->names);
    tls_cred_unref(end->cred);
    *end = (struct tls_end){ 0 };
}
