/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI and Samba's ntlm_auth: handshakes in both roles, in every variant that it can be made
 * to speak.  Both ends have to come to the same session key. */
#include <sys/stat.h>

#include "harness/actor.h"
#include "harness/harness.h"
#include "harness/world.h"
#include "interop/glance.h"
#include "interop/samba_peer.h"

static const struct scene wrong_password = { .package = "NTLM",
                                             .user = WORLD_USER,
                                             .domain = WORLD_DOMAIN,
                                             .password = "not " WORLD_PASSWORD,
                                             .target = "test/server",
                                             .initiator_asks = ISC_REQ_INTEGRITY };
static const struct scene stranger = { .package = "NTLM",
                                       .user = "Stranger",
                                       .domain = WORLD_DOMAIN,
                                       .password = WORLD_PASSWORD,
                                       .target = "test/server",
                                       .initiator_asks = ISC_REQ_INTEGRITY };
static const struct scene unprotected = { .package = "NTLM",
                                          .user = WORLD_USER,
                                          .domain = WORLD_DOMAIN,
                                          .password = WORLD_PASSWORD,
                                          .target = "test/server" };

struct meeting {
    bool we_accept;
    struct actor ours;
    struct actor spare; /* for our end to move to */
    struct samba_peer theirs;
    SECURITY_STATUS status; /* of our last leg */
    struct glance seen;     /* of the AUTHENTICATE */
};

/* theirs: lines of smb.conf. */
static struct meeting begin_with(bool we_accept, const struct scene *client,
                                 const struct scene *server, const char *theirs)
{
    const struct scene *ours = we_accept ? server : client;

    return (struct meeting){
        .we_accept = we_accept,
        .ours = actor_start(ours, we_accept),
        .spare = actor_start(ours, we_accept),
        .theirs = samba_peer_of(we_accept ? client : server, !we_accept, theirs),
        .status = SEC_I_CONTINUE_NEEDED,
    };
}

/* ours and theirs: lines of [ntlm] and of smb.conf.  The server asks for as much as the client. */
static struct meeting begin(bool we_accept, const struct scene *client, const char *ours,
                            const char *theirs)
{
    bool is_plain = client->initiator_asks == 0;

    world_configure("run", ours);
    return begin_with(we_accept, client, is_plain ? &unprotected : &scene_ntlm, theirs);
}

static bool take_leg(struct meeting *meeting, bool is_ours, struct job *job)
{
    if (!is_ours)
        return samba_peer_leg(&meeting->theirs, job);
    meeting->status = actor_do(&meeting->ours, party_leg, job);
    return meeting->status >= 0 && job->n != 0;
}

static void move(struct meeting *meeting)
{
    struct job job = JOB_INIT;

    job.arg = SECPKG_CONTEXT_EXPORT_DELETE_OLD;
    assert_int_equal(actor_do(&meeting->ours, party_export, &job), SEC_E_OK);
    assert_int_equal(actor_do(&meeting->spare, party_import, &job), SEC_E_OK);
    meeting->ours = meeting->spare;
}

/* Three legs; our end moves after its first when told to. */
static void shake(struct meeting *meeting, bool moves)
{
    struct job job = JOB_INIT;
    bool is_ours = !meeting->we_accept;
    bool may_move = moves;

    /* Ends: NTLM's sides run out of tokens. */
    while (take_leg(meeting, is_ours, &job)) {
        glance_at(&job, &meeting->seen);
        if (is_ours && may_move)
            move(meeting);
        may_move = may_move && !is_ours;
        is_ours = !is_ours;
    }
}

static bool agrees(const struct meeting *meeting)
{
    return meeting->status == SEC_E_OK && samba_peer_is_content(&meeting->theirs);
}

static void assert_same_key(struct meeting *meeting)
{
    struct job ours = JOB_INIT;
    struct job theirs = JOB_INIT;

    assert_int_equal(actor_do(&meeting->ours, party_key, &ours), SEC_E_OK);
    samba_peer_key(&meeting->theirs, &theirs);
    assert_int_equal(ours.n, 16);
    assert_int_equal(theirs.n, 16);
    assert_memory_equal(ours.bytes, theirs.bytes, ours.n);
}

static void end(struct meeting *meeting)
{
    assert_true(samba_peer_end(&meeting->theirs));
    world_configure("run", "");
}

