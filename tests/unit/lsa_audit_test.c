/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail, as it comes out at the end of the log: standard error goes into a memory file
 * for the length of one act. */
#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/handle.h"
#include "base/heap.h"
#include "harness/harness.h"
#include "harness/lsa_fixture.h"
#include "lsa/audit.h"
#include "lsa/call.h"
#include "lsa/ctx.h"
#include "lsa/passage.h"
#include "lsa/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SAID = 8192, TEXT = 256, LOG_LINE = 1023 };

static char said[SAID];

/* ---- Listening --------------------------------------------------------- */

struct ear {
    int fd;
    int stderr_fd;
};

static struct ear listen_to_log(void)
{
    struct ear ear = { memfd_create("log", MFD_CLOEXEC), dup(STDERR_FILENO) };

    assert_true(ear.fd >= 0 && ear.stderr_fd >= 0);
    assert_int_equal(dup2(ear.fd, STDERR_FILENO), STDERR_FILENO);
    return ear;
}

static void note_what_was_said(struct ear *ear)
{
    assert_int_equal(dup2(ear->stderr_fd, STDERR_FILENO), STDERR_FILENO);
    ssize_t n = pread(ear->fd, said, sizeof(said) - 1, 0);
    assert_in_range(n, 0, sizeof(said) - 1);
    said[n] = '\0';
    fd_close(&ear->fd);
    fd_close(&ear->stderr_fd);
}

/* The audit lines among what was said, one behind the other; how many. */
static size_t audit_lines(char *ret, size_t size)
{
    size_t n = 0;

    *ret = '\0';
    for (const char *line = said; *line != '\0'; line += strcspn(line, "\n") + 1) {
        const char *at = strstr(line, "audit event=");
        size_t end = strcspn(line, "\n");

        if (at == NULL || (size_t)(at - line) > end)
            continue;
        n++;
        (void)snprintf(ret + strlen(ret), size - strlen(ret), "%.*s\n", (int)(line + end - at), at);
    }
    return n;
}

static void assert_said_nothing(void)
{
    char lines[SAID];

    assert_int_equal(audit_lines(lines, sizeof(lines)), 0);
}

