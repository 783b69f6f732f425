/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/fake_lsa.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fork_lock.h"
#include "base/handle.h"
#include "base/heap.h"
#include "base/secbuf.h"
#include "base/secret.h"
#include "base/utf16.h"
#include "harness/fake_half.h"
#include "harness/harness.h"

enum { TICKETS_MAX = 4096 };

struct fake_answers fake;
struct fake_seen seen;
SECURITY_STATUS fake_open_status;
void (*fake_at_open)(void);

/* ---- The LSA ----------------------------------------------------------- */

static atomic_int next_context;
static atomic_int next_ticket;
static atomic_bool is_ticket[TICKETS_MAX];

/* Of what is seen and is no counter: threads call side by side, and one of them may be in here
 * while another one forks. */
static struct fork_lock lock;

__attribute__((constructor)) static void make_lock(void)
{
    if (fork_lock_init(&lock) != SSP_OK)
        abort();
}

static void keep_text(const char16_t *text)
{
    memset(seen.text, 0, sizeof(seen.text));
    if (text != NULL)
        memcpy(seen.text, text, str16_len(text) * sizeof(*text));
}

static void remember_text(const char16_t *text)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&lock);

    keep_text(text);
}

static void remember_acquire(const struct lsa_acquire *what)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&lock);

    seen.acquire = *what;
    keep_text(what->principal);
}

static void remember_seal(const struct lsa_seal *what)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&lock);

    seen.seal = *what;
}

static SECURITY_STATUS packages(struct lsa_port *port, const struct lsa_package_info **ret,
                                size_t *ret_n)
{
    static struct lsa_package_info infos[FAKE_PACKAGES] = {
        [FAKE_PACKAGE] = { .id = FAKE_PACKAGE,
                           .name = u"fake",
                           .comment = u"a f\u00e4ke",
                           .max_token = 99,
                           .user = &fake_user_table,
                           .thunks = &fake.thunk },
        [FAKE_LSA_ONLY] = { .id = FAKE_LSA_ONLY, .name = u"Negotiate" },
    };

    (void)port;
    if (fake.packages < 0)
        return fake.packages;
    infos[FAKE_PACKAGE].extension = fake.speaks ? &fake_extension : NULL;
    infos[FAKE_PACKAGE].n_thunks = fake.thunk != 0;
    *ret = infos;
    *ret_n = FAKE_PACKAGES;
    return SEC_E_OK;
}

static SECURITY_STATUS add_package(struct lsa_port *port, const char *path, ULONG *ret_id)
{
    (void)port;
    if (strcmp(path, "/p\xc3\xa4th.so") != 0)
        return SEC_E_SECPKG_NOT_FOUND;
    *ret_id = FAKE_PACKAGE;
    return SEC_E_OK;
}

static SECURITY_STATUS acquire_cred(struct lsa_port *port, const struct lsa_acquire *what,
                                    uint64_t *ret_cred, TimeStamp *ret_expiry)
{
    (void)port;
    if (fake.cred < 0)
        return fake.cred;
    remember_acquire(what);
    atomic_fetch_add(&seen.creds, 1);
    *ret_cred = 42;
    ret_expiry->QuadPart = 4242;
    return SEC_E_OK;
}

