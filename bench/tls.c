/* SPDX-License-Identifier: Apache-2.0 */
/* TLS records, handshakes and moved sessions, next to GnuTLS and OpenSSL over memory. */
#include "parts.h"

#include <stdio.h>

#include "tls_bare.h"
#include "tls_ours.h"
#include "tls_rival.h"
#include "tls_shakes.h"

#define OPENSSL_AIM 0.769 /* 1.3 times as fast */
#define GNUTLS_AIM 1.0
#define PACKED_AIM 300.0
#define MOVE_AIM_NS 2000.0
#define SHAKE_AIM 1.053 /* 0.95 times as many */

enum { NAME_ROOM = 64 };

#define TLS_1_3_SUITE(number, aead, cipher_name, openssl_name, what)           \
    {                                                                          \
        .id = (number), .cipher = (aead),                                      \
        .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+" cipher_name, \
        .openssl = (openssl_name), .name = (what)                              \
    }
#define TLS_1_2_SUITE(number, cipher, openssl_name, what)                                      \
    {                                                                                          \
        .id = (number),                                                                        \
        .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:-CIPHER-ALL:+" cipher, \
        .openssl = (openssl_name), .name = (what), .is_1_2 = true                              \
    }

static const struct suite {
    uint16_t id;
    bool is_1_2;
    enum record_cipher cipher;
    const char *priority; /* GnuTLS's */
    const char *openssl;
    const char *name;
} suites[] = {
    TLS_1_3_SUITE(0x1301, RECORD_AES_128_GCM, "AES-128-GCM", "TLS_AES_128_GCM_SHA256",
                  "AES-128-GCM"),
    TLS_1_3_SUITE(0x1302, RECORD_AES_256_GCM, "AES-256-GCM", "TLS_AES_256_GCM_SHA384",
                  "AES-256-GCM"),
    TLS_1_3_SUITE(0x1303, RECORD_CHACHA20_POLY1305, "CHACHA20-POLY1305",
                  "TLS_CHACHA20_POLY1305_SHA256", "ChaCha20-Poly1305"),
    TLS_1_2_SUITE(0xc02b, "AES-128-GCM", "ECDHE-ECDSA-AES128-GCM-SHA256", "AES-128-GCM"),
    TLS_1_2_SUITE(0xc02c, "AES-256-GCM", "ECDHE-ECDSA-AES256-GCM-SHA384", "AES-256-GCM"),
    TLS_1_2_SUITE(0xcca9, "CHACHA20-POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305",
                  "ChaCha20-Poly1305"),
};
enum { N_SUITES = sizeof(suites) / sizeof(suites[0]), FIRST_1_2 = 3 };

static struct tls_ours ours;
static struct tls_rival rival;
static struct tls_bare bare;

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

/* Good until the next call. */
static const char *name_of(const char *what, const struct suite *suite, size_t size)
{
    static char name[NAME_ROOM];

    (void)snprintf(name, sizeof(name), "%s %zu KiB, %s%s", what, size / 1024,
                   suite->is_1_2 ? "1.2 " : "", suite->name);
    return name;
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
    tell(bench, name_of("EncryptMessage", suite, size), is_long, seals);
    race(opens, 3);
    tell(bench, name_of("DecryptMessage", suite, size), is_long, opens);
}

/* In either version it is the same. */
static void play_bare(struct bench *bench, const struct suite *suite)
{
    struct contender all[] = {
        { .run = tls_bare_ours, .arg = &bare },
        { .run = tls_bare_openssl, .arg = &bare },
    };

    bare.size = TLS_BARE_MAX;
    tls_bare_start(&bare, suite->cipher);
    race(all, 2);
    tls_bare_end(&bare);
    const struct row row = { .name = name_of("the cipher alone on", suite, bare.size),
                             .unit = "ns",
                             .ours = all[0].ns,
                             .other = "EVP_Encrypt",
                             .theirs = all[1].ns };
    report_row(&bench->report, &row);
}

static void play_passage(struct bench *bench, const struct suite *suite)
{
    struct contender move = { .run = tls_ours_move, .arg = &ours };
    char names[2][NAME_ROOM];

    race(&move, 1);
    (void)snprintf(names[0], NAME_ROOM, "packed context without names, %s%s",
                   suite->is_1_2 ? "1.2 " : "", suite->name);
    (void)snprintf(names[1], NAME_ROOM, "export + import of a TLS %s session",
                   suite->is_1_2 ? "1.2" : "1.3");
    const struct row rows[] = {
        { .name = names[0],
          .unit = "bytes",
          .ours = (double)tls_ours_packed_size(&ours),
          .aim = AIM_VALUE,
          .at_most = PACKED_AIM },
        { .name = names[1],
          .unit = "ns",
          .ours = move.ns,
          .aim = AIM_VALUE,
          .at_most = MOVE_AIM_NS },
    };
    for (size_t i = 0; i < 2; i++)
        report_row(&bench->report, &rows[i]);
}

static void play_suite(struct bench *bench, const struct suite *suite)
{
    tls_ours_start(&ours, suite->id, suite->priority);
    tls_rival_start(&rival, suite->openssl, suite->is_1_2);
    play(bench, suite, 1024);
    play(bench, suite, TLS_DATA_MAX);
    if (!suite->is_1_2)
        play_bare(bench, suite);
    if (suite->id == 0x1302 || suite->id == 0xc02c)
        play_passage(bench, suite);
    tls_ours_end(&ours);
    tls_rival_end(&rival);
}

static void play_shakes(struct bench *bench, bool is_1_2)
{
    struct contender all[] = { { .run = tls_shakes_ours }, { .run = tls_shakes_gnutls } };
    struct tls_shakes shakes;

    tls_shakes_start(&shakes, is_1_2);
    all[0].arg = all[1].arg = &shakes;
    race(all, 2);
    tls_shakes_end(&shakes);
    const struct row rows[] = {
        { is_1_2 ? "TLS 1.2 handshake, both sides, and its end"
                 : "TLS 1.3 handshake, both sides, and its end",
          "us", all[0].ns / 1e3, "GnuTLS alone", all[1].ns / 1e3, AIM_RATIO, SHAKE_AIM },
        { is_1_2 ? "TLS 1.2 handshakes a second" : "TLS 1.3 handshakes a second", "/s",
          1e9 / all[0].ns, "GnuTLS alone", 1e9 / all[1].ns, AIM_NONE, 0 },
    };
    for (size_t i = 0; i < 2; i++)
        report_row(&bench->report, &rows[i]);
}

void part_tls(struct bench *bench)
{
    report_heading(&bench->report, "TLS");
    for (size_t i = 0; i < N_SUITES; i++) {
        if (i == FIRST_1_2)
            play_shakes(bench, false);
        play_suite(bench, &suites[i]);
    }
    play_shakes(bench, true);
}
