/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form for the kernel, read by a reader of its own that goes on with the
 * connection from that structure and nothing else; and by the kernel, where it
 * knows TLS.
 */
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <schannel.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/record_aead.h"
#include "harness/tls_talk.h"
#include "packages/schannel/kernel.h"

#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef TCP_ULP
#define TCP_ULP 31
#endif

/* ---- Layout -------------------------------------------------------------------- */

_Static_assert(sizeof(struct tls12_crypto_info_aes_gcm_128) == 40, "linux/tls.h");
_Static_assert(sizeof(struct tls12_crypto_info_aes_gcm_256) == 56, "linux/tls.h");
_Static_assert(sizeof(struct tls12_crypto_info_chacha20_poly1305) == 56, "linux/tls.h");
_Static_assert(sizeof(((OPENSSPI_KERNEL_TLS *)0)->Transmit) >=
                   sizeof(struct tls12_crypto_info_aes_gcm_256),
               "room for the longest");

/* ---- A reader of its own ---------------------------------------------------------- */

struct reader { /* what the kernel would keep of a direction */
    struct record_aead *aead;
    uint16_t version;
    bool is_gcm;
    uint8_t iv[12]; /* salt and nonce, or all of it */
    uint64_t seq;
};

static uint64_t number(const uint8_t *p)
{
    struct rd in = rd_of((struct view){ p, 8 });

    return rd_be(&in, 8);
}

#define READ(type, cipher)                                                                   \
    do {                                                                                     \
        struct type info;                                                                    \
        assert_int_equal(size, sizeof(info));                                                \
        memcpy(&info, bytes, sizeof(info));                                                  \
        assert_int_equal(record_aead_new(cipher, VIEW_OF(info.key), &reader->aead), SSP_OK); \
        memcpy(reader->iv, info.salt, sizeof(info.salt));                                    \
        memcpy(reader->iv + sizeof(info.salt), info.iv, sizeof(info.iv));                    \
        reader->seq = number(info.rec_seq);                                                  \
    } while (0)

static void read_info(const uint8_t *bytes, ULONG size, struct reader *reader)
{
    struct tls_crypto_info head;

    memcpy(&head, bytes, sizeof(head));
    reader->version = head.version;
    reader->is_gcm = head.cipher_type != TLS_CIPHER_CHACHA20_POLY1305;
    if (head.cipher_type == TLS_CIPHER_AES_GCM_128)
        READ(tls12_crypto_info_aes_gcm_128, RECORD_AES_128_GCM);
    else if (head.cipher_type == TLS_CIPHER_AES_GCM_256)
        READ(tls12_crypto_info_aes_gcm_256, RECORD_AES_256_GCM);
    else
        READ(tls12_crypto_info_chacha20_poly1305, RECORD_CHACHA20_POLY1305);
}

static void put_number(uint8_t *dst, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        dst[i] = (uint8_t)(value >> 8 * (7 - i));
}

/* RFC 8446 5.3, or RFC 5246 6.2.3.3 with RFC 5288 3 and RFC 7905 2. */
static struct record_message wrap(struct reader *reader, uint8_t *record, size_t n, uint8_t *nonce,
                                  uint8_t *aad)
{
    bool is_explicit = reader->version == TLS_1_2_VERSION && reader->is_gcm;
    uint8_t seq[8];

    put_number(seq, reader->seq);
    memcpy(nonce, reader->iv, 12);
    for (size_t i = 0; i < 8 && !is_explicit; i++)
        nonce[4 + i] ^= seq[i];
    if (is_explicit)
        memcpy(nonce + 4, record + 5, 8);
    if (reader->version == TLS_1_3_VERSION) {
        memcpy(aad, record, 5);
        return (struct record_message){ nonce, { aad, 5 }, record + 5, n + 1 };
    }
    memcpy(aad, seq, 8);
    memcpy(aad + 8, record, 3);
    aad[11] = (uint8_t)(n >> 8);
    aad[12] = (uint8_t)n;
    return (struct record_message){ nonce, { aad, 13 }, record + (is_explicit ? 13 : 5), n };
}

static void reader_opens(struct reader *reader, struct tls_wire *wire)
{
    uint8_t nonce[12];
    uint8_t aad[13];
    const struct record_message msg = wrap(reader, wire->p, sizeof(text) - 1, nonce, aad);

    assert_int_equal(record_open(reader->aead, &msg), SSP_OK);
    assert_memory_equal(msg.text, text, sizeof(text) - 1);
    reader->seq++;
}

static void reader_seals(struct reader *reader, struct tls_wire *wire)
{
    bool is_explicit = reader->version == TLS_1_2_VERSION && reader->is_gcm;
    size_t n = sizeof(text) - 1;
    size_t body = n + 16 + (is_explicit ? 8 : 0) + (reader->version == TLS_1_3_VERSION ? 1 : 0);
    uint8_t nonce[12];
    uint8_t aad[13];

    *wire =
        (struct tls_wire){ .p = { 23, 3, 3, (uint8_t)(body >> 8), (uint8_t)body }, .n = 5 + body };
    if (is_explicit) { /* the kernel begins with iv, and counts up */
        memcpy(wire->p + 5, reader->iv + 4, 8);
        put_number(reader->iv + 4, number(reader->iv + 4) + 1);
    }
    const struct record_message msg = wrap(reader, wire->p, n, nonce, aad);
    memcpy(msg.text, text, n);
    msg.text[n] = 23;
    assert_int_equal(record_seal(reader->aead, &msg), SSP_OK);
    reader->seq++;
}