static SECURITY_STATUS add_cred(struct lsa_port *port, uint64_t cred,
                                const struct lsa_acquire *what, TimeStamp *ret_expiry)
{
    uint64_t same = 0;
    SECURITY_STATUS status = acquire_cred(port, what, &same, ret_expiry);

    if (status >= 0)
        atomic_fetch_sub(&seen.creds, 1);
    return cred == 42 ? status : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS free_cred(struct lsa_port *port, uint64_t cred)
{
    (void)port;
    if (cred != 42 || seen.creds == 0)
        return SEC_E_INVALID_HANDLE;
    atomic_fetch_sub(&seen.creds, 1);
    return SEC_E_OK;
}

static SECURITY_STATUS query_cred(struct lsa_port *port, uint64_t cred, ULONG attribute, void *ret)
{
    (void)port;
    return cred == 42 ? (SECURITY_STATUS)fake_answer(attribute, ret) : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS set_cred(struct lsa_port *port, uint64_t cred, ULONG attribute, void *value,
                                ULONG size)
{
    (void)port;
    (void)attribute;
    (void)value;
    return cred == 42 && size == 4 ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS run_leg(struct lsa_port *port, const struct lsa_leg *leg,
                               struct lsa_leg_result *ret)
{
    bool allocates = (leg->requirements & ISC_REQ_ALLOCATE_MEMORY) != 0;
    uint8_t *packed = NULL;

    (void)port;
    remember_text(leg->target);
    if (fake.leg < 0)
        return fake.leg;
    if (leg->out != NULL && secbuf_put_token(leg->out, allocates, VIEW_OF("token")) != SSP_OK)
        return SEC_E_BUFFER_TOO_SMALL;
    *ret = (struct lsa_leg_result){ .ctx = leg->ctx,
                                    .package = fake.leg_package,
                                    .attributes = 3,
                                    .expiry.QuadPart = 333,
                                    .mapped = fake.leg_maps };
    if (fake.leg_maps) {
        packed = heap_alloc(6);
        if (packed == NULL)
            return SEC_E_INSUFFICIENT_MEMORY;
        memcpy(packed, "packed", 6);
        ret->packed = (SecBuffer){ 6, SECBUFFER_TOKEN, packed };
    }
    if (ret->ctx == 0) {
        ret->ctx = 1 + (uint64_t)atomic_fetch_add(&next_context, 1);
        atomic_fetch_add(&seen.lsa_contexts, 1);
    }
    ret->package_handle = ret->ctx;
    return fake.leg;
}

static SECURITY_STATUS delete_ctx(struct lsa_port *port, uint64_t ctx)
{
    (void)port;
    if (ctx == 0)
        abort();
    atomic_fetch_sub(&seen.lsa_contexts, 1);
    return SEC_E_OK;
}

static SECURITY_STATUS control(struct lsa_port *port, uint64_t ctx, PSecBufferDesc input)
{
    (void)port;
    return ctx != 0 && input != NULL ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS query(struct lsa_port *port, uint64_t ctx, ULONG attribute, void *ret)
{
    (void)port;
    if (ctx == 0)
        abort();
    atomic_fetch_add(&seen.lsa_queries, 1);
    return fake_answer(attribute, ret) < 0 ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK;
}

static SECURITY_STATUS set(struct lsa_port *port, uint64_t ctx, ULONG attribute, void *value,
                           ULONG size)
{
    (void)port;
    (void)attribute;
    return ctx != 0 && value != NULL && size == 4 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

/* A blob: is it negotiating, its ticket, the package's bytes. */
struct blob {
    uint8_t negotiating;
    uint16_t ticket;
    uint8_t packed[6];
};

static SECURITY_STATUS seal_any(const struct lsa_seal *what, struct blob *blob,
                                struct lsa_sealed *ret)
{
    uint8_t *p = NULL;

    remember_seal(what);
    if (fake.seal < 0)
        return fake.seal;
    p = heap_alloc(sizeof(*blob));
    if (p == NULL)
        return SEC_E_INSUFFICIENT_MEMORY;
    blob->ticket = (uint16_t)(atomic_fetch_add(&next_ticket, 1) % TICKETS_MAX);
    is_ticket[blob->ticket] = true;
    memcpy(p, blob, sizeof(*blob));
    *ret = (struct lsa_sealed){ .blob = { sizeof(*blob), SECBUFFER_TOKEN, p } };
    memcpy(ret->ticket.b, &blob->ticket, sizeof(blob->ticket));
    return SEC_E_OK;
}

static SECURITY_STATUS seal(struct lsa_port *port, const struct lsa_seal *what, struct view packed,
                            struct lsa_sealed *ret)
{
    struct blob blob = { 0 };

    (void)port;
    if (packed.n != sizeof(blob.packed))
        abort();
    memcpy(blob.packed, packed.p, packed.n);
    return seal_any(what, &blob, ret);
}

static SECURITY_STATUS seal_negotiating(struct lsa_port *port, uint64_t ctx,
                                        const struct lsa_seal *what, struct lsa_sealed *ret)
{
    struct blob blob = { .negotiating = 1 };

    (void)port;
    if (ctx == 0)
        abort();
    return seal_any(what, &blob, ret);
}

static SECURITY_STATUS claim(struct lsa_port *port, const struct ticket_id *ticket)
{
    uint16_t id = 0;

    (void)port;
    atomic_fetch_add(&seen.claims, 1);
    memcpy(&id, ticket->b, sizeof(id));
    if (fake.claim < 0)
        return fake.claim;
    return atomic_exchange(&is_ticket[id], false) ? SEC_E_OK : SEC_E_CONTEXT_EXPIRED;
}

static SECURITY_STATUS release(struct lsa_port *port, const struct ticket_id *ticket)
{
    (void)port;
    (void)ticket;
    atomic_fetch_add(&seen.releases, 1);
    return SEC_E_OK;
}

static SECURITY_STATUS open_blob(struct lsa_port *port, const char16_t *package, struct view bytes,
                                 HANDLE token, struct lsa_opened *ret)
{
    struct blob blob = { 0 };
    struct lsa_opened opened = { .package = FAKE_PACKAGE };

    (void)port;
    (void)package;
    (void)token;
    atomic_fetch_add(&seen.opens, 1);
    if (fake.open < 0)
        return fake.open;
    if (bytes.n != sizeof(blob))
        return SEC_E_INVALID_TOKEN;
    memcpy(&blob, bytes.p, bytes.n);
    if (secret_new(VIEW_OF(blob.packed), &opened.packed) != SSP_OK)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (!atomic_exchange(&is_ticket[blob.ticket], false)) {
        secret_wipe(&opened.packed);
        return SEC_E_CONTEXT_EXPIRED;
    }
    if (blob.negotiating != 0) {
        secret_wipe(&opened.packed);
        opened.negotiating = true;
        opened.expiry = seen.seal.context_expiry;
        opened.ctx = 1 + (uint64_t)atomic_fetch_add(&next_context, 1);
        opened.package_handle = opened.ctx;
        atomic_fetch_add(&seen.lsa_contexts, 1);
    }
    *ret = opened;
    return SEC_E_OK;
}

static SECURITY_STATUS renew_token(struct lsa_port *port, HANDLE token, HANDLE *ret)
{
    (void)port;
    if (token == NULL)
        abort();
    if (fake.renew < 0 || fake.renewed == NULL)
        return fake.renew;
    return ssp_err_status(handle_dup(fake.renewed, ret));
}

static SECURITY_STATUS query_token(struct lsa_port *port, HANDLE token, OPENSSPI_TOKEN_INFO *ret)
{
    (void)port;
    if (token == NULL || token != fake.token)
        return SEC_E_INVALID_TOKEN;
    *ret = (OPENSSPI_TOKEN_INFO){ .user = "user" };
    return SEC_E_OK;
}

/* NOLINTNEXTLINE(readability-function-size): as many parameters as on Windows */
static SECURITY_STATUS change_password(struct lsa_port *port, ULONG package,
                                       const UNICODE_STRING *domain, const UNICODE_STRING *account,
                                       const UNICODE_STRING *old_password,
                                       const UNICODE_STRING *new_password, bool impersonating,
                                       PSecBufferDesc output)
{
    (void)port;
    (void)domain;
    (void)impersonating;
    (void)output;
    remember_text(account->Buffer);
    return package == FAKE_PACKAGE && old_password->Length == 6 && new_password->Length == 8
               ? SEC_E_OK
               : SEC_E_LOGON_DENIED;
}

static const struct lsa_port_ops ops = {
    .packages = packages,
    .add_package = add_package,
    .acquire_cred = acquire_cred,
    .add_cred = add_cred,
    .free_cred = free_cred,
    .query_cred = query_cred,
    .set_cred = set_cred,
    .leg = run_leg,
    .delete_ctx = delete_ctx,
    .control = control,
    .query_ctx = query,
    .set_ctx = set,
    .seal = seal,
    .seal_negotiating = seal_negotiating,
    .open = open_blob,
    .claim = claim,
    .release = release,
    .query_token = query_token,
    .renew_token = renew_token,
    .change_password = change_password,
};

SECURITY_STATUS lsa_local_open(struct lsa_port **ret)
{
    static struct lsa_port port = { &ops };

    if (fake_at_open != NULL)
        fake_at_open();
    if (fake_open_status < 0)
        return fake_open_status;
    *ret = &port;
    return SEC_E_OK;
}

/* ---- For tests --------------------------------------------------------- */

int fake_reset(void **state)
{
    (void)state;
    fake = (struct fake_answers){ 0 };
    memset(&seen, 0, sizeof(seen));
    return 0;
}

CredHandle fake_cred(void)
{
    char16_t package[] = u"fake";
    CredHandle cred = { 0 };

    assert_int_equal(AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_BOTH, NULL, NULL, NULL,
                                               NULL, &cred, NULL),
                     SEC_E_OK);
    return cred;
}

static CtxtHandle one_leg(SECURITY_STATUS leg, bool maps)
{
    struct fake_answers before = fake;
    CredHandle cred = fake_cred();
    CtxtHandle ctx = { 0 };
    ULONG attributes = 0;

    fake.leg = leg;
    fake.leg_maps = maps;
    assert_int_equal(InitializeSecurityContextW(&cred, NULL, NULL, 0, 0, 0, NULL, 0, &ctx, NULL,
                                                &attributes, NULL),
                     leg);
    fake = before;
    assert_int_equal(FreeCredentialsHandle(&cred), SEC_E_OK);
    return ctx;
}

CtxtHandle fake_live(void)
{
    return one_leg(SEC_E_OK, true);
}

CtxtHandle fake_negotiating(void)
{
    return one_leg(SEC_I_CONTINUE_NEEDED, false);
}

int fake_tickets(void)
{
    int n = 0;

    for (size_t i = 0; i < TICKETS_MAX; i++)
        n += is_ticket[i] ? 1 : 0;
    return n;
}

void fake_message(struct fake_message *message)
{
    *message = (struct fake_message){ .data = "data" };
    message->buffers[0] = (SecBuffer){ sizeof(message->token), SECBUFFER_TOKEN, message->token };
    message->buffers[1] = (SecBuffer){ sizeof(message->data), SECBUFFER_DATA, message->data };
    message->desc = (SecBufferDesc){ SECBUFFER_VERSION, 2, message->buffers };
}

SECURITY_STATUS fake_encrypt(CtxtHandle *ctx)
{
    struct fake_message message;

    fake_message(&message);
    return EncryptMessage(ctx, 0, &message.desc, 0);
}

SECURITY_STATUS fake_next_leg(CtxtHandle *ctx)
{
    return InitializeSecurityContextW(NULL, ctx, NULL, 0, 0, 0, NULL, 0, NULL, NULL, NULL, NULL);
}

SecBuffer fake_exported(CtxtHandle *ctx, ULONG flags)
{
    SecBuffer blob = { 0 };

    assert_int_equal(ExportSecurityContext(ctx, flags, &blob, NULL), SEC_E_OK);
    assert_int_equal(blob.BufferType, SECBUFFER_TOKEN);
    return blob;
}

CtxtHandle fake_imported(SecBuffer *blob)
{
    char16_t package[] = u"FAKE";
    CtxtHandle ctx = { 0 };

    assert_int_equal(ImportSecurityContextW(package, blob, fake.token, &ctx), SEC_E_OK);
    return ctx;
}

void fake_drop(SecBuffer *blob, CtxtHandle *a, CtxtHandle *b)
{
    assert_int_equal(FreeContextBuffer(blob->pvBuffer), SEC_E_OK);
    if (a != NULL)
        assert_int_equal(DeleteSecurityContext(a), SEC_E_OK);
    if (b != NULL)
        assert_int_equal(DeleteSecurityContext(b), SEC_E_OK);
    assert_int_equal(seen.lsa_contexts, 0);
    assert_int_equal(seen.user_contexts, 0);
}
