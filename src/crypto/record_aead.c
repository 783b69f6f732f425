/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/record_aead.h"

#include <gcrypt.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "crypto/fips.h"
#include "crypto/wrote.h"

/* One of the two. */
struct record_aead {
    gnutls_aead_cipher_hd_t aes;
    gcry_cipher_hd_t chacha;
};

static const struct {
    gnutls_cipher_algorithm_t aes; /* GNUTLS_CIPHER_UNKNOWN: it is the other one */
    size_t key_n;
} ciphers[] = {
    [RECORD_AES_128_GCM] = { GNUTLS_CIPHER_AES_128_GCM, 16 },
    [RECORD_AES_256_GCM] = { GNUTLS_CIPHER_AES_256_GCM, 32 },
    [RECORD_CHACHA20_POLY1305] = { GNUTLS_CIPHER_UNKNOWN, 32 },
};

size_t record_key_size(enum record_cipher cipher)
{
    return ciphers[cipher].key_n;
}

/* ---- Keys ------------------------------------------------------------------------------------ */

/* As a library is to do it, which leaves to a program what the program has begun. */
static void start_libgcrypt(void)
{
    if (gcry_control(GCRYCTL_ANY_INITIALIZATION_P) != 0)
        return;
    (void)gcry_check_version(NULL);
    (void)gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    (void)gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

static enum ssp_err new_chacha(struct view key, gcry_cipher_hd_t *ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    if (fips_mode())
        return ssp_fail(NO_ALGORITHM);
    (void)pthread_once(&once, start_libgcrypt);
    gcry_error_t e = gcry_cipher_open(ret, GCRY_CIPHER_CHACHA20, GCRY_CIPHER_MODE_POLY1305, 0);
    if (e == 0)
        e = gcry_cipher_setkey(*ret, key.p, key.n);
    if (e == 0)
        return SSP_OK;
    return gcry_err_code(e) == GPG_ERR_ENOMEM ? ssp_fail(NO_MEMORY) : ssp_fail(INTERNAL);
}

static enum ssp_err new_aes(enum record_cipher cipher, struct view key,
                            gnutls_aead_cipher_hd_t *ret)
{
    union {
        const uint8_t *in;
        unsigned char *out;
    } same = { .in = key.p }; /* only read, as gnutls_datum_t cannot say */
    const gnutls_datum_t datum = { same.out, (unsigned)key.n };
    int result = gnutls_aead_cipher_init(ret, ciphers[cipher].aes, &datum);

    if (result >= 0)
        return SSP_OK;
    return result == GNUTLS_E_MEMORY_ERROR ? ssp_fail(NO_MEMORY) : ssp_fail(INTERNAL);
}

static void drop(struct record_aead **aead)
{
    record_aead_free(*aead);
}

enum ssp_err record_aead_new(enum record_cipher cipher, struct view key, struct record_aead **ret)
{
    ssp_cleanup(drop) struct record_aead *aead = NULL;

    if (key.n != ciphers[cipher].key_n)
        return ssp_fail(BAD_ARGUMENT);
    aead = calloc(1, sizeof(*aead));
    if (aead == NULL)
        return ssp_fail(NO_MEMORY);
    if (ciphers[cipher].aes == GNUTLS_CIPHER_UNKNOWN)
        SSP_TRY(new_chacha(key, &aead->chacha));
    else
        SSP_TRY(new_aes(cipher, key, &aead->aes));
    *ret = ssp_steal(&aead);
    return SSP_OK;
}

void record_aead_free(struct record_aead *aead)
{
    if (aead == NULL)
        return;
    if (aead->aes != NULL)
        gnutls_aead_cipher_deinit(aead->aes);
    gcry_cipher_close(aead->chacha);
    free(aead);
}

/* ---- ChaCha20-Poly1305 ----------------------------------------------------------------------- */

static gcry_error_t begin_chacha(const struct record_aead *aead, const struct record_message *msg)
{
    gcry_error_t e = gcry_cipher_setiv(aead->chacha, msg->nonce, RECORD_NONCE_SIZE);

    return e != 0 ? e : gcry_cipher_authenticate(aead->chacha, msg->header.p, msg->header.n);
}

/* Encrypts both pieces in place. */
static bool seal_chacha(const struct record_aead *aead, const struct record_message *msg,
                        const giovec_t *tail, uint8_t ret_tag[RECORD_TAG_SIZE])
{
    return begin_chacha(aead, msg) == 0 &&
           gcry_cipher_encrypt(aead->chacha, msg->text, msg->n, NULL, 0) == 0 &&
           gcry_cipher_encrypt(aead->chacha, tail->iov_base, tail->iov_len, NULL, 0) == 0 &&
           gcry_cipher_gettag(aead->chacha, ret_tag, RECORD_TAG_SIZE) == 0;
}

static bool open_chacha(const struct record_aead *aead, const struct record_message *msg)
{
    return begin_chacha(aead, msg) == 0 &&
           gcry_cipher_decrypt(aead->chacha, msg->text, msg->n, NULL, 0) == 0 &&
           gcry_cipher_checktag(aead->chacha, msg->text + msg->n, RECORD_TAG_SIZE) == 0;
}

/* ---- AES-GCM --------------------------------------------------------------------------------- */

static bool seal_aes(const struct record_aead *aead, const struct record_message *msg)
{
    size_t whole = msg->n + RECORD_TAG_SIZE;

    return gnutls_aead_cipher_encrypt(aead->aes, msg->nonce, RECORD_NONCE_SIZE, msg->header.p,
                                      msg->header.n, RECORD_TAG_SIZE, msg->text, msg->n, msg->text,
                                      &whole) >= 0;
}

static bool seal_aes_pieces(const struct record_aead *aead, const struct record_message *msg,
                            const giovec_t *tail, uint8_t ret_tag[RECORD_TAG_SIZE])
{
    union {
        const uint8_t *in;
        void *out;
    } same = { .in = msg->header.p }; /* only read, as giovec_t cannot say */
    const giovec_t header = { same.out, msg->header.n };
    const giovec_t pieces[2] = { { msg->text, msg->n }, *tail };
    size_t tag_n = RECORD_TAG_SIZE;

    return gnutls_aead_cipher_encryptv2(aead->aes, msg->nonce, RECORD_NONCE_SIZE, &header, 1,
                                        pieces, 2, ret_tag, &tag_n) >= 0;
}

static bool open_aes(const struct record_aead *aead, const struct record_message *msg)
{
    size_t n = msg->n;

    return gnutls_aead_cipher_decrypt(aead->aes, msg->nonce, RECORD_NONCE_SIZE, msg->header.p,
                                      msg->header.n, RECORD_TAG_SIZE, msg->text,
                                      msg->n + RECORD_TAG_SIZE, msg->text, &n) >= 0;
}

/* ---- Messages -------------------------------------------------------------------------------- */

static bool seal_pieces(const struct record_aead *aead, const struct record_message *msg,
                        const giovec_t *tail, uint8_t ret_tag[RECORD_TAG_SIZE])
{
    return aead->chacha != NULL ? seal_chacha(aead, msg, tail, ret_tag)
                                : seal_aes_pieces(aead, msg, tail, ret_tag);
}

enum ssp_err record_seal(const struct record_aead *aead, const struct record_message *msg)
{
    static const giovec_t nothing = { NULL, 0 };
    bool is_done = aead->chacha != NULL ? seal_chacha(aead, msg, &nothing, msg->text + msg->n)
                                        : seal_aes(aead, msg);

    if (!is_done)
        return ssp_fail(INTERNAL);
    nettle_wrote(msg->text, msg->n + RECORD_TAG_SIZE);
    return SSP_OK;
}

enum ssp_err record_seal_apart(const struct record_aead *aead, const struct record_message *msg,
                               uint8_t *tail, size_t tail_n)
{
    const giovec_t piece = { tail, tail_n };

    if (!seal_pieces(aead, msg, &piece, tail + tail_n))
        return ssp_fail(INTERNAL);
    nettle_wrote(msg->text, msg->n);
    nettle_wrote(tail, tail_n + RECORD_TAG_SIZE);
    return SSP_OK;
}

/* Either library has decrypted before it knows that the tag does not fit.  Both ciphers are
 * keystreams, so going over it again gives back what was there. */
static enum ssp_err put_back(const struct record_aead *aead, const struct record_message *msg)
{
    static const giovec_t nothing = { NULL, 0 };
    uint8_t unwanted[RECORD_TAG_SIZE];

    if (!seal_pieces(aead, msg, &nothing, unwanted)) {
        explicit_bzero(msg->text, msg->n);
        return ssp_fail(INTERNAL);
    }
    nettle_wrote(msg->text, msg->n);
    return ssp_fail(ALTERED);
}

enum ssp_err record_open(const struct record_aead *aead, const struct record_message *msg)
{
    if (!(aead->chacha != NULL ? open_chacha(aead, msg) : open_aes(aead, msg)))
        return put_back(aead, msg);
    nettle_wrote(msg->text, msg->n);
    return SSP_OK;
}
