/* SPDX-License-Identifier: Apache-2.0 */
#include "parts.h"

#include <stdio.h>

#define SEAL_AIM 0.333 /* of gss_wrap's time */
#define LAYER_AIM_NS 50.0

struct match { /* one kind of message, three ways to protect it */
    const char *name;
    size_t size;
    const char *rival_call;
    run_fn *ours;
    run_fn *ours_prepare;
    run_fn *rival;
    run_fn *rival_prepare;
    run_fn *bare;
    enum aim aim;
};

static const struct match matches[] = {
    { "EncryptMessage 64 B", 64, "gss_wrap", ours_seal, NULL, gss_session_seal, NULL, bare_seal,
      AIM_NONE },
    { "EncryptMessage 1 KiB", 1024, "gss_wrap", ours_seal, NULL, gss_session_seal, NULL, bare_seal,
      AIM_RATIO },
    { "EncryptMessage 16 KiB", DATA_MAX, "gss_wrap", ours_seal, NULL, gss_session_seal, NULL,
      bare_seal, AIM_NONE },
    { "DecryptMessage 1 KiB", 1024, "gss_unwrap", ours_open, ours_open_prepare, gss_session_open,
      gss_session_open_prepare, bare_open, AIM_NONE },
    { "MakeSignature 1 KiB", 1024, "gss_get_mic", ours_sign, NULL, gss_session_sign, NULL,
      bare_sign, AIM_NONE },
};

static void play(struct bench *bench, const struct match *match)
{
    struct contender all[] = {
        { .prepare = match->ours_prepare, .run = match->ours, .arg = &bench->ours },
        { .prepare = match->rival_prepare, .run = match->rival, .arg = &bench->rival.session },
        { .run = match->bare, .arg = &bench->bare },
    };

    ours_shake(&bench->ours, 1); /* both ends where they began, whatever was sent into the void */
    rival_shake(&bench->rival, 1);
    bench->ours.size = match->size;
    bench->rival.session.size = match->size;
    bench->bare.size = match->size;
    race(all, 3);
    struct row row = { match->name, "ns",       all[0].ns, match->rival_call,
                       all[1].ns,   match->aim, SEAL_AIM };
    report_row(&bench->report, &row);
    row.other = "bare nettle";
    row.theirs = all[2].ns;
    row.aim = AIM_NONE;
    report_row(&bench->report, &row);
}

/* The same message on the same context, once through the interface and once past it. */
static void play_layer(struct bench *bench)
{
    struct contender both[] = {
        { .run = ours_seal, .arg = &bench->ours },
        { .run = ours_seal_direct, .arg = &bench->ours },
    };

    bench->ours.size = 64;
    race(both, 2);
    const struct row row = { .name = "of which between application and package",
                             .unit = "ns",
                             .ours = both[0].ns - both[1].ns,
                             .aim = AIM_VALUE,
                             .at_most = LAYER_AIM_NS };
    report_row(&bench->report, &row);
}

void part_messages(struct bench *bench)
{
    report_heading(&bench->report, "One message");
    for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++)
        play(bench, &matches[i]);
    play_layer(bench);
}
