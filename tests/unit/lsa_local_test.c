/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded LSA behind its port, and both tables of a third party's package driven through it.
 */
#include "base/cleanup.h"
#include "base/handle.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/host_heap.h"
#include "harness/lsa_fixture.h"
#include "lsa/impersonate.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct lsa_port *port;

static SECPKG_DLL_FUNCTIONS dll = { .AllocateHeap = host_alloc, .FreeHeap = host_release };

static int setup(void **state)
{
    char text[256] = "";

    (void)state;
    fixture_make_dir();
    fixture_copy(NULL, fixture_path("packages/mock.so"), 0600);
    (void)snprintf(text, sizeof(text), "[lsa]\nruntime = %s/runtime\npackages = %s/packages\n",
                   fixture.dir, fixture.dir);
    fixture_write(fixture_path("opensspi.conf"), 0600, text);
    assert_int_equal(setenv("OPENSSPI_CONFIG", fixture_path("opensspi.conf"), 1), 0);
    assert_int_equal(lsa_local_open(&port), SEC_E_OK);
    return 0;
}

static int teardown(void **state)
{
    port->ops->close(port);
    port = NULL;
    fixture_remove_dir();
    return free_guarded(state);
}

static const struct lsa_package_info *info_of(const char16_t *name)
{
    const struct lsa_package_info *list = NULL;
    size_t n = 0;

    assert_int_equal(port->ops->packages(port, &list, &n), SEC_E_OK);
    for (size_t i = 0; i < n; i++) {
        size_t length = str16_len(list[i].name);

        if (length == str16_len(name) && memcmp(list[i].name, name, length * sizeof(*name)) == 0)
            return &list[i];
    }
    return NULL;
}

/* The user half, started as src/sspi does it. */
static PSECPKG_USER_FUNCTION_TABLE user_half(void)
{
    PSECPKG_USER_FUNCTION_TABLE user = info_of(MOCK)->user;

    assert_non_null(user);
    assert_int_equal(user->InstanceInit(SECPKG_INTERFACE_VERSION, &dll, NULL), STATUS_SUCCESS);
    return user;
}

/* ---- Handshakes through the port --------------------------------------- */

struct side {
    bool accept;
    uint64_t cred;
    struct lsa_leg_result at;
};

struct token {
    uint8_t bytes[128];
    ULONG n;
};

static SECURITY_STATUS take_turn(struct side *side, struct token *token)
{
    SecBuffer in = { token->n, SECBUFFER_TOKEN, token->bytes };
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    struct lsa_leg leg = {
        .accept = side->accept,
        .cred = side->cred,
        .ctx = side->at.ctx,
        .requirements = ISC_REQ_ALLOCATE_MEMORY,
        .in = token->n != 0 ? &in_desc : NULL,
        .out = &out_desc,
    };
    SECURITY_STATUS status = port->ops->leg(port, &leg, &side->at);

    assert_true(out.cbBuffer <= sizeof(token->bytes));
    if (out.cbBuffer != 0)
        memcpy(token->bytes, out.pvBuffer, out.cbBuffer);
    token->n = out.cbBuffer;
    assert_int_equal(heap_free(out.pvBuffer), SSP_OK);
    return status;
}

static void acquire(struct side *side)
{
    static char16_t user[] = u"alice";
    static char16_t password[] = u"secret";
    SEC_WINNT_AUTH_IDENTITY_W identity = {
        .User = user,
        .UserLength = 5,
        .Password = password,
        .PasswordLength = 6,
        .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
    };
    struct lsa_acquire what = { .package = MOCK, .use = SECPKG_CRED_BOTH, .auth_data = &identity };
    TimeStamp expiry;

    assert_int_equal(port->ops->acquire_cred(port, &what, &side->cred, &expiry), SEC_E_OK);
}

static void start_user_half(PSECPKG_USER_FUNCTION_TABLE user, struct side *side)
{
    assert_true(side->at.mapped);
    assert_int_equal(user->InitUserModeContext(side->at.package_handle, &side->at.packed),
                     STATUS_SUCCESS);
    assert_null(side->at.packed.pvBuffer); /* the package has freed it */
}

