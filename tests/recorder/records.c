/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes with which key and nonce each record of TLS was sealed: a line (recorder.c) is the SHA-256
 * of the two.  It stands in front of the AEAD ciphers that the record engine uses, AES-GCM of
 * GnuTLS and ChaCha20-Poly1305 of libgcrypt.  What these libraries do for themselves, such as the
 * records of handshakes, does not pass here; that the engine goes on with the next number after
 * those shows in that a peer can read what it sends.
 *
 * A record that was refused is encrypted again, so that its bytes are what they were: the same
 * keystream over the same text, which says nothing new and is not noted.
 */
#include <gcrypt.h>
#include <gnutls/crypto.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recorder.h"

/* What this stands in front of. */
static struct {
    typeof(gnutls_aead_cipher_init) *init;
    typeof(gnutls_aead_cipher_deinit) *deinit;
    typeof(gnutls_aead_cipher_encrypt) *encrypt;
    typeof(gnutls_aead_cipher_encryptv2) *encryptv2;
    typeof(gnutls_aead_cipher_decrypt) *decrypt;
} gnutls;

static struct {
    typeof(gcry_cipher_setkey) *setkey;
    typeof(gcry_cipher_setiv) *setiv;
    typeof(gcry_cipher_encrypt) *encrypt;
    typeof(gcry_cipher_checktag) *checktag;
    typeof(gcry_cipher_close) *close;
} gcrypt;

static pthread_once_t once = PTHREAD_ONCE_INIT;

#define FIND(library, member, name) recorder_find(name, &(library).member, sizeof((library).member))

static void find_all(void)
{
    recorder_start();
    FIND(gnutls, init, "gnutls_aead_cipher_init");
    FIND(gnutls, deinit, "gnutls_aead_cipher_deinit");
    FIND(gnutls, encrypt, "gnutls_aead_cipher_encrypt");
    FIND(gnutls, encryptv2, "gnutls_aead_cipher_encryptv2");
    FIND(gnutls, decrypt, "gnutls_aead_cipher_decrypt");
    FIND(gcrypt, setkey, "gcry_cipher_setkey");
    FIND(gcrypt, setiv, "gcry_cipher_setiv");
    FIND(gcrypt, encrypt, "gcry_cipher_encrypt");
    FIND(gcrypt, checktag, "gcry_cipher_checktag");
    FIND(gcrypt, close, "gcry_cipher_close");
}

static void start(void)
{
    (void)pthread_once(&once, find_all);
}

/* ---- Which key a handle has, by its digest, and where it is ------------ */

enum { MAX_HANDLES = 4096, NONCE_MAX = 16 };

struct nonce {
    size_t n; /* 0: none */
    uint8_t bytes[NONCE_MAX];
};

