/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_bare.h"

enum { HEADER_SIZE = 5, KEY_MAX = 32 };

static const uint8_t key[KEY_MAX] = { 1 };
static const uint8_t nonce[RECORD_NONCE_SIZE] = { 2 };
static const uint8_t header[HEADER_SIZE] = { 0x17, 3, 3, 0x40, 0x10 };

static const EVP_CIPHER *openssl_cipher(enum record_cipher cipher)
{
    switch (cipher) {
    case RECORD_AES_128_GCM:
        return EVP_aes_128_gcm();
    case RECORD_AES_256_GCM:
        return EVP_aes_256_gcm();
    case RECORD_CHACHA20_POLY1305:
        return EVP_chacha20_poly1305();
    }
    return NULL;
}

void tls_bare_start(struct tls_bare *bare, enum record_cipher cipher)
{
    bare->seals = EVP_CIPHER_CTX_new();
    need(record_aead_new(cipher, (struct view){ key, record_key_size(cipher) }, &bare->ours) ==
                 SSP_OK &&
             bare->seals != NULL &&
             EVP_EncryptInit_ex(bare->seals, openssl_cipher(cipher), NULL, key, nonce) == 1,
         "an AEAD");
}

void tls_bare_end(struct tls_bare *bare)
{
    record_aead_free(bare->ours);
    EVP_CIPHER_CTX_free(bare->seals);
}

void tls_bare_ours(void *arg, size_t n)
{
    struct tls_bare *bare = arg;
    const struct record_message msg = { nonce, { header, sizeof(header) }, bare->text, bare->size };

    for (size_t i = 0; i < n; i++)
        need(record_seal(bare->ours, &msg) == SSP_OK, "record_seal");
}

void tls_bare_openssl(void *arg, size_t n)
{
    struct tls_bare *bare = arg;
    int size = (int)bare->size;
    int got = 0;

    for (size_t i = 0; i < n; i++)
        need(EVP_EncryptInit_ex(bare->seals, NULL, NULL, NULL, nonce) == 1 &&
                 EVP_EncryptUpdate(bare->seals, NULL, &got, header, sizeof(header)) == 1 &&
                 EVP_EncryptUpdate(bare->seals, bare->text, &got, bare->text, size) == 1 &&
                 EVP_EncryptFinal_ex(bare->seals, bare->text + size, &got) == 1 &&
                 EVP_CIPHER_CTX_ctrl(bare->seals, EVP_CTRL_AEAD_GET_TAG, RECORD_TAG_SIZE,
                                     bare->text + size) == 1,
             "EVP_Encrypt");
}
