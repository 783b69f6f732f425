/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/record_aead.h"

#include <errno.h>
#include <gcrypt.h>
#include <gnutls/gnutls.h>
#include <malloc.h>
#include <stdlib.h>

#include "harness/harness.h"

struct answer {
    enum record_cipher cipher;
    const char *key;
    const char *nonce;
    const char *header;
    const char *text;
    const char *sealed;
};

/* The GCM specification's test cases 4 and 16, and RFC 8439 2.8.2. */
static const struct answer answers[] = {
    { RECORD_AES_128_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
      "49a6b525b16aedf5aa0de657ba637b39",
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5a"
      "ac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47" },
    { RECORD_AES_256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
      "49a6b525b16aedf5aa0de657ba637b39",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
      "56828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b" },
    { RECORD_CHACHA20_POLY1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
      "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
      "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966"
      "204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f722074686520667574"
      "7572652c2073756e73637265656e20776f756c642062652069742e",
      "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69"
      "da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945"
      "585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691" },
};
enum { N_ANSWERS = sizeof(answers) / sizeof(answers[0]) };

struct job {
    struct record_aead *aead;
    struct view nonce;
    struct view header;
    struct view text;
    struct view sealed; /* with its tag */
    uint8_t *bytes;     /* of that size, exactly */
};

static void begin(const struct answer *answer, struct job *job)
{
    job->nonce = hex(answer->nonce);
    job->header = hex(answer->header);
    job->text = hex(answer->text);
    job->sealed = hex(answer->sealed);
    job->bytes = malloc(job->sealed.n);
    assert_non_null(job->bytes);
    assert_int_equal(job->sealed.n, job->text.n + RECORD_TAG_SIZE);
    assert_int_equal(record_aead_new(answer->cipher, hex(answer->key), &job->aead), SSP_OK);
}

static void end(struct job *job)
{
    record_aead_free(job->aead);
    free(job->bytes);
}

static struct record_message message(const struct job *job, size_t n)
{
    return (struct record_message){ job->nonce.p, job->header, job->bytes, n };
}

static void seals_and_opens_as_the_specifications_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        struct job job;

        begin(&answers[i], &job);
        const struct record_message msg = message(&job, job.text.n);
        memcpy(job.bytes, job.text.p, job.text.n);
        assert_int_equal(record_seal(job.aead, &msg), SSP_OK);
        assert_view_equal((struct view){ job.bytes, job.sealed.n }, job.sealed);
        assert_int_equal(record_open(job.aead, &msg), SSP_OK);
        assert_view_equal((struct view){ job.bytes, job.text.n }, job.text);
        end(&job);
    }
}

static void seal_apart(const struct job *job, size_t tail_n)
{
    uint8_t tail[32 + RECORD_TAG_SIZE];
    size_t n = job->text.n - tail_n;
    const struct record_message msg = message(job, n);

    memcpy(job->bytes, job->text.p, n);
    memcpy(tail, job->text.p + n, tail_n);
    assert_int_equal(record_seal_apart(job->aead, &msg, tail, tail_n), SSP_OK);
    assert_view_equal((struct view){ job->bytes, n }, (struct view){ job->sealed.p, n });
    assert_view_equal((struct view){ tail, tail_n + RECORD_TAG_SIZE },
                      (struct view){ job->sealed.p + n, tail_n + RECORD_TAG_SIZE });
}

static void seals_a_text_whose_end_is_elsewhere_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        struct job job;

        begin(&answers[i], &job);
        for (size_t tail_n = 0; tail_n <= 32; tail_n++)
            seal_apart(&job, tail_n);
        end(&job);
    }
}

static void a_message_that_was_altered_is_refused_and_left_as_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        struct job job;

        begin(&answers[i], &job);
        const struct record_message msg = message(&job, job.text.n);
        for (size_t at = 0; at < job.sealed.n; at++) {
            memcpy(job.bytes, job.sealed.p, job.sealed.n);
            job.bytes[at] ^= 0x10;
            assert_int_equal(record_open(job.aead, &msg), SSP_ERR_ALTERED);
            job.bytes[at] ^= 0x10;
            assert_view_equal((struct view){ job.bytes, job.sealed.n }, job.sealed);
        }
        end(&job);
    }
}

static void header_and_nonce_are_part_of_what_the_tag_covers(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        struct job job;
        uint8_t nonce[RECORD_NONCE_SIZE];

        begin(&answers[i], &job);
        struct record_message msg = message(&job, job.text.n);
        memcpy(job.bytes, job.sealed.p, job.sealed.n);
        msg.header.n--;
        assert_int_equal(record_open(job.aead, &msg), SSP_ERR_ALTERED);
        msg.header.n++;
        memcpy(nonce, job.nonce.p, sizeof(nonce));
        nonce[11] ^= 1;
        msg.nonce = nonce;
        assert_int_equal(record_open(job.aead, &msg), SSP_ERR_ALTERED);
        assert_view_equal((struct view){ job.bytes, job.sealed.n }, job.sealed);
        end(&job);
    }
}

static void comes_back(const struct job *job, size_t n)
{
    uint8_t *bytes = malloc(n + RECORD_TAG_SIZE);
    const struct record_message msg = { job->nonce.p, job->header, bytes, n };

    assert_non_null(bytes);
    memset(bytes, (int)n, n);
    assert_int_equal(record_seal(job->aead, &msg), SSP_OK);
    assert_int_equal(record_open(job->aead, &msg), SSP_OK);
    for (size_t at = 0; at < n; at++)
        assert_int_equal(bytes[at], (uint8_t)n);
    free(bytes);
}

static void messages_of_every_length_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        struct job job;

        begin(&answers[i], &job);
        for (size_t n = 0; n <= 300; n++)
            comes_back(&job, n);
        end(&job);
    }
}

