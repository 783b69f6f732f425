/* SPDX-License-Identifier: Apache-2.0 */
/* A library that does what ours must never do: it copies the state of a cipher, and protects one
 * message with the original and one with the copy; or two records with one number.  It can do so
 * carefully as well.  To see whether the recorder sees it. */
#include "careless.h"

#include <gnutls/crypto.h>
#include <nettle/aes.h>
#include <nettle/arcfour.h>
#include <nettle/cbc.h>
#include <nettle/sha1.h>
#include <sspi.h>
#include <stdbool.h>
#include <string.h>

static SECURITY_STATUS send_messages(bool is_careful)
{
    static const uint8_t key[] = "a key of sixteen";
    uint8_t bytes[32] = { 0 };
    struct arcfour_ctx original;

    arcfour_set_key(&original, sizeof(key) - 1, key);
    struct arcfour_ctx copy = original;
    arcfour_crypt(&original, sizeof(bytes), bytes, bytes);
    arcfour_crypt(is_careful ? &original : &copy, sizeof(bytes), bytes, bytes);
    return SEC_E_OK;
}

static SECURITY_STATUS send_records(bool is_careful)
{
    enum { KEY = 16, NONCE = 12, TAG = 16 };
    unsigned char key[KEY] = "another sixteen";
    const gnutls_datum_t datum = { key, KEY };
    uint8_t nonce[NONCE] = { 0 };
    uint8_t bytes[32 + TAG] = { 0 };
    size_t n = sizeof(bytes);
    gnutls_aead_cipher_hd_t aead = NULL;
    int result = gnutls_aead_cipher_init(&aead, GNUTLS_CIPHER_AES_128_GCM, &datum);

    for (int i = 0; i < 2 && result >= 0; i++) {
        result = gnutls_aead_cipher_encrypt(aead, nonce, NONCE, NULL, 0, TAG, bytes, 32, bytes, &n);
        nonce[0] = is_careful ? 1 : 0;
    }
    if (aead != NULL)
        gnutls_aead_cipher_deinit(aead);
    return result >= 0 ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS send_confounders(bool is_careful)
{
    static const uint8_t key[AES128_KEY_SIZE] = "sixteen again";
    struct aes128_ctx aes;

    aes128_set_encrypt_key(&aes, key);
    for (int i = 0; i < 2; i++) {
        uint8_t iv[AES_BLOCK_SIZE] = { 0 };
        uint8_t block[AES_BLOCK_SIZE] = { is_careful ? (uint8_t)i : 0 };

        cbc_aes128_encrypt(&aes, iv, sizeof(block), block, block);
    }
    return SEC_E_OK;
}

/* HMAC's beginning after its first block, and a MIC token with the number. */
static SECURITY_STATUS send_number(bool is_careful, uint8_t token[16])
{
    static const uint8_t head[16] = { 4, 4, 0, 0xff, 0xff, 0xff, 0xff, 0xff };
    static uint8_t number;
    struct sha1_ctx sha = { .count = 1 };

    sha1_update(&sha, sizeof(head), head);
    memcpy(token, head, sizeof(head));
    token[sizeof(head) - 1] = number;
    if (is_careful)
        number++;
    return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo)
{
    (void)phContext;
    (void)MessageSeqNo;
    if (fQOP == CARELESS_CONFOUNDERS || fQOP == CAREFUL_CONFOUNDERS)
        return send_confounders(fQOP == CAREFUL_CONFOUNDERS);
    if (fQOP == CARELESS_NUMBERS || fQOP == CAREFUL_NUMBERS)
        return send_number(fQOP == CAREFUL_NUMBERS, pMessage->pBuffers[0].pvBuffer);
    if (fQOP == CARELESS_RECORDS || fQOP == CAREFUL_RECORDS)
        return send_records(fQOP == CAREFUL_RECORDS);
    return send_messages(fQOP == CAREFUL_MESSAGES);
}
