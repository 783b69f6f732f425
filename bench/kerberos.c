/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "harness/kdc.h"
#include "harness/loopback.h"

#include "krb_ours.h"
#include "krb_rival.h"
#include "parts.h"

#define SEAL_AIM 0.25 /* of gss_wrap's time */
#define MOVE_AIM 0.25
#define NAMELESS_AIM 250.0 /* bytes */
#define SHAKE_AIM (1 / 0.9)

struct table {
    const struct report *report;
    struct krb_ours ours;
    struct krb_rival rival;
};

static const struct match {
    const char *name;
    size_t size;
    const char *rival_call;
    run_fn *ours;
    run_fn *ours_prepare;
    run_fn *rival;
    run_fn *rival_prepare;
    enum aim aim;
} matches[] = {
    { "EncryptMessage 1 KiB", 1024, "gss_wrap", krb_ours_seal, NULL, gss_session_seal, NULL,
      AIM_RATIO },
    { "EncryptMessage 16 KiB", DATA_MAX, "gss_wrap", krb_ours_seal, NULL, gss_session_seal, NULL,
      AIM_RATIO },
    { "DecryptMessage 1 KiB", 1024, "gss_unwrap", krb_ours_open, krb_ours_open_prepare,
      gss_session_open, gss_session_open_prepare, AIM_NONE },
    { "DecryptMessage 16 KiB", DATA_MAX, "gss_unwrap", krb_ours_open, krb_ours_open_prepare,
      gss_session_open, gss_session_open_prepare, AIM_NONE },
    { "MakeSignature 1 KiB", 1024, "gss_get_mic", krb_ours_sign, NULL, gss_session_sign, NULL,
      AIM_NONE },
};

static void play(struct table *table, const struct match *match)
{
    struct contender both[] = {
        { .prepare = match->ours_prepare, .run = match->ours, .arg = &table->ours },
        { .prepare = match->rival_prepare, .run = match->rival, .arg = &table->rival.session },
    };

    table->ours.size = match->size;
    table->rival.session.size = match->size;
    race(both, 2);
    const struct row row = { match->name, "ns",       both[0].ns, match->rival_call,
                             both[1].ns,  match->aim, SEAL_AIM };
    report_row(table->report, &row);
}

static void move(struct table *table)
{
    struct contender both[] = { { .run = krb_ours_move, .arg = &table->ours },
                                { .run = gss_session_move, .arg = &table->rival.session } };
    const struct row packed = { .name = "packed context",
                                .unit = "B",
                                .ours = (double)table->ours.packed_n,
                                .other = "gss_export_sec_context",
                                .theirs = (double)gss_session_packed_size(&table->rival.session) };
    const struct row nameless = { .name = "of which not names",
                                  .unit = "B",
                                  .ours = (double)(table->ours.packed_n - table->ours.names_n),
                                  .aim = AIM_VALUE,
                                  .at_most = NAMELESS_AIM };

    report_row(table->report, &packed);
    report_row(table->report, &nameless);
    race(both, 2);
    const struct row row = { "package's export + import, not sealed",
                             "us",
                             both[0].ns / 1000,
                             "gss_export + gss_import",
                             both[1].ns / 1000,
                             AIM_RATIO,
                             MOVE_AIM };
    report_row(table->report, &row);
}

/* Both with credentials, and tickets, that were there before. */
static void shake_again(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        loopback_part(arg);
        need(loopback_shake(arg, ALL_LEGS) == SEC_E_OK, "a handshake");
    }
}

static void shake(struct table *table, const char *type)
{
    struct scene scene = scene_kerberos;
    struct loopback loop;
    struct contender both[] = { { .run = shake_again, .arg = &loop },
                                { .run = krb_rival_shake, .arg = &table->rival } };

    scene.target = kdc_service_of(type);
    loopback_begin(&loop, &scene, NULL);
    race(both, 2);
    loopback_end(&loop);
    const struct row rows[] = {
        { "handshake, both sides, and its end", "us", both[0].ns / 1000, "MIT's", both[1].ns / 1000,
          AIM_RATIO, SHAKE_AIM },
        { .name = "handshakes a second",
          .unit = "/s",
          .ours = 1e9 / both[0].ns,
          .other = "MIT's",
          .theirs = 1e9 / both[1].ns },
    };
    report_row(table->report, &rows[0]);
    report_row(table->report, &rows[1]);
}

static void play_type(const struct report *report, const char *type)
{
    static struct table table;
    struct krb_agreed agreed[2];
    char heading[80];

    table.report = report;
    krb_rival_agree(type, agreed);
    krb_rival_start(type, &table.rival);
    krb_ours_start(agreed, &table.ours);
    (void)snprintf(heading, sizeof(heading), "Kerberos, %s, next to MIT's", type);
    report_heading(report, heading);
    for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++)
        play(&table, &matches[i]);
    move(&table);
    shake(&table, type);
    krb_ours_end(&table.ours);
    krb_rival_end(&table.rival);
    krb_agreed_wipe(&agreed[0]);
    krb_agreed_wipe(&agreed[1]);
}

void part_kerberos(const struct report *report)
{
    krb_rival_realm();
    play_type(report, "aes256-cts-hmac-sha1-96");
    play_type(report, "aes256-cts-hmac-sha384-192");
    play_type(report, "aes128-cts-hmac-sha256-128");
    krb_rival_realm_end();
}
