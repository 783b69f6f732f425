/* SPDX-License-Identifier: Apache-2.0 */
#include "parts.h"

#define PACKED_AIM 900.0 /* bytes */
#define MOVE_AIM 0.25    /* of gss-ntlmssp's time */
#define SEALED_AIM_US 40.0

static void sizes(struct bench *bench)
{
    const struct row packed = { "packed context",
                                "B",
                                (double)ours_packed_size(&bench->ours),
                                "gss_export_sec_context",
                                (double)gss_session_packed_size(&bench->rival.session),
                                AIM_VALUE,
                                PACKED_AIM };
    const struct row sealed = { .name = "sealed context",
                                .unit = "B",
                                .ours = (double)ours_sealed_size(&bench->ours) };

    report_row(&bench->report, &packed);
    report_row(&bench->report, &sealed);
}

static void plain(struct bench *bench)
{
    struct contender both[] = { { .run = ours_move_direct, .arg = &bench->ours },
                                { .run = gss_session_move, .arg = &bench->rival.session } };

    race(both, 2);
    const struct row row = { "package's export + import, not sealed",
                             "us",
                             both[0].ns / 1000,
                             "gss_export + gss_import",
                             both[1].ns / 1000,
                             AIM_RATIO,
                             MOVE_AIM };
    report_row(&bench->report, &row);
}

/* What is put off to the first message shows here. */
static void plain_and_seal(struct bench *bench)
{
    struct contender both[] = { { .run = ours_move_direct_and_seal, .arg = &bench->ours },
                                { .run = gss_session_move_and_seal,
                                  .arg = &bench->rival.session } };

    bench->ours.size = 64;
    bench->rival.session.size = 64;
    race(both, 2);
    const struct row row = { .name = "the same and a first message of 64 B",
                             .unit = "us",
                             .ours = both[0].ns / 1000,
                             .other = "the same, gss_wrap",
                             .theirs = both[1].ns / 1000 };
    report_row(&bench->report, &row);
}

static void sealed(struct bench *bench, const char *name, run_fn *run)
{
    struct contender one = { .run = run, .arg = &bench->ours };

    race(&one, 1);
    const struct row row = { .name = name,
                             .unit = "us",
                             .ours = one.ns / 1000,
                             .aim = AIM_VALUE,
                             .at_most = SEALED_AIM_US };
    report_row(&bench->report, &row);
}

static void handshakes(struct bench *bench)
{
    struct contender both[] = { { .run = ours_shake, .arg = &bench->ours },
                                { .run = rival_shake, .arg = &bench->rival } };

    race(both, 2);
    const struct row row = { .name = "handshake, both sides, and its end",
                             .unit = "us",
                             .ours = both[0].ns / 1000,
                             .other = "gss-ntlmssp's",
                             .theirs = both[1].ns / 1000 };
    report_row(&bench->report, &row);
    const struct row rate = { .name = "handshakes a second",
                              .unit = "/s",
                              .ours = 1e9 / both[0].ns,
                              .other = "gss-ntlmssp's",
                              .theirs = 1e9 / both[1].ns };
    report_row(&bench->report, &rate);
}

void part_passage(struct bench *bench)
{
    report_heading(&bench->report, "A context's passage, and its beginning");
    sizes(bench);
    plain(bench);
    plain_and_seal(bench);
    sealed(bench, "sealed, single use: export + import", ours_move_sealed);
    sealed(bench, "the same with the acceptor's token", ours_move_sealed_token);
    handshakes(bench);
}
