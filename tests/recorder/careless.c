/* SPDX-License-Identifier: Apache-2.0 */
/* A library that does what ours must never do: it copies the state of a cipher, and protects one
 * message with the original and one with the copy.  With a quality of protection other than 0 it
 * goes on with the original.  To see whether the recorder sees it. */
#include <nettle/arcfour.h>
#include <sspi.h>

SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo)
{
    static const uint8_t key[] = "a key of sixteen";
    uint8_t bytes[32] = { 0 };
    struct arcfour_ctx original;

    (void)phContext;
    (void)pMessage;
    (void)MessageSeqNo;
    arcfour_set_key(&original, sizeof(key) - 1, key);
    struct arcfour_ctx copy = original;
    arcfour_crypt(&original, sizeof(bytes), bytes, bytes);
    arcfour_crypt(fQOP == 0 ? &copy : &original, sizeof(bytes), bytes, bytes);
    return SEC_E_OK;
}