static void used_for_a_while(struct tls_ends *ends)
{
    for (int i = 0; i < 7; i++) {
        struct tls_wire wire = { .n = 0 };
        struct tls_got got;

        send_text(&ends->client, &wire);
        expect_text(&ends->server, wire.p, wire.n, &got);
        wire.n = 0;
        if (i % 2 == 0)
            continue;
        send_text(&ends->server, &wire);
        expect_text(&ends->client, wire.p, wire.n, &got);
    }
}

static void a_reader_goes_on_with_the_connection(void **state)
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        BEGIN(*suite);
        OPENSSPI_KERNEL_TLS form;
        struct reader sends = { 0 };
        struct reader receives = { 0 };

        used_for_a_while(&ends);
        assert_int_equal(tls_kernel_form(&ends.server.core, &form), SSP_OK);
        assert_int_equal(form.Version, OPENSSPI_KERNEL_TLS_VERSION);
        read_info(form.Transmit, form.Size, &sends);
        read_info(form.Receive, form.Size, &receives);
        for (int i = 0; i < 3; i++) {
            wire.n = 0;
            send_text(&ends.client, &wire);
            reader_opens(&receives, &wire);
            reader_seals(&sends, &wire);
            expect_text(&ends.client, wire.p, wire.n, &got);
        }
        record_aead_free(sends.aead);
        record_aead_free(receives.aead);
    }
}

/* ---- What the kernel could not go on with ------------------------------------------- */

static void what_is_owed_is_said_first(void **state)
{
    BEGIN(AES_128);
    struct tls_live *live = &ends.client.core.live;
    OPENSSPI_KERNEL_TLS form;

    live->update_owed = true;
    assert_int_equal(tls_kernel_form(&ends.client.core, &form), SSP_ERR_UNSUPPORTED);
    *live = (struct tls_live){ .alert_level = 1 };
    assert_int_equal(tls_kernel_form(&ends.client.core, &form), SSP_ERR_UNSUPPORTED);
    *live = (struct tls_live){ .partial = { { 4 }, 1, 0 } };
    assert_int_equal(tls_kernel_form(&ends.client.core, &form), SSP_ERR_UNSUPPORTED);
    *live = (struct tls_live){ .is_dead = true };
    assert_int_equal(tls_kernel_form(&ends.client.core, &form), SSP_ERR_EXPIRED);
    *live = (struct tls_live){ .close_sent = true };
    assert_int_equal(tls_kernel_form(&ends.client.core, &form), SSP_ERR_EXPIRED);
    *live = (struct tls_live){ .close_received = true };
    assert_int_equal(tls_kernel_form(&ends.client.core, &form), SSP_ERR_EXPIRED);
    *live = (struct tls_live){ 0 };
    assert_int_equal(tls_kernel_form(&ends.client.core, &form), SSP_OK);
}

/* ---- The kernel itself ------------------------------------------------------------------ */

struct tcp { /* both ends of a connection over loopback */
    int a;
    int b;
};

static void tcp_close(struct tcp *tcp)
{
    (void)close(tcp->a);
    (void)close(tcp->b);
}

static struct tcp tcp_open(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(at);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct tcp tcp = { socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), -1 };

    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &n), 0);
    assert_int_equal(connect(tcp.a, (struct sockaddr *)&at, sizeof(at)), 0);
    tcp.b = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(tcp.b >= 0);
    (void)close(listener);
    return tcp;
}

static bool kernel_knows_tls(void)
{
    ssp_cleanup(tcp_close) struct tcp tcp = tcp_open();

    return setsockopt(tcp.b, SOL_TCP, TCP_ULP, "tls", 3) == 0;
}

static void the_kernel_goes_on_with_the_connection(void **state)
{
    for (const uint16_t *suite = tls_ends_suites; *suite != 0; suite++) {
        BEGIN(*suite);
        ssp_cleanup(tcp_close) struct tcp tcp = tcp_open();
        OPENSSPI_KERNEL_TLS form;
        char heard[64];

        used_for_a_while(&ends);
        assert_int_equal(tls_kernel_form(&ends.server.core, &form), SSP_OK);
        assert_int_equal(setsockopt(tcp.b, SOL_TCP, TCP_ULP, "tls", 3), 0);
        if (setsockopt(tcp.b, SOL_TLS, TLS_TX, form.Transmit, form.Size) != 0)
            continue; /* a cipher that this kernel was built without */
        assert_int_equal(setsockopt(tcp.b, SOL_TLS, TLS_RX, form.Receive, form.Size), 0);
        send_text(&ends.client, &wire);
        assert_int_equal(send(tcp.a, wire.p, wire.n, 0), (ssize_t)wire.n);
        assert_int_equal(recv(tcp.b, heard, sizeof(heard), 0), (ssize_t)sizeof(text) - 1);
        assert_memory_equal(heard, text, sizeof(text) - 1);
        assert_int_equal(send(tcp.b, text, sizeof(text) - 1, 0), (ssize_t)sizeof(text) - 1);
        wire.n = (size_t)recv(tcp.a, wire.p, sizeof(wire.p), 0);
        expect_text(&ends.client, wire.p, wire.n, &got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reader_goes_on_with_the_connection),
        TEST(what_is_owed_is_said_first),
        CASE_IF(kernel_knows_tls(), TEST(the_kernel_goes_on_with_the_connection)),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
