/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/mock.h"

#include <fcntl.h>
#include <nettle/hmac.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

void mock_hmac(const uint8_t key[MOCK_KEY], const struct mock_bytes *pieces, size_t n,
               uint8_t ret[MOCK_KEY])
{
    struct hmac_sha256_ctx hmac;

    hmac_sha256_set_key(&hmac, MOCK_KEY, key);
    for (size_t i = 0; i < n; i++)
        hmac_sha256_update(&hmac, pieces[i].n, pieces[i].p);
    hmac_sha256_digest(&hmac, MOCK_KEY, ret);
    explicit_bzero(&hmac, sizeof(hmac));
}

void mock_proof(const struct mock_handshake *shake, uint8_t ret[MOCK_KEY])
{
    mock_hmac(shake->secret, &(struct mock_bytes){ shake->nonces, sizeof(shake->nonces) }, 1, ret);
}

void mock_derive(const struct mock_handshake *shake, struct mock_live *ret)
{
    struct mock_bytes from_initiator[] = { { (const uint8_t *)"i", 1 },
                                           { shake->nonces, sizeof(shake->nonces) } };
    struct mock_bytes from_acceptor[] = { { (const uint8_t *)"a", 1 },
                                          { shake->nonces, sizeof(shake->nonces) } };

    *ret = (struct mock_live){ .initiator = !shake->accept };
    mock_hmac(shake->secret, ret->initiator ? from_initiator : from_acceptor, 2, ret->send_key);
    mock_hmac(shake->secret, ret->initiator ? from_acceptor : from_initiator, 2, ret->receive_key);
    memcpy(ret->user, shake->user, sizeof(ret->user));
}

bool mock_random(uint8_t *dst, size_t n)
{
    return getrandom(dst, n, 0) == (ssize_t)n;
}

/* ---- Packed forms: a letter, then the fields in a fixed order ---------- */

struct cursor {
    uint8_t *p;
    size_t n;
};

static void put(struct cursor *out, const void *bytes, size_t n)
{
    memcpy(out->p + out->n, bytes, n);
    out->n += n;
}

static void put_number(struct cursor *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out->p[out->n++] = (uint8_t)(value >> 8 * i);
}

static bool get(struct mock_bytes *in, void *dst, size_t n)
{
    if (in->n < n)
        return false;
    memcpy(dst, in->p, n);
    in->p += n;
    in->n -= n;
    return true;
}

static bool get_number(struct mock_bytes *in, uint64_t *ret)
{
    uint8_t b[8];

    *ret = 0;
    if (!get(in, b, sizeof(b)))
        return false;
    for (int i = 8; i-- > 0;)
        *ret = *ret << 8 | b[i];
    return true;
}

size_t mock_pack(const struct mock_live *live, uint8_t ret[MOCK_PACKED_MAX])
{
    struct cursor out = { ret, 0 };

    put(&out, live->initiator ? "I" : "A", 1);
    put_number(&out, live->send);
    put_number(&out, live->receive);
    put(&out, live->send_key, MOCK_KEY);
    put(&out, live->receive_key, MOCK_KEY);
    put_number(&out, live->token);
    put(&out, live->word, MOCK_WORD);
    put(&out, live->user, MOCK_NAME_MAX);
    return out.n;
}

bool mock_unpack(struct mock_bytes in, struct mock_live *ret)
{
    struct mock_live live = { 0 };
    uint8_t kind = 0;

    if (!get(&in, &kind, 1) || (kind != 'I' && kind != 'A') || !get_number(&in, &live.send) ||
        !get_number(&in, &live.receive) || !get(&in, live.send_key, MOCK_KEY) ||
        !get(&in, live.receive_key, MOCK_KEY) || !get_number(&in, &live.token) ||
        !get(&in, live.word, MOCK_WORD) || !get(&in, live.user, MOCK_NAME_MAX) || in.n != 0)
        return false;
    live.initiator = kind == 'I';
    *ret = live;
    return true;
}

size_t mock_pack_handshake(const struct mock_handshake *shake, uint8_t ret[MOCK_PACKED_MAX])
{
    struct cursor out = { ret, 0 };

    put(&out, shake->accept ? "a" : "i", 1);
    put_number(&out, (uint64_t)shake->leg);
    put(&out, shake->secret, MOCK_KEY);
    put(&out, shake->nonces, sizeof(shake->nonces));
    put(&out, shake->user, MOCK_NAME_MAX);
    return out.n;
}