static void a_key_of_another_size_is_refused(void **state)
{
    const struct view key =
        hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308ff");

    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        for (size_t n = 0; n <= key.n; n++) {
            struct record_aead *aead = NULL;
            bool fits = n == record_key_size(answers[i].cipher);
            enum ssp_err e = record_aead_new(answers[i].cipher, (struct view){ key.p, n }, &aead);

            assert_int_equal(e, fits ? SSP_OK : SSP_ERR_BAD_ARGUMENT);
            record_aead_free(aead);
        }
    }
}

static unsigned fips;

/* In GnuTLS's place, which is built without that mode here. */
unsigned gnutls_fips140_mode_enabled(void)
{
    return fips;
}

static void in_fips_mode_there_is_no_chacha20(void **state)
{
    (void)state;
    fips = 1;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        bool is_aes = answers[i].cipher != RECORD_CHACHA20_POLY1305;
        struct record_aead *aead = NULL;

        assert_int_equal(record_aead_new(answers[i].cipher, hex(answers[i].key), &aead),
                         is_aes ? SSP_OK : SSP_ERR_NO_ALGORITHM);
        record_aead_free(aead);
    }
    fips = 0;
}

/* ---- Memory ------------------------------------------------------------------------------- */

/* GnuTLS and libgcrypt allocate through functions that can be told to them. */
enum { BLOCKS = 16 };

static void *blocks[BLOCKS]; /* the last ones */
static size_t n_allocated;
static bool has_no_memory;

static void *counted_calloc(size_t n, size_t size)
{
    void *p = has_no_memory ? NULL : calloc(n, size);

    blocks[n_allocated++ % BLOCKS] = p;
    if (p == NULL)
        errno = ENOMEM;
    return p;
}

static void *counted_malloc(size_t n)
{
    return counted_calloc(1, n);
}

/* Nothing here has a reason to grow. */
static void *no_realloc(void *p, size_t n)
{
    (void)p;
    (void)n;
    return NULL;
}

static void watched_free(void *p)
{
    free(p);
}

static int is_never_secure(const void *p)
{
    (void)p;
    return 0;
}

static int count_allocations(void **state)
{
    (void)state;
    gnutls_malloc = counted_malloc;
    gnutls_calloc = counted_calloc;
    gnutls_free = watched_free;
    gcry_set_allocation_handler(counted_malloc, counted_malloc, is_never_secure, no_realloc,
                                watched_free);
    return 0;
}

static int count_no_more(void **state)
{
    gnutls_malloc = malloc;
    gnutls_calloc = calloc;
    gnutls_free = free;
    return free_guarded(state);
}

static void only_a_new_key_allocates(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        struct job job;
        uint8_t tail[1 + RECORD_TAG_SIZE];

        n_allocated = 0;
        begin(&answers[i], &job);
        assert_true(n_allocated > 0);
        n_allocated = 0;
        const struct record_message msg = message(&job, job.text.n);
        assert_int_equal(record_seal(job.aead, &msg), SSP_OK);
        assert_int_equal(record_open(job.aead, &msg), SSP_OK);
        assert_int_equal(record_open(job.aead, &msg), SSP_ERR_ALTERED);
        assert_int_equal(record_seal_apart(job.aead, &msg, tail, 1), SSP_OK);
        assert_int_equal(n_allocated, 0);
        end(&job);
    }
}

static void a_key_without_memory_is_none(void **state)
{
    struct record_aead *aead = NULL;

    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        struct view key = hex(answers[i].key);

        has_no_memory = true;
        enum ssp_err without_theirs = record_aead_new(answers[i].cipher, key, &aead);
        has_no_memory = false;
        fault_malloc_at(0);
        enum ssp_err without_ours = record_aead_new(answers[i].cipher, key, &aead);
        fault_malloc_at(SIZE_MAX);
        assert_int_equal(without_theirs, SSP_ERR_NO_MEMORY);
        assert_int_equal(without_ours, SSP_ERR_NO_MEMORY);
    }
    assert_null(aead);
}

static bool is_in_a_block(struct view secret)
{
    for (size_t i = 0; i < BLOCKS && i < n_allocated; i++)
        if (memmem(blocks[i], malloc_usable_size(blocks[i]), secret.p, secret.n) != NULL)
            return true;
    return false;
}

/* AES's key schedule begins with the key, ChaCha20's state has it as it is. */
static void a_key_is_wiped_when_it_is_freed(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ANSWERS; i++) {
        struct view key = { hex(answers[i].key).p, 16 };
        struct job job;

        n_allocated = 0;
        begin(&answers[i], &job);
        assert_true(is_in_a_block(key));
        watch_frees_for(key);
        const struct record_message msg = message(&job, job.text.n);
        assert_int_equal(record_seal(job.aead, &msg), SSP_OK);
        record_aead_free(job.aead);
        assert_int_equal(frees_unwiped(), 0);
        watch_frees_for((struct view){ 0 });
        job.aead = NULL;
        end(&job);
    }
}

#define MEMORY_TEST(fn) cmocka_unit_test_setup_teardown(fn, count_allocations, count_no_more)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seals_and_opens_as_the_specifications_say),
        TEST(seals_a_text_whose_end_is_elsewhere_alike),
        TEST(a_message_that_was_altered_is_refused_and_left_as_it_was),
        TEST(header_and_nonce_are_part_of_what_the_tag_covers),
        TEST(messages_of_every_length_come_back),
        TEST(a_key_of_another_size_is_refused),
        TEST(in_fips_mode_there_is_no_chacha20),
        MEMORY_TEST(only_a_new_key_allocates),
        MEMORY_TEST(a_key_without_memory_is_none),
        MEMORY_TEST(a_key_is_wiped_when_it_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
