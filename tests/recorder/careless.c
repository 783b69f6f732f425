/* SPDX-License-Identifier: Apache-2.0 */
/* A library that does what ours must never do: it copies the state of a cipher, and protects one
 * message with the original and one with the copy; or two records with one number.  It can do so
 * carefully as well.  To see whether the recorder sees it. */
#include "careless.h"

#include <gnutls/crypto.h>
#include <nettle/arcfour.h>
#include <sspi.h>
#include <stdbool.h>

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

SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo)
{
    (void)phContext;
    (void)pMessage;
    (void)MessageSeqNo;
    if (fQOP == CARELESS_RECORDS || fQOP == CAREFUL_RECORDS)
        return send_records(fQOP == CAREFUL_RECORDS);
    return send_messages(fQOP == CAREFUL_MESSAGES);
}
