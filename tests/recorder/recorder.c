/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes where in which keystream each message was protected.  Preloaded into the programs of the
 * suite, it stands in front of EncryptMessage and MakeSignature, whether they are called by name
 * or through the function table, and of nettle's RC4.  Each use of RC4 for a message that is sent
 * adds a line to the file that KEYSTREAM_RECORD names: the SHA-256 of the cipher's state before,
 * which says key and offset both.  The same state in two lines, from whatever processes, is
 * a keystream that was used twice.
 *
 * Receiving goes through the sender's states again, as it should, and is not noted.  What seals the
 * records of TLS is in records.c, and what
 * Kerberos' messages differ in, in tokens.c.
 */
#include "recorder.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <nettle/arcfour.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <sspi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef SECURITY_STATUS protect_fn(PCtxtHandle ctx, ULONG qop, PSecBufferDesc desc, ULONG seq);
typedef void crypt_fn(struct arcfour_ctx *ctx, size_t n, uint8_t *dst, const uint8_t *src);

/* What this stands in front of. */
static struct {
    protect_fn *encrypt;
    protect_fn *sign;
    crypt_fn *crypt;
} real;
static int record = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static _Thread_local int protecting;

void recorder_find(const char *name, void *ret, size_t n)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found != NULL && n == sizeof(found)) /* a program need not have all of them */
        memcpy(ret, &found, n);
}

static void start(void)
{
    const char *path = getenv("KEYSTREAM_RECORD");

    recorder_find("EncryptMessage", &real.encrypt, sizeof(real.encrypt));
    recorder_find("MakeSignature", &real.sign, sizeof(real.sign));
    recorder_find("nettle_arcfour_crypt", &real.crypt, sizeof(real.crypt));
    if (path != NULL)
        record = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (real.crypt == NULL || record < 0)
        abort(); /* a recorder that records nothing must not look like a clean record */
}

void recorder_start(void)
{
    (void)pthread_once(&once, start);
}

void recorder_note(const void *one, size_t one_n, const void *other, size_t other_n)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_SIZE];
    char line[2 * SHA256_DIGEST_SIZE + 1];
    struct sha256_ctx sha;

    sha256_init(&sha);
    sha256_update(&sha, one_n, one);
    sha256_update(&sha, other_n, other);
    sha256_digest(&sha, sizeof(digest), digest);
    explicit_bzero(&sha, sizeof(sha));
    for (size_t i = 0; i < sizeof(digest); i++) {
        line[2 * i] = digits[digest[i] >> 4];
        line[2 * i + 1] = digits[digest[i] & 15];
    }
    line[sizeof(line) - 1] = '\n';
    if (write(record, line, sizeof(line)) != sizeof(line)) /* one write: lines do not mix */
        abort();
}

/* nettle.h names it so that its symbol is nettle_arcfour_crypt. */
void arcfour_crypt(struct arcfour_ctx *ctx, size_t length, uint8_t *dst, const uint8_t *src)
{
    const uint8_t at[] = { ctx->i, ctx->j };

    recorder_start();
    if (protecting != 0 && length != 0)
        recorder_note(ctx->S, sizeof(ctx->S), at, sizeof(at));
    real.crypt(ctx, length, dst, src);
}

static SECURITY_STATUS watch(protect_fn *call, PCtxtHandle ctx, ULONG qop, PSecBufferDesc desc,
                             ULONG seq)
{
    static const SecBufferDesc nothing;

    protecting++;
    recorder_protects();
    SECURITY_STATUS status = call(ctx, qop, desc, seq);
    recorder_protected(status == SEC_E_OK ? desc : &nothing);
    protecting--;
    return status;
}

SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo)
{
    recorder_start();
    return watch(real.encrypt, phContext, fQOP, pMessage, MessageSeqNo);
}

SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                        ULONG MessageSeqNo)
{
    recorder_start();
    return watch(real.sign, phContext, fQOP, pMessage, MessageSeqNo);
}