static struct handle {
    const void *of; /* NULL: nobody's */
    uint8_t key[SHA256_DIGEST_SIZE];
    struct nonce next;   /* of libgcrypt, which is told it first */
    struct nonce opened; /* the last one of a record that came */
} handles[MAX_HANDLES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* With the lock; NULL asks for a free one, and gets NULL when there is none. */
static struct handle *find(const void *of)
{
    for (size_t i = 0; i < MAX_HANDLES; i++)
        if (handles[i].of == of)
            return &handles[i];
    return NULL;
}

static void learn(const void *of, const void *key, size_t n)
{
    struct sha256_ctx sha;

    (void)pthread_mutex_lock(&lock);
    struct handle *handle = find(NULL);
    if (handle == NULL)
        abort();
    handle->of = of;
    sha256_init(&sha);
    sha256_update(&sha, n, key);
    sha256_digest(&sha, sizeof(handle->key), handle->key);
    explicit_bzero(&sha, sizeof(sha));
    (void)pthread_mutex_unlock(&lock);
}

/* Handles that somebody else made are none of ours. */
static void forget(const void *of)
{
    (void)pthread_mutex_lock(&lock);
    struct handle *handle = of != NULL ? find(of) : NULL;
    if (handle != NULL)
        *handle = (struct handle){ 0 };
    (void)pthread_mutex_unlock(&lock);
}

static struct nonce nonce_of(const void *bytes, size_t n)
{
    struct nonce nonce = { .n = n };

    if (n == 0 || n > NONCE_MAX)
        abort();
    memcpy(nonce.bytes, bytes, n);
    return nonce;
}

static bool same(const struct nonce *one, const struct nonce *other)
{
    return one->n == other->n && memcmp(one->bytes, other->bytes, one->n) == 0;
}

/* NULL: the one that the handle was told. */
static void sealed(const void *of, const struct nonce *given)
{
    (void)pthread_mutex_lock(&lock);
    struct handle *handle = find(of);
    const struct nonce none = { 0 };
    const struct nonce nonce = given != NULL ? *given : handle != NULL ? handle->next : none;
    if (handle != NULL && nonce.n != 0) {
        if (!same(&nonce, &handle->opened))
            recorder_note(handle->key, sizeof(handle->key), nonce.bytes, nonce.n);
        handle->next.n = handle->opened.n = 0;
    }
    (void)pthread_mutex_unlock(&lock);
}

static void opened(const void *of, const struct nonce *given)
{
    (void)pthread_mutex_lock(&lock);
    struct handle *handle = find(of);
    if (handle != NULL)
        handle->opened = given != NULL ? *given : handle->next;
    (void)pthread_mutex_unlock(&lock);
}

/* ---- GnuTLS ------------------------------------------------------------ */

int gnutls_aead_cipher_init(gnutls_aead_cipher_hd_t *handle, gnutls_cipher_algorithm_t cipher,
                            const gnutls_datum_t *key)
{
    start();
    int result = gnutls.init(handle, cipher, key);
    if (result >= 0)
        learn(*handle, key->data, key->size);
    return result;
}

void gnutls_aead_cipher_deinit(gnutls_aead_cipher_hd_t handle)
{
    start();
    forget(handle);
    gnutls.deinit(handle);
}

int gnutls_aead_cipher_decrypt(gnutls_aead_cipher_hd_t handle, const void *nonce, size_t nonce_len,
                               const void *auth, size_t auth_len, size_t tag_size,
                               const void *ctext, size_t ctext_len, void *ptext, size_t *ptext_len)
{
    const struct nonce with = nonce_of(nonce, nonce_len);

    start();
    int result = gnutls.decrypt(handle, nonce, nonce_len, auth, auth_len, tag_size, ctext,
                                ctext_len, ptext, ptext_len);

    opened(handle, &with);
    return result;
}

int gnutls_aead_cipher_encrypt(gnutls_aead_cipher_hd_t handle, const void *nonce, size_t nonce_len,
                               const void *auth, size_t auth_len, size_t tag_size,
                               const void *ptext, size_t ptext_len, void *ctext, size_t *ctext_len)
{
    const struct nonce with = nonce_of(nonce, nonce_len);

    start();
    sealed(handle, &with);
    return gnutls.encrypt(handle, nonce, nonce_len, auth, auth_len, tag_size, ptext, ptext_len,
                          ctext, ctext_len);
}

int gnutls_aead_cipher_encryptv2(gnutls_aead_cipher_hd_t handle, const void *nonce,
                                 size_t nonce_len, const giovec_t *auth_iov, int auth_iovcnt,
                                 const giovec_t *iov, int iovcnt, void *tag, size_t *tag_size)
{
    const struct nonce with = nonce_of(nonce, nonce_len);

    start();
    sealed(handle, &with);
    return gnutls.encryptv2(handle, nonce, nonce_len, auth_iov, auth_iovcnt, iov, iovcnt, tag,
                            tag_size);
}

/* ---- libgcrypt --------------------------------------------------------- */

gcry_error_t gcry_cipher_setkey(gcry_cipher_hd_t hd, const void *key, size_t keylen)
{
    start();
    gcry_error_t e = gcrypt.setkey(hd, key, keylen);
    if (e == 0)
        learn(hd, key, keylen);
    return e;
}

void gcry_cipher_close(gcry_cipher_hd_t h)
{
    start();
    forget(h);
    gcrypt.close(h);
}

gcry_error_t gcry_cipher_setiv(gcry_cipher_hd_t hd, const void *iv, size_t ivlen)
{
    const struct nonce next = nonce_of(iv, ivlen);

    start();
    (void)pthread_mutex_lock(&lock);
    struct handle *handle = find(hd);
    if (handle != NULL)
        handle->next = next;
    (void)pthread_mutex_unlock(&lock);
    return gcrypt.setiv(hd, iv, ivlen);
}

/* The pieces of one record have one nonce: the first of them is noted. */
gcry_error_t gcry_cipher_encrypt(gcry_cipher_hd_t h, void *out, size_t outsize, const void *in,
                                 size_t inlen)
{
    start();
    sealed(h, NULL);
    return gcrypt.encrypt(h, out, outsize, in, inlen);
}

gcry_error_t gcry_cipher_checktag(gcry_cipher_hd_t hd, const void *intag, size_t taglen)
{
    start();
    gcry_error_t e = gcrypt.checktag(hd, intag, taglen);

    opened(hd, NULL);
    return e;
}