/* ---- Who is let in ----------------------------------------------------- */

static void agrees_on_the_session_key(void **state)
{
    const bool *we_accept = *state;
    struct meeting meeting = begin(*we_accept, &scene_ntlm, "", "");

    shake(&meeting, false);
    assert_int_equal(meeting.status, SEC_E_OK);
    assert_true(agrees(&meeting));
    assert_same_key(&meeting);
    end(&meeting);
}

static void agrees_after_it_moved_half_done(void **state)
{
    const bool *we_accept = *state;
    struct meeting meeting = begin(*we_accept, &scene_ntlm, "", "");

    shake(&meeting, true);
    assert_true(agrees(&meeting));
    assert_same_key(&meeting);
    end(&meeting);
}

static void refuses(bool we_accept, const struct scene *client)
{
    struct meeting meeting = begin(we_accept, client, "", "");

    shake(&meeting, false);
    assert_false(agrees(&meeting));
    if (we_accept)
        assert_int_equal(meeting.status, SEC_E_LOGON_DENIED);
    else
        assert_string_equal(meeting.theirs.says, "NA");
    end(&meeting);
}

static void does_not_pass_with_the_wrong_password(void **state)
{
    const bool *we_accept = *state;

    refuses(*we_accept, &wrong_password);
}

static void refuses_a_user_whom_nobody_knows(void **state)
{
    (void)state;
    refuses(true, &stranger);
}

/* Without a word about signing and sealing; there is a session key all the same. */
static void agrees_on_who_it_is_and_no_more(void **state)
{
    const bool *we_accept = *state;
    struct meeting meeting = begin(*we_accept, &unprotected, "", "");

    shake(&meeting, false);
    assert_true(agrees(&meeting));
    assert_int_equal(samba_peer_flags(&meeting.theirs) & (SIGN | SEAL), 0);
    assert_same_key(&meeting);
    end(&meeting);
}

static void knows_names_and_passwords_beyond_ascii(void **state)
{
    static const struct scene far = { .package = "NTLM",
                                      .user = WORLD_FAR_USER,
                                      .domain = WORLD_FAR_DOMAIN,
                                      .password = WORLD_FAR_PASSWORD,
                                      .target = "test/server",
                                      .initiator_asks = ISC_REQ_INTEGRITY };
    const bool *we_accept = *state;
    struct meeting meeting = begin_with(*we_accept, &far, &far, "");

    shake(&meeting, true);
    assert_int_equal(meeting.status, SEC_E_OK);
    assert_true(agrees(&meeting));
    assert_same_key(&meeting);
    end(&meeting);
}

static void tells_the_server_who_the_user_is(void **state)
{
    struct meeting meeting = begin(false, &scene_ntlm, "", "");

    (void)state;
    shake(&meeting, false);
    assert_string_equal(meeting.theirs.says, "AF");
    assert_non_null(strstr(meeting.theirs.text, WORLD_USER));
    end(&meeting);
}

/* ---- Variants ---------------------------------------------------------- */

#define V1_CLIENT "client ntlmv2 auth = no\n"
#define V1_SERVER "ntlm auth = yes\n"
#define TAKE_V1 "minimum = v1\n"
#define SEND_V1 "minimum = v1\nrespond = v1\n"

struct variant {
    const char *name; /* begins with v1 or v2: the response that is sent */
    const char *ours;
    const char *theirs;
    uint32_t flags; /* that are agreed */
    uint32_t not_flags;
};

static void speaks(bool we_accept, const struct variant *variants, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct variant *v = &variants[i];
        struct meeting meeting = begin(we_accept, &scene_ntlm, v->ours, v->theirs);

        print_message("# %s\n", v->name);
        shake(&meeting, i % 2 != 0);
        assert_int_equal(meeting.status, SEC_E_OK);
        assert_true(agrees(&meeting));
        assert_int_equal(meeting.seen.is_v1, v->name[1] == '1');
        uint32_t flags = samba_peer_flags(&meeting.theirs);
        assert_int_equal(flags & v->flags, v->flags);
        assert_int_equal(flags & v->not_flags, 0);
        assert_same_key(&meeting);
        end(&meeting);
    }
}