static void shake_hands(PSECPKG_USER_FUNCTION_TABLE user, struct side *one, struct side *other)
{
    struct token token = { .n = 0 };

    *one = (struct side){ 0 };
    *other = (struct side){ .accept = true };
    acquire(one);
    acquire(other);
    assert_int_equal(take_turn(one, &token), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(take_turn(other, &token), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(take_turn(one, &token), SEC_E_OK);
    assert_int_equal(take_turn(other, &token), SEC_E_OK);
    start_user_half(user, one);
    start_user_half(user, other);
}

static void end(PSECPKG_USER_FUNCTION_TABLE user, struct side *side)
{
    (void)user->DeleteUserModeContext(side->at.package_handle); /* an export may have done it */
    assert_int_equal(port->ops->delete_ctx(port, side->at.ctx), SEC_E_OK);
    assert_int_equal(port->ops->delete_ctx(port, side->at.ctx), SEC_E_INVALID_HANDLE);
    assert_int_equal(port->ops->free_cred(port, side->cred), SEC_E_OK);
}

static void say(PSECPKG_USER_FUNCTION_TABLE user, LSA_SEC_HANDLE from, LSA_SEC_HANDLE to)
{
    char text[] = "good morning";
    uint8_t tag[16];
    SecBuffer buffers[] = { { sizeof(tag), SECBUFFER_TOKEN, tag },
                            { sizeof(text), SECBUFFER_DATA, text } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, buffers };
    ULONG qop = 7;

    assert_int_equal(user->SealMessage(from, 0, &desc, 0), STATUS_SUCCESS);
    assert_memory_not_equal(text, "good morning", 12);
    assert_int_equal(user->UnsealMessage(to, &desc, 0, &qop), STATUS_SUCCESS);
    assert_string_equal(text, "good morning");
    assert_int_equal(user->MakeSignature(from, 0, &desc, 0), STATUS_SUCCESS);
    text[0] = 'f';
    assert_int_equal(user->VerifySignature(to, &desc, 0, &qop), SEC_E_MESSAGE_ALTERED);
    text[0] = 'g';
    assert_int_equal(user->VerifySignature(to, &desc, 0, &qop), STATUS_SUCCESS);
}

/* ---- Cases ------------------------------------------------------------- */

static void describes_its_packages(void **state)
{
    const struct lsa_package_info *mock_info = info_of(MOCK);

    (void)state;
    assert_non_null(mock_info);
    assert_non_null(mock_info->user);
    assert_non_null(mock_info->extension);
    assert_null(info_of(u"NTLM")->extension);
    assert_int_equal(mock_info->n_thunks, 1);
    assert_int_equal(mock_info->max_token, 64);
    assert_non_null(info_of(u"MockToo"));
    assert_null(info_of(u"MockToo")->user);
}

/* In a child, since it changes the user of its thread.  True too for who may not. */
static bool adds_as_itself(void *arg)
{
    const OPENSSPI_TOKEN_INFO stranger = {
        .level = SecurityImpersonation, .has_mapping = 1, .uid = 54321, .gid = 54321
    };
    SECURITY_STATUS own = SEC_E_INTERNAL_ERROR;
    SECURITY_STATUS strangers = SEC_E_OK;
    const char *const *paths = arg;
    ULONG id = 0;

    if (impersonate_begin(&stranger) != SSP_OK)
        return geteuid() != 0;
    own = port->ops->add_package(port, paths[0], &id);
    strangers = port->ops->add_package(port, paths[1], &id);
    impersonate_end();
    return own == SEC_E_SECPKG_NOT_FOUND && strangers == SEC_E_INTERNAL_ERROR;
}

/* The package of its own is found to be there already; the other one is not looked at. */
static void runs_no_package_of_a_user_whom_it_impersonates(void **state)
{
    const char *paths[] = { fixture_path("packages/mock.so"), fixture_path("theirs.so") };

    (void)state;
    fixture_copy(NULL, paths[1], 0600);
    if (chown(paths[1], 54321, 54321) != 0)
        skip();
    assert_true(child_says(adds_as_itself, paths));
}

static void finds_packages_added_later(void **state)
{
    ULONG id = 0;

    (void)state;
    fixture_copy(getenv("NOT_A_PACKAGE"), fixture_path("packages/half.so"), 0600);
    assert_int_equal(port->ops->add_package(port, "half", &id), SEC_E_SECPKG_NOT_FOUND);
    assert_int_equal(port->ops->add_package(port, "none", &id), SEC_E_INTERNAL_ERROR);
    assert_int_equal(port->ops->add_package(port, "mock", &id), SEC_E_SECPKG_NOT_FOUND); /* twice */
}

static void both_halves_of_a_package_protect_messages(void **state)
{
    PSECPKG_USER_FUNCTION_TABLE user = user_half();
    struct side one;
    struct side other;

    (void)state;
    shake_hands(user, &one, &other);
    say(user, one.at.package_handle, other.at.package_handle);
    say(user, other.at.package_handle, one.at.package_handle);
    end(user, &one);
    end(user, &other);
}

static void a_wrong_secret_is_denied(void **state)
{
    struct side one = { 0 };
    struct side other = { .accept = true };
    struct token token = { .n = 0 };
    struct lsa_acquire anybody = { .package = MOCK };
    TimeStamp expiry;

    (void)state;
    acquire(&one);
    assert_int_equal(port->ops->acquire_cred(port, &anybody, &other.cred, &expiry), SEC_E_OK);
    assert_int_equal(take_turn(&one, &token), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(take_turn(&other, &token), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(take_turn(&one, &token), SEC_E_OK);
    assert_int_equal(take_turn(&other, &token), SEC_E_LOGON_DENIED);
    assert_int_equal(heap_free(one.at.packed.pvBuffer), SSP_OK);
    assert_int_equal(port->ops->delete_ctx(port, one.at.ctx), SEC_E_OK);
    assert_int_equal(port->ops->delete_ctx(port, other.at.ctx), SEC_E_OK);
}

static void an_attribute_of_the_lsa_half_is_answered_there(void **state)
{
    PSECPKG_USER_FUNCTION_TABLE user = user_half();
    struct side one;
    struct side other;
    ULONG legs = 0;

    (void)state;
    shake_hands(user, &one, &other);
    ULONG attribute = info_of(MOCK)->thunks[0];
    assert_int_equal(user->QueryContextAttributes(one.at.package_handle, attribute, &legs),
                     SEC_E_UNSUPPORTED_FUNCTION);
    assert_int_equal(port->ops->query_ctx(port, one.at.ctx, attribute, &legs), SEC_E_OK);
    assert_int_equal(legs, 2);
    end(user, &one);
    end(user, &other);
}

static void a_token_is_queried_and_a_stranger_refused(void **state)
{
    PSECPKG_USER_FUNCTION_TABLE user = user_half();
    OPENSSPI_TOKEN_INFO info = { 0 };
    struct side one;
    struct side other;
    HANDLE token = NULL;
    HANDLE renewed = NULL;

    (void)state;
    shake_hands(user, &one, &other);
    assert_int_equal(user->GetContextToken(other.at.package_handle, &token), STATUS_SUCCESS);
    assert_int_equal(port->ops->query_token(port, token, &info), SEC_E_OK);
    assert_string_equal(info.user, "alice");
    assert_int_equal(port->ops->query_token(port, handle_of_fd(1), &info), SEC_E_INVALID_TOKEN);
    assert_int_equal(port->ops->renew_token(port, token, &renewed), SEC_E_OK);
    assert_null(renewed); /* it is good as it is */
    end(user, &one);
    end(user, &other);
}

/* Packs the acceptor's side, token beside it, and ends it here. */
static struct lsa_sealed export_side(PSECPKG_USER_FUNCTION_TABLE user, const struct side *side,
                                     HANDLE *ret_token)
{
    struct lsa_seal what = { .package = side->at.package,
                             .flags = SECPKG_CONTEXT_EXPORT_DELETE_OLD };
    struct lsa_sealed sealed = { 0 };
    SecBuffer packed = { 0 };

    assert_int_equal(user->ExportContext(side->at.package_handle, SECPKG_CONTEXT_EXPORT_DELETE_OLD,
                                         &packed, ret_token),
                     STATUS_SUCCESS);
    what.token = *ret_token;
    assert_int_equal(
        port->ops->seal(port, &what, (struct view){ packed.pvBuffer, packed.cbBuffer }, &sealed),
        SEC_E_OK);
    assert_int_equal(heap_free(packed.pvBuffer), SSP_OK);
    return sealed;
}

static void a_session_goes_through_seal_and_open(void **state)
{
    PSECPKG_USER_FUNCTION_TABLE user = user_half();
    ssp_cleanup(handle_close) HANDLE token = NULL;
    struct lsa_opened opened = { 0 };
    LSA_SEC_HANDLE heir = 0;
    struct side one;
    struct side other;

    (void)state;
    shake_hands(user, &one, &other);
    say(user, one.at.package_handle, other.at.package_handle);
    struct lsa_sealed sealed = export_side(user, &other, &token);
    struct view blob = { sealed.blob.pvBuffer, sealed.blob.cbBuffer };
    assert_int_equal(port->ops->open(port, MOCK, blob, token, &opened), SEC_E_OK);
    SecBuffer packed = { (ULONG)opened.packed.n, SECBUFFER_TOKEN, opened.packed.p };
    assert_int_equal(user->ImportContext(&packed, token, &heir), STATUS_SUCCESS);
    secret_wipe(&opened.packed);
    assert_int_equal(port->ops->open(port, MOCK, blob, token, &opened), SEC_E_CONTEXT_EXPIRED);
    assert_int_equal(port->ops->claim(port, &sealed.ticket), SEC_E_CONTEXT_EXPIRED);
    say(user, one.at.package_handle, heir);
    say(user, heir, one.at.package_handle);
    assert_int_equal(user->DeleteUserModeContext(heir), SEC_I_NO_LSA_CONTEXT);
    assert_int_equal(heap_free(sealed.blob.pvBuffer), SSP_OK);
    end(user, &one);
    end(user, &other);
}

static void a_password_is_changed_by_the_package_that_can(void **state)
{
    static char16_t text[] = u"x";
    const UNICODE_STRING some = { 2, 2, text };
    const UNICODE_STRING none = { 0, 0, NULL };
    ULONG id = info_of(MOCK)->id;

    (void)state;
    assert_int_equal(port->ops->change_password(port, id, &some, &some, &some, &some, false, NULL),
                     SEC_E_OK);
    assert_int_equal(port->ops->change_password(port, id, &some, &some, &none, &some, false, NULL),
                     SEC_E_LOGON_DENIED);
    assert_int_equal(port->ops->change_password(port, 99, &some, &some, &some, &some, false, NULL),
                     SEC_E_SECPKG_NOT_FOUND);
}

/* In a child, since what a process does with its user it cannot undo. */
static bool seals_as_another_user(void)
{
    struct lsa_seal what = { .package = info_of(MOCK)->id,
                             .flags = SECPKG_CONTEXT_EXPORT_DELETE_OLD };
    struct lsa_sealed sealed = { 0 };
    struct lsa_opened opened = { 0 };

    if (port->ops->seal(port, &what, VIEW_OF("x"), &sealed) != SEC_E_OK || setuid(12345) != 0)
        return false;
    struct view blob = { sealed.blob.pvBuffer, sealed.blob.cbBuffer };
    /* Its new user has no rights in the folder that is configured, and does not go on with the key
     * of the old one. */
    return port->ops->open(port, MOCK, blob, NULL, &opened) == SEC_E_INTERNAL_ERROR &&
           port->ops->claim(port, &sealed.ticket) == SEC_E_INTERNAL_ERROR;
}

static void a_process_that_gave_up_its_rights_does_not_use_the_old_key(void **state)
{
    int status = 0;

    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(seals_as_another_user() ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void does_not_open_with_a_configuration_that_does_not_hold(void **state)
{
    struct lsa_port *second = NULL;

    (void)state;
    fixture_write(fixture_path("opensspi.conf"), 0600, "[lsa]\nmode = other\n");
    assert_int_equal(lsa_local_open(&second), SEC_E_INTERNAL_ERROR);
    assert_null(second);
    assert_int_equal(setenv("OPENSSPI_CONFIG", fixture_path("missing"), 1), 0);
    assert_int_equal(lsa_local_open(&second), SEC_E_INTERNAL_ERROR);
    assert_null(second);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(describes_its_packages),
        CASE_IF(geteuid() == 0, CASE(runs_no_package_of_a_user_whom_it_impersonates)),
        CASE(finds_packages_added_later),
        CASE(both_halves_of_a_package_protect_messages),
        CASE(a_wrong_secret_is_denied),
        CASE(an_attribute_of_the_lsa_half_is_answered_there),
        CASE(a_token_is_queried_and_a_stranger_refused),
        CASE(a_session_goes_through_seal_and_open),
        CASE(a_password_is_changed_by_the_package_that_can),
        CASE_IF(geteuid() == 0, CASE(a_process_that_gave_up_its_rights_does_not_use_the_old_key)),
        CASE(does_not_open_with_a_configuration_that_does_not_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