/* Exactly one line, which is this; "*" stands for any characters but spaces. */
static void assert_said(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void assert_said(const char *format, ...)
{
    char lines[SAID];
    char expected[4 * TEXT];
    const char *at = lines;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(expected, sizeof(expected), format, args);
    va_end(args);
    assert_int_equal(audit_lines(lines, sizeof(lines)), 1);
    for (const char *e = expected; *e != '\0'; e++) {
        if (*e == '*')
            at += strcspn(at, " \n");
        else if (*at++ != *e)
            fail_msg("expected %s, not %s", expected, lines);
    }
    assert_string_equal(at, "\n");
}

/* The value of a field in the one line that was said. */
static const char *field(const char *name)
{
    static char values[4][TEXT];
    static size_t turn;
    char *value = values[turn++ % 4];
    char start[TEXT];

    (void)snprintf(start, sizeof(start), " %s=", name);
    const char *at = strstr(said, start);
    assert_non_null(at);
    at += strlen(start);
    (void)snprintf(value, TEXT, "%.*s", (int)strcspn(at, " \n"), at);
    return value;
}

/* ---- Logons ------------------------------------------------------------ */

static SECURITY_STATUS accept_loudly(struct pair *pair)
{
    struct ear ear = listen_to_log();
    SECURITY_STATUS status = pair_accept(fixture.alice, pair);

    note_what_was_said(&ear);
    return status;
}

static void shake_up_to_the_proof(struct pair *pair)
{
    assert_int_equal(pair_initiate(fixture.alice, pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(accept_loudly(pair), SEC_I_CONTINUE_NEEDED);
    assert_said_nothing();
    assert_int_equal(pair_initiate(fixture.alice, pair), SEC_E_OK);
}

static void a_logon_is_one_line(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    shake_up_to_the_proof(&pair);
    assert_int_equal(accept_loudly(&pair), SEC_E_OK);
    assert_said("audit event=logon uid=%u pid=1001 package=\"Mock\" status=0x00000000 logon=0x* "
                "domain=\"MOCK\" user=\"somebody\"",
                (unsigned)geteuid());
    pair_free(fixture.alice, &pair);
}

static void a_refused_logon_is_one_line_with_its_status(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    shake_up_to_the_proof(&pair);
    pair.token[pair.n - 1] ^= 1;
    assert_int_equal(accept_loudly(&pair), SEC_E_LOGON_DENIED);
    assert_said("audit event=logon-refused uid=%u pid=1001 package=\"Mock\" status=0x8009030c",
                (unsigned)geteuid());
    pair_free(fixture.alice, &pair);
}

static void an_initiator_has_nothing_to_tell(void **state)
{
    struct pair pair = { 0 };

    (void)state;
    assert_int_equal(pair_initiate(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    assert_int_equal(pair_accept(fixture.alice, &pair), SEC_I_CONTINUE_NEEDED);
    pair.token[0] ^= 1;
    struct ear ear = listen_to_log();
    SECURITY_STATUS refused = pair_initiate(fixture.alice, &pair);
    pair.token[0] ^= 1;
    SECURITY_STATUS accepted = pair_initiate(fixture.alice, &pair);
    note_what_was_said(&ear);
    assert_int_equal(refused, SEC_E_INVALID_TOKEN);
    assert_int_equal(accepted, SEC_E_OK);
    assert_said_nothing();
    pair_free(fixture.alice, &pair);
}

/* ---- What packages tell ------------------------------------------------ */

static UNICODE_STRING text16(const char16_t *text)
{
    USHORT n = 0;

    while (text[n] != 0)
        n++;
    n = (USHORT)(n * sizeof(*text));
    return (UNICODE_STRING){ n, n, (PWSTR)(uintptr_t)text };
}

struct logon_of {
    NTSTATUS status;
    const char16_t *domain;
    const char16_t *user;
    const char16_t *workstation;
    LUID *id;
};

/* As a package does it in a call of alice's, with or without a leg around it. */
static void package_tells(const struct logon_of *what, struct audit_logon *notes)
{
    const struct package *mock = package_by_name(&fixture.lsa->packages, MOCK);
    UNICODE_STRING user = text16(what->user);
    UNICODE_STRING domain = text16(what->domain);
    UNICODE_STRING workstation = text16(what->workstation);
    ssp_cleanup(call_end) struct call leg;
    ssp_cleanup(call_end) struct call inner;

    call_begin(&leg, fixture.lsa, fixture.alice, mock, 0);
    leg.notes = notes;
    call_begin(&inner, fixture.lsa, fixture.alice, mock, 0);
    struct ear ear = listen_to_log();
    support_audit_logon(what->status, 0, &user, &domain, &workstation, NULL, Network, NULL,
                        what->id);
    note_what_was_said(&ear);
}

static void what_a_package_tells_outside_a_leg_is_a_line(void **state)
{
    LUID id = { 0x12, 0x34 };
    struct logon_of what = { STATUS_SUCCESS, u"CORP", u"Ren\u00e9e", u"PC", &id };

    (void)state;
    package_tells(&what, NULL);
    assert_said("audit event=logon uid=%u pid=1001 package=\"Mock\" status=0x00000000 "
                "logon=0x3400000012 domain=\"CORP\" user=\"Ren\\xc3\\xa9e\" workstation=\"PC\"",
                (unsigned)geteuid());
    what.status = STATUS_WRONG_PASSWORD;
    package_tells(&what, NULL);
    assert_said("audit event=logon-refused uid=%u pid=1001 package=\"Mock\" status=0xc000006a "
                "domain=\"CORP\" user=\"Ren\\xc3\\xa9e\" workstation=\"PC\"",
                (unsigned)geteuid());
}

static void what_a_package_tells_in_a_leg_is_noted_for_its_end(void **state)
{
    struct audit_logon notes = { .has_id = true, .id = { 7, 8 } };
    struct logon_of what = { STATUS_SUCCESS, u"CORP", u"alice", u"", NULL };

    (void)state;
    package_tells(&what, &notes);
    assert_said_nothing();
    assert_string_equal(notes.domain, "CORP");
    assert_string_equal(notes.user, "alice");
    assert_true(notes.has_id);
    assert_int_equal(notes.id.LowPart, 7);
}

static void a_session_taken_back_is_no_logon(void **state)
{
    struct audit_logon notes = { 0 };
    ssp_cleanup(call_end) struct call call;
    LUID id = { 0 };

    (void)state;
    call_begin(&call, fixture.lsa, fixture.alice, NULL, 0);
    call.notes = &notes;
    assert_int_equal(support_create_logon_session(&id), STATUS_SUCCESS);
    assert_true(notes.has_id);
    assert_true(SecEqualLuid(&notes.id, &id));
    assert_int_equal(support_delete_logon_session(&id), STATUS_SUCCESS);
    assert_false(notes.has_id);
}

static void text_that_was_chosen_forges_neither_fields_nor_lines(void **state)
{
    struct logon_of what = { STATUS_WRONG_PASSWORD, u"A\\B\u2028\u202e", u"x\" status=0x00000000",
                             u"PC\naudit event=logon uid=0\x85\x7f", NULL };

    (void)state;
    package_tells(&what, NULL);
    assert_said("audit event=logon-refused uid=%u pid=1001 package=\"Mock\" status=0xc000006a "
                "domain=\"A\\x5cB\\xe2\\x80\\xa8\\xe2\\x80\\xae\" "
                "user=\"x\\x22 status=0x00000000\" "
                "workstation=\"PC\\x0aaudit event=logon uid=0\\xc2\\x85\\x7f\"",
                (unsigned)geteuid());
}

static void what_cannot_be_shown_is_a_question_mark(void **state)
{
    const char16_t lone[] = { 0xd800, 0 };
    struct logon_of what = { STATUS_SUCCESS, u"CORP", lone, u"PC", NULL };

    (void)state;
    package_tells(&what, NULL);
    assert_string_equal(field("user"), "\"?\"");
    assert_string_equal(field("workstation"), "\"PC\"");
}

static void long_text_is_cut_and_the_line_says_so(void **state)
{
    char16_t name[OPENSSPI_NAME_MAX] = { 0 };

    (void)state;
    for (size_t i = 0; i + 1 < OPENSSPI_NAME_MAX; i++)
        name[i] = '"';
    struct logon_of what = { STATUS_WRONG_PASSWORD, name, name, name, NULL };
    package_tells(&what, NULL);
    assert_in_range(strlen(said), 0, LOG_LINE);
    assert_string_equal(field("cut"), "1");
    assert_int_equal(strlen(field("user")), 160 + 2);
    assert_int_equal(strlen(field("workstation")), 160 + 2);
}

static void the_longest_line_of_all_fits(void **state)
{
    struct envelope_header header = {
        .kind = 2, .flags = UINT32_MAX, .uid_from = UINT32_MAX, .uid_to = UINT32_MAX
    };
    struct audit_logon logon = { .has_id = true, .id = { UINT32_MAX, INT32_MAX } };

    (void)state;
    memset(header.name, '\n', sizeof(header.name) - 1);
    memset(logon.domain, '\n', sizeof(logon.domain) - 1);
    memset(logon.user, '\n', sizeof(logon.user) - 1);
    memset(logon.workstation, '\n', sizeof(logon.workstation) - 1);
    struct ear ear = listen_to_log();
    audit(fixture.alice, &(struct audit){ .event = AUDIT_IMPORT_REFUSED,
                                          .status = SEC_E_NOT_OWNER,
                                          .package = header.name,
                                          .envelope = &header,
                                          .logon = &logon });
    note_what_was_said(&ear);
    assert_string_equal(field("cut"), "1");
    assert_in_range(strlen(said), 0, LOG_LINE);
}

static void account_logons_are_told_too(void **state)
{
    UNICODE_STRING source = text16(u"PC");
    UNICODE_STRING client = text16(u"alice");
    struct ear ear = listen_to_log();
    NTSTATUS status =
        support_audit_account_logon(1, FALSE, &source, &client, NULL, STATUS_WRONG_PASSWORD);

    (void)state;
    note_what_was_said(&ear);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_said("audit event=logon-refused status=0xc000006a user=\"alice\" workstation=\"PC\"");
}

/* ---- The passage ------------------------------------------------------- */

static const char secret[] = "what the package packed";

static struct lsa_sealed seal_loudly(HANDLE token)
{
    struct lsa_seal what = { .package = package_by_name(&fixture.lsa->packages, MOCK)->id,
                             .flags = SECPKG_CONTEXT_EXPORT_DELETE_OLD,
                             .token = token };
    struct lsa_sealed sealed = { 0 };
    struct ear ear = listen_to_log();
    SECURITY_STATUS status = lsa_passage_seal(fixture.alice, &what, VIEW_OF(secret), &sealed);

    note_what_was_said(&ear);
    assert_int_equal(status, SEC_E_OK);
    return sealed;
}

static SECURITY_STATUS open_loudly(struct client *client, const struct lsa_sealed *sealed)
{
    struct lsa_opened opened = { 0 };
    struct ear ear = listen_to_log();
    SECURITY_STATUS status = lsa_passage_open(
        client, MOCK, (struct view){ sealed->blob.pvBuffer, sealed->blob.cbBuffer }, NULL, &opened);

    note_what_was_said(&ear);
    secret_wipe(&opened.packed);
    return status;
}

static void an_import_names_its_export_and_its_logon(void **state)
{
    unsigned uid = geteuid();
    struct pair pair = { 0 };
    char ticket[TEXT];
    char logon[TEXT];

    (void)state;
    shake_up_to_the_proof(&pair);
    assert_int_equal(accept_loudly(&pair), SEC_E_OK);
    (void)snprintf(logon, sizeof(logon), "%s", field("logon"));
    struct lsa_sealed sealed = seal_loudly(pair_token(&pair));
    (void)snprintf(ticket, sizeof(ticket), "%s", field("ticket"));
    assert_said("audit event=export uid=%u pid=1001 package=\"Mock\" status=0x00000000 kind=1 "
                "flags=0x2 from=%u to=%u ticket=%s logon=%s",
                uid, uid, uid, ticket, logon);
    assert_int_equal(open_loudly(fixture.alice, &sealed), SEC_E_OK);
    assert_said("audit event=import uid=%u pid=1001 package=\"Mock\" status=0x00000000 kind=1 "
                "flags=0x2 from=%u to=%u ticket=%s logon=%s",
                uid, uid, uid, ticket, logon);
    assert_int_equal(heap_free(sealed.blob.pvBuffer), SSP_OK);
    pair_free(fixture.alice, &pair);
}

static void a_ticket_in_the_log_is_too_short_to_be_claimed(void **state)
{
    struct lsa_sealed sealed = seal_loudly(NULL);
    char half[2 * sizeof(sealed.ticket.b)] = "";

    (void)state;
    for (size_t i = 0; i < sizeof(sealed.ticket.b) / 2; i++)
        (void)snprintf(half + 2 * i, 3, "%02x", sealed.ticket.b[i]);
    assert_string_equal(field("ticket"), half);
    assert_int_equal(heap_free(sealed.blob.pvBuffer), SSP_OK);
}

static void refused_imports_say_who_and_why(void **state)
{
    unsigned uid = geteuid();
    struct lsa_sealed sealed = seal_loudly(NULL);

    (void)state;
    assert_int_equal(open_loudly(fixture.bob, &sealed), SEC_E_NOT_OWNER);
    assert_said("audit event=import-refused uid=%u pid=2001 package=\"Mock\" status=0x80090306 "
                "kind=1 flags=0x2 from=%u to=%u ticket=*",
                uid + 1, uid, uid);
    assert_int_equal(open_loudly(fixture.alice, &sealed), SEC_E_OK);
    assert_int_equal(open_loudly(fixture.alice, &sealed), SEC_E_CONTEXT_EXPIRED);
    assert_string_equal(field("event"), "import-refused");
    assert_string_equal(field("status"), "0x80090317");
    assert_int_equal(heap_free(sealed.blob.pvBuffer), SSP_OK);
}

static void an_altered_blob_is_not_believed_a_word(void **state)
{
    struct lsa_sealed sealed = seal_loudly(NULL);

    (void)state;
    ((uint8_t *)sealed.blob.pvBuffer)[64] ^= 1; /* the exporter's uid */
    assert_int_equal(open_loudly(fixture.alice, &sealed), SEC_E_INVALID_TOKEN);
    assert_said("audit event=import-refused uid=%u pid=1001 status=0x80090308",
                (unsigned)geteuid());
    assert_int_equal(heap_free(sealed.blob.pvBuffer), SSP_OK);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_logon_is_one_line),
        CASE(a_refused_logon_is_one_line_with_its_status),
        CASE(an_initiator_has_nothing_to_tell),
        CASE(what_a_package_tells_outside_a_leg_is_a_line),
        CASE(what_a_package_tells_in_a_leg_is_noted_for_its_end),
        CASE(a_session_taken_back_is_no_logon),
        CASE(text_that_was_chosen_forges_neither_fields_nor_lines),
        CASE(what_cannot_be_shown_is_a_question_mark),
        CASE(long_text_is_cut_and_the_line_says_so),
        CASE(the_longest_line_of_all_fits),
        CASE(account_logons_are_told_too),
        CASE(an_import_names_its_export_and_its_logon),
        CASE(a_ticket_in_the_log_is_too_short_to_be_claimed),
        CASE(refused_imports_say_who_and_why),
        CASE(an_altered_blob_is_not_believed_a_word),
    };

    if (setenv("OPENSSPI_TRACE", "stderr", 1) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