/* Without extended session security the peer answers with v1 whatever it is told. */
static void takes_every_variant_that_the_peer_sends(void **state)
{
    static const struct variant variants[] = {
        { "v2", "", "", UNICODE | SIGN | SEAL | ESS | BITS_128 | KEY_EXCHANGE, 0 },
        { "v2, OEM", "", "ntlmssp_client:unicode = no\n", OEM, UNICODE },
        { "v2, no key exchange", "", "ntlmssp_client:keyexchange = no\n", ESS, KEY_EXCHANGE },
        { "v2, 40 bits", "require_128 = no\n", "ntlmssp_client:128bit = no\n", ESS, BITS_128 },
        { "v1, extended session security", TAKE_V1, V1_CLIENT, ESS, 0 },
        { "v1, OEM", TAKE_V1, V1_CLIENT "ntlmssp_client:unicode = no\n", OEM, UNICODE },
        { "v1, no key exchange", TAKE_V1, V1_CLIENT "ntlmssp_client:keyexchange = no\n", ESS,
          KEY_EXCHANGE },
        { "v1 without extended session security", TAKE_V1, V1_CLIENT "ntlmssp_client:ntlm2 = no\n",
          BITS_128, ESS },
        { "v1 and LM", TAKE_V1, V1_CLIENT "client lanman auth = yes\nntlmssp_client:ntlm2 = no\n",
          BITS_128, ESS },
        { "v1, nothing but the oldest", TAKE_V1 "require_128 = no\n",
          V1_CLIENT "ntlmssp_client:ntlm2 = no\nntlmssp_client:unicode = no\n"
                    "ntlmssp_client:128bit = no\nntlmssp_client:keyexchange = no\n",
          OEM, UNICODE | ESS | BITS_128 | KEY_EXCHANGE },
    };

    (void)state;
    speaks(true, variants, sizeof(variants) / sizeof(variants[0]));
}

static void sends_every_variant_that_the_peer_takes(void **state)
{
    static const struct variant variants[] = {
        { "v2", "", "", UNICODE | SIGN | SEAL | ESS | BITS_128 | KEY_EXCHANGE, 0 },
        { "v1, extended session security", SEND_V1, V1_SERVER, ESS, 0 },
        { "v1 and LM", SEND_V1 "lm = yes\n", V1_SERVER "lanman auth = yes\n", BITS_128, 0 },
    };

    (void)state;
    speaks(false, variants, sizeof(variants) / sizeof(variants[0]));
}

static void refuses_v1_unless_told_to_take_it(void **state)
{
    struct meeting meeting = begin(true, &scene_ntlm, "", V1_CLIENT);

    (void)state;
    shake(&meeting, false);
    assert_int_equal(meeting.status, SEC_E_LOGON_DENIED);
    end(&meeting);
}

static void refuses_a_wrong_password_in_v1_too(void **state)
{
    struct meeting meeting = begin(true, &wrong_password, TAKE_V1, V1_CLIENT);

    (void)state;
    shake(&meeting, false);
    assert_int_equal(meeting.status, SEC_E_LOGON_DENIED);
    end(&meeting);
}

static int setup(void **state)
{
    int failed = world_begin(state);

    return failed != 0 ? failed : mkdir(world_path("samba"), 0700);
}

static bool roles[2] = { false, true };
#define CASE(fn, role, n)                                   \
    {                                                       \
        "as_" role "_" #fn, fn, NULL, actors_end, &roles[n] \
    }
#define BOTH_ROLES(fn) CASE(fn, "initiator", 0), CASE(fn, "acceptor", 1)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ROLES(agrees_on_the_session_key),
        BOTH_ROLES(agrees_after_it_moved_half_done),
        BOTH_ROLES(does_not_pass_with_the_wrong_password),
        ACTOR_TEST(refuses_a_user_whom_nobody_knows),
        BOTH_ROLES(agrees_on_who_it_is_and_no_more),
        BOTH_ROLES(knows_names_and_passwords_beyond_ascii),
        ACTOR_TEST(tells_the_server_who_the_user_is),
        ACTOR_TEST(takes_every_variant_that_the_peer_sends),
        ACTOR_TEST(sends_every_variant_that_the_peer_takes),
        ACTOR_TEST(refuses_v1_unless_told_to_take_it),
        ACTOR_TEST(refuses_a_wrong_password_in_v1_too),
    };

    return cmocka_run_group_tests(tests, setup, world_end);
}
