/* SPDX-License-Identifier: Apache-2.0 */
/* TLS records and moved sessions, next to GnuTLS and OpenSSL over memory. */
#include "parts.h"
#include "tls_ours.h"
#include "tls_rival.h"

#define OPENSSL_AIM 0.769 /* 1.3 times as fast */
#define GNUTLS_AIM 1.0
#define PACKED_AIM 300.0
#define MOVE_AIM_NS 2000.0

static const struct suite {
    uint16_t id;
    const char *priority; /* GnuTLS's */
    const char *openssl;
    const char *rows[4]; /* seal, open; 1 KiB, 16 KiB */
} suites[] = {
    { 0x1301,
      "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM",
      "TLS_AES_128_GCM_SHA256",
      { "EncryptMessage 1 KiB, AES-128-GCM", "EncryptMessage 16 KiB, AES-128-GCM",
        "DecryptMessage 1 KiB, AES-128-GCM", "DecryptMessage 16 KiB, AES-128-GCM" } },
    { 0x1302,
      "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM",
      "TLS_AES_256_GCM_SHA384",
      { "EncryptMessage 1 KiB, AES-256-GCM", "EncryptMessage 16 KiB, AES-256-GCM",
        "DecryptMessage 1 KiB, AES-256-GCM", "DecryptMessage 16 KiB, AES-256-GCM" } },
    { 0x1303,
      "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305",
      "TLS_CHACHA20_POLY1305_SHA256",
      { "EncryptMessage 1 KiB, ChaCha20-Poly1305", "EncryptMessage 16 KiB, ChaCha20-Poly1305",
        "DecryptMessage 1 KiB, ChaCha20-Poly1305", "DecryptMessage 16 KiB, ChaCha20-Poly1305" } },
};

static struct tls_ours ours;
static struct tls_rival rival;

static void tell(struct bench *bench, const char *name, bool is_long, const struct contender *all)
{
    struct row row = { name,      "ns",
                       all[0].ns, "gnutls_record_send, _recv",
                       all[1].ns, is_long ? AIM_RATIO : AIM_NONE,
                       GNUTLS_AIM };

    report_row(&bench->report, &row);
    row.other = "SSL_write, SSL_read";
    row.theirs = all[2].ns;
    row.at_most = OPENSSL_AIM;
    report_row(&bench->report, &row);
}

static void play(struct bench *bench, const struct suite *suite, size_t size)
{
    struct contender seals[] = {
        { .run = tls_ours_seal, .arg = &ours },
        { .run = gnutls_seal, .arg = &ours },
        { .run = tls_rival_seal, .arg = &rival },
    };
    struct contender opens[] = {
        { .prepare = tls_ours_open_prepare, .run = tls_ours_open, .arg = &ours },
        { .prepare = gnutls_open_prepare, .run = gnutls_open, .arg = &ours },
        { .prepare = tls_rival_open_prepare, .run = tls_rival_open, .arg = &rival },
    };
    bool is_long = size == TLS_DATA_MAX;

    ours.size = size;
    rival.size = size;
    race(seals, 3);
    tell(bench, suite->rows[is_long ? 1 : 0], is_long, seals);
    race(opens, 3);
    tell(bench, suite->rows[is_long ? 3 : 2], is_long, opens);
}

static void play_passage(struct bench *bench)
{
    struct contender move = { .run = tls_ours_move, .arg = &ours };

    race(&move, 1);
    const struct row rows[] = {
        { .name = "packed context without names, AES-256-GCM",
          .unit = "bytes",
          .ours = (double)tls_ours_packed_size(&ours),
          .aim = AIM_VALUE,
          .at_most = PACKED_AIM },
        { .name = "export + import of a TLS session",
          .unit = "ns",
          .ours = move.ns,
          .aim = AIM_VALUE,
          .at_most = MOVE_AIM_NS },
    };
    for (size_t i = 0; i < 2; i++)
        report_row(&bench->report, &rows[i]);
}

void part_tls(struct bench *bench)
{
    report_heading(&bench->report, "TLS 1.3");
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        tls_ours_start(&ours, suites[i].id, suites[i].priority);
        tls_rival_start(&rival, suites[i].openssl);
        play(bench, &suites[i], 1024);
        play(bench, &suites[i], TLS_DATA_MAX);
        if (suites[i].id == 0x1302)
            play_passage(bench);
        tls_ours_end(&ours);
        tls_rival_end(&rival);
    }
}
