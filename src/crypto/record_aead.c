/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/record_aead.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "crypto/wrote.h"

static const struct {
    gnutls_cipher_algorithm_t gnutls;
    size_t key_n;
} ciphers[] = {
    [RECORD_AES_128_GCM] = { GNUTLS_CIPHER_AES_128_GCM, 16 },
    [RECORD_AES_256_GCM] = { GNUTLS_CIPHER_AES_256_GCM, 32 },
    [RECORD_CHACHA20_POLY1305] = { GNUTLS_CIPHER_CHACHA20_POLY1305, 32 },
};

/* The public type is GnuTLS's own, under a name that keeps its headers here. */
static gnutls_aead_cipher_hd_t handle_of(const struct record_aead *aead)
{
    union {
        const struct record_aead *ours;
        gnutls_aead_cipher_hd_t theirs;
    } same = { .ours = aead };

    return same.theirs;
}

size_t record_key_size(enum record_cipher cipher)
{
    return ciphers[cipher].key_n;
}

enum ssp_err record_aead_new(enum record_cipher cipher, struct view key, struct record_aead **ret)
{
    union {
        const uint8_t *in;
        unsigned char *out;
    } same = { .in = key.p }; /* only read, as gnutls_datum_t cannot say */
    const gnutls_datum_t datum = { same.out, (unsigned)key.n };
    gnutls_aead_cipher_hd_t handle = NULL;

    if (key.n != ciphers[cipher].key_n)
        return ssp_fail(BAD_ARGUMENT);
    int result = gnutls_aead_cipher_init(&handle, ciphers[cipher].gnutls, &datum);
    if (result < 0)
        return result == GNUTLS_E_MEMORY_ERROR ? ssp_fail(NO_MEMORY) : ssp_fail(INTERNAL);
    *ret = (struct record_aead *)(void *)handle;
    return SSP_OK;
}

void record_aead_free(struct record_aead *aead)
{
    if (aead != NULL)
        gnutls_aead_cipher_deinit(handle_of(aead));
}

enum ssp_err record_seal(const struct record_aead *aead, const struct record_message *msg)
{
    size_t whole = msg->n + RECORD_TAG_SIZE;

    if (gnutls_aead_cipher_encrypt(handle_of(aead), msg->nonce, RECORD_NONCE_SIZE, msg->header.p,
                                   msg->header.n, RECORD_TAG_SIZE, msg->text, msg->n, msg->text,
                                   &whole) < 0)
        return ssp_fail(INTERNAL);
    nettle_wrote(msg->text, whole);
    return SSP_OK;
}

/* Encrypts the pieces in place. */
static int encrypt_pieces(const struct record_aead *aead, const struct record_message *msg,
                          const giovec_t *pieces, uint8_t ret_tag[RECORD_TAG_SIZE])
{
    union {
        const uint8_t *in;
        void *out;
    } same = { .in = msg->header.p }; /* only read, as giovec_t cannot say */
    const giovec_t header = { same.out, msg->header.n };
    size_t tag_n = RECORD_TAG_SIZE;

    return gnutls_aead_cipher_encryptv2(handle_of(aead), msg->nonce, RECORD_NONCE_SIZE, &header, 1,
                                        pieces, 2, ret_tag, &tag_n);
}

enum ssp_err record_seal_apart(const struct record_aead *aead, const struct record_message *msg,
                               uint8_t *tail, size_t tail_n)
{
    const giovec_t pieces[2] = { { msg->text, msg->n }, { tail, tail_n } };

    if (encrypt_pieces(aead, msg, pieces, tail + tail_n) < 0)
        return ssp_fail(INTERNAL);
    nettle_wrote(msg->text, msg->n);
    nettle_wrote(tail, tail_n + RECORD_TAG_SIZE);
    return SSP_OK;
}

/* GnuTLS has decrypted before it knows that the tag does not fit.  Both ciphers are keystreams, so
 * going over it again gives back what was there. */
static enum ssp_err put_back(const struct record_aead *aead, const struct record_message *msg)
{
    const giovec_t pieces[2] = { { msg->text, msg->n }, { NULL, 0 } };
    uint8_t unwanted[RECORD_TAG_SIZE];

    if (encrypt_pieces(aead, msg, pieces, unwanted) < 0) {
        explicit_bzero(msg->text, msg->n);
        return ssp_fail(INTERNAL);
    }
    nettle_wrote(msg->text, msg->n);
    return ssp_fail(ALTERED);
}

enum ssp_err record_open(const struct record_aead *aead, const struct record_message *msg)
{
    size_t n = msg->n;

    if (gnutls_aead_cipher_decrypt(handle_of(aead), msg->nonce, RECORD_NONCE_SIZE, msg->header.p,
                                   msg->header.n, RECORD_TAG_SIZE, msg->text,
                                   msg->n + RECORD_TAG_SIZE, msg->text, &n) < 0)
        return put_back(aead, msg);
    nettle_wrote(msg->text, msg->n);
    return SSP_OK;
}