bool mock_unpack_handshake(struct mock_bytes in, struct mock_handshake *ret)
{
    struct mock_handshake shake = { 0 };
    uint64_t leg = 0;
    uint8_t kind = 0;

    if (!get(&in, &kind, 1) || (kind != 'i' && kind != 'a') || !get_number(&in, &leg) || leg > 2 ||
        !get(&in, shake.secret, MOCK_KEY) || !get(&in, shake.nonces, sizeof(shake.nonces)) ||
        !get(&in, shake.user, MOCK_NAME_MAX) || in.n != 0)
        return false;
    shake.accept = kind == 'a';
    shake.leg = (int)leg;
    *ret = shake;
    return true;
}

PSecBuffer mock_buffer(PSecBufferDesc desc, ULONG type)
{
    for (ULONG i = 0; desc != NULL && i < desc->cBuffers; i++)
        if ((desc->pBuffers[i].BufferType & ~SECBUFFER_ATTRMASK) == type)
            return &desc->pBuffers[i];
    return NULL;
}

bool mock_same(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint8_t difference = 0;

    for (size_t i = 0; i < n; i++)
        difference |= (uint8_t)(a[i] ^ b[i]);
    return difference == 0;
}

NTSTATUS mock_put_token(PSecBuffer out, ULONG requirements, struct mock_bytes token,
                        mock_alloc_fn *alloc)
{
    if (out == NULL)
        return SEC_E_INVALID_TOKEN;
    if ((requirements & ISC_REQ_ALLOCATE_MEMORY) != 0 && token.n != 0) {
        out->pvBuffer = alloc((ULONG)token.n);
        if (out->pvBuffer == NULL)
            return STATUS_NO_MEMORY;
    } else if (out->cbBuffer < token.n) {
        out->cbBuffer = (ULONG)token.n;
        return SEC_E_BUFFER_TOO_SMALL;
    }
    if (token.n != 0)
        memcpy(out->pvBuffer, token.p, token.n);
    out->cbBuffer = (ULONG)token.n;
    return STATUS_SUCCESS;
}

bool mock_explain(PSecBufferDesc out, ULONG requirements, ULONG flag, NTSTATUS status,
                  mock_alloc_fn *alloc)
{
    PSecBuffer token = mock_buffer(out, SECBUFFER_TOKEN);
    uint8_t text[9] = "MOCKX";
    long always = 0;

    if (NT_SUCCESS(status) || status == SEC_E_BUFFER_TOO_SMALL ||
        status == SEC_E_INCOMPLETE_MESSAGE)
        return false;
    if ((requirements & flag) == 0 && !mock_told("explain_always", &always))
        return false;
    for (size_t i = 0; i < 4; i++)
        text[5 + i] = (uint8_t)((uint32_t)status >> 8 * i);
    return NT_SUCCESS(
        mock_put_token(token, requirements, (struct mock_bytes){ text, sizeof(text) }, alloc));
}

/* ---- Objects by handle ------------------------------------------------- */

void mock_add(struct mock_list *list, struct mock_object *object, LSA_SEC_HANDLE handle)
{
    object->handle = handle;
    (void)pthread_mutex_lock(&list->mutex);
    object->next = list->first;
    list->first = object;
    (void)pthread_mutex_unlock(&list->mutex);
}

void *mock_find(struct mock_list *list, LSA_SEC_HANDLE handle)
{
    (void)pthread_mutex_lock(&list->mutex);
    struct mock_object *found = list->first;

    while (found != NULL && found->handle != handle)
        found = found->next;
    (void)pthread_mutex_unlock(&list->mutex);
    return found;
}

void *mock_remove(struct mock_list *list, LSA_SEC_HANDLE handle)
{
    (void)pthread_mutex_lock(&list->mutex);
    struct mock_object **at = &list->first;

    while (*at != NULL && (*at)->handle != handle)
        at = &(*at)->next;
    struct mock_object *found = *at;
    if (found != NULL)
        *at = found->next;
    (void)pthread_mutex_unlock(&list->mutex);
    return found;
}

LSA_SEC_HANDLE mock_fresh_handle(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static LSA_SEC_HANDLE last;

    (void)pthread_mutex_lock(&mutex);
    LSA_SEC_HANDLE fresh = ++last;
    (void)pthread_mutex_unlock(&mutex);
    return fresh;
}

/* ---- Handles: descriptor n is (n + 1) * 4 ------------------------------ */

static int fd_of(HANDLE handle)
{
    return (int)((uintptr_t)handle / 4) - 1;
}

HANDLE mock_dup_handle(HANDLE handle)
{
    int fd = fcntl(fd_of(handle), F_DUPFD_CLOEXEC, 0);

    /* A number, not an address: it is never followed. */
    return fd >= 0 ? (HANDLE)(((uintptr_t)fd + 1) * 4) : NULL; // NOLINT(performance-no-int-to-ptr)
}

void mock_close_handle(HANDLE handle)
{
    if (handle != NULL)
        (void)close(fd_of(handle));
}
