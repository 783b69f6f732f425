/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aes_sha512.h"

#include <stdlib.h>

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define ON_THIS __attribute__((target("aes,avx,bmi2")))
#define PART_OF_IT inline __attribute__((always_inline, target("aes,avx,bmi2")))

enum { ROUNDS = 80, WORDS = 16, BLOCK = 128 };

/* FIPS 180-4 4.2.3 */
static const uint64_t constants[ROUNDS] = {
    UINT64_C(0x428a2f98d728ae22), UINT64_C(0x7137449123ef65cd), UINT64_C(0xb5c0fbcfec4d3b2f),
    UINT64_C(0xe9b5dba58189dbbc), UINT64_C(0x3956c25bf348b538), UINT64_C(0x59f111f1b605d019),
    UINT64_C(0x923f82a4af194f9b), UINT64_C(0xab1c5ed5da6d8118), UINT64_C(0xd807aa98a3030242),
    UINT64_C(0x12835b0145706fbe), UINT64_C(0x243185be4ee4b28c), UINT64_C(0x550c7dc3d5ffb4e2),
    UINT64_C(0x72be5d74f27b896f), UINT64_C(0x80deb1fe3b1696b1), UINT64_C(0x9bdc06a725c71235),
    UINT64_C(0xc19bf174cf692694), UINT64_C(0xe49b69c19ef14ad2), UINT64_C(0xefbe4786384f25e3),
    UINT64_C(0x0fc19dc68b8cd5b5), UINT64_C(0x240ca1cc77ac9c65), UINT64_C(0x2de92c6f592b0275),
    UINT64_C(0x4a7484aa6ea6e483), UINT64_C(0x5cb0a9dcbd41fbd4), UINT64_C(0x76f988da831153b5),
    UINT64_C(0x983e5152ee66dfab), UINT64_C(0xa831c66d2db43210), UINT64_C(0xb00327c898fb213f),
    UINT64_C(0xbf597fc7beef0ee4), UINT64_C(0xc6e00bf33da88fc2), UINT64_C(0xd5a79147930aa725),
    UINT64_C(0x06ca6351e003826f), UINT64_C(0x142929670a0e6e70), UINT64_C(0x27b70a8546d22ffc),
    UINT64_C(0x2e1b21385c26c926), UINT64_C(0x4d2c6dfc5ac42aed), UINT64_C(0x53380d139d95b3df),
    UINT64_C(0x650a73548baf63de), UINT64_C(0x766a0abb3c77b2a8), UINT64_C(0x81c2c92e47edaee6),
    UINT64_C(0x92722c851482353b), UINT64_C(0xa2bfe8a14cf10364), UINT64_C(0xa81a664bbc423001),
    UINT64_C(0xc24b8b70d0f89791), UINT64_C(0xc76c51a30654be30), UINT64_C(0xd192e819d6ef5218),
    UINT64_C(0xd69906245565a910), UINT64_C(0xf40e35855771202a), UINT64_C(0x106aa07032bbd1b8),
    UINT64_C(0x19a4c116b8d2d0c8), UINT64_C(0x1e376c085141ab53), UINT64_C(0x2748774cdf8eeb99),
    UINT64_C(0x34b0bcb5e19b48a8), UINT64_C(0x391c0cb3c5c95a63), UINT64_C(0x4ed8aa4ae3418acb),
    UINT64_C(0x5b9cca4f7763e373), UINT64_C(0x682e6ff3d6b2b8a3), UINT64_C(0x748f82ee5defb2fc),
    UINT64_C(0x78a5636f43172f60), UINT64_C(0x84c87814a1f0ab72), UINT64_C(0x8cc702081a6439ec),
    UINT64_C(0x90befffa23631e28), UINT64_C(0xa4506cebde82bde9), UINT64_C(0xbef9a3f7b2c67915),
    UINT64_C(0xc67178f2e372532b), UINT64_C(0xca273eceea26619c), UINT64_C(0xd186b8c721c0c207),
    UINT64_C(0xeada7dd6cde0eb1e), UINT64_C(0xf57d4f7fee6ed178), UINT64_C(0x06f067aa72176fba),
    UINT64_C(0x0a637dc5a2c898a6), UINT64_C(0x113f9804bef90dae), UINT64_C(0x1b710b35131c471b),
    UINT64_C(0x28db77f523047d84), UINT64_C(0x32caab7b40c72493), UINT64_C(0x3c9ebe0a15c9bebc),
    UINT64_C(0x431d67c49c100d4c), UINT64_C(0x4cc5d4becb3e42b6), UINT64_C(0x597f299cfc657e2a),
    UINT64_C(0x5fcb6fab3ad6faec), UINT64_C(0x6c44198c4a475817),
};

typedef uint64_t pair __attribute__((vector_size(16))); /* a word of each of two blocks */

/* Two arrays and no struct: so that the words find room in registers. */
typedef pair words[WORDS]; /* the last sixteen of the schedule, W (6.4.2) */
typedef pair sums[ROUNDS]; /* W + K */

struct chain { /* of CBC */
    const __m128i *keys;
    __m128i iv;
    uint8_t *p;
};

/* Macros, since they are for words and for pairs of them. */
#define ROTATE(x, n) ((x) >> (n) | (x) << (64 - (n)))
#define BIG_0(x) (ROTATE(x, 28) ^ ROTATE(x, 34) ^ ROTATE(x, 39))
#define BIG_1(x) (ROTATE(x, 14) ^ ROTATE(x, 18) ^ ROTATE(x, 41))
#define SMALL_0(x) (ROTATE(x, 1) ^ ROTATE(x, 8) ^ (x) >> 7)
#define SMALL_1(x) (ROTATE(x, 19) ^ ROTATE(x, 61) ^ (x) >> 6)

static PART_OF_IT void encrypt_block(struct chain *chain)
{
    __m128i *block = (void *)chain->p;
    __m128i x = _mm_xor_si128(_mm_loadu_si128(block), chain->iv);

    x = _mm_xor_si128(x, _mm_loadu_si128(chain->keys));
#pragma GCC unroll 13
    for (int i = 1; i < 14; i++)
        x = _mm_aesenc_si128(x, _mm_loadu_si128(chain->keys + i));
    chain->iv = _mm_aesenclast_si128(x, _mm_loadu_si128(chain->keys + 14));
    _mm_storeu_si128(block, chain->iv);
    chain->p += sizeof(*block);
}

static PART_OF_IT pair with_constant(pair w, size_t i)
{
    return w + (pair){ constants[i], constants[i] };
}

static PART_OF_IT void load(words w, sums sum, const uint8_t *p)
{
    const __m128i swap = _mm_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);

    for (size_t i = 0; i < WORDS; i++) {
        __m128i first = _mm_loadl_epi64((const void *)(p + i * 8));
        __m128i second = _mm_loadl_epi64((const void *)(p + BLOCK + i * 8));

        w[i] = (pair)_mm_shuffle_epi8(_mm_unpacklo_epi64(first, second), swap);
        sum[i] = with_constant(w[i], i);
    }
}

/* Word i of the sixteen that come after the `from`th. */
static PART_OF_IT void schedule(words w, sums sum, size_t from, size_t i)
{
    w[i] += SMALL_1(w[(i + 14) % WORDS]) + w[(i + 9) % WORDS] + SMALL_0(w[(i + 1) % WORDS]);
    sum[from + WORDS + i] = with_constant(w[i], from + WORDS + i);
}

struct rounds { /* of one of the two blocks */
    uint64_t a;
    uint64_t b;
    uint64_t c;
    uint64_t d;
    uint64_t e;
    uint64_t f;
    uint64_t g;
    uint64_t h;
    uint64_t b_c; /* b ^ c */
    int lane;
};

/* Sigma 1 and Ch. */
static PART_OF_IT uint64_t choose(uint64_t e, uint64_t f, uint64_t g)
{
    return BIG_1(e) + ((e & f) + (~e & g));
}

/* Sigma 0 and Maj(a, b, c), which is b ^ ((a ^ b) & (b ^ c)); what is a ^ b now is b ^ c in the
 * next round. */
static PART_OF_IT uint64_t vote(uint64_t a, uint64_t b, uint64_t *b_c)
{
    uint64_t a_b = a ^ b;
    uint64_t changed = *b_c & a_b;

    *b_c = a_b;
    return BIG_0(a) + (changed ^ b);
}

/* The schedule of both is made on the way of the first block. */
static PART_OF_IT void prepare(const struct rounds *s, words w, sums sum, size_t from, size_t i)
{
    if (s->lane == 0 && from + WORDS < ROUNDS)
        schedule(w, sum, from, i);
}

/* A round leaves its eight variables where they are, and the next one names them anew. */
#define ROUND(n, a, b, d, e, f, g, h)                                \
    s->h += sum[from + i + (n)][s->lane] + choose(s->e, s->f, s->g); \
    s->d += s->h;                                                    \
    s->h += vote(s->a, s->b, &s->b_c);                               \
    prepare(s, w, sum, from, i + (n))

static PART_OF_IT void eight_rounds(struct rounds *s, words w, sums sum, size_t from, size_t i)
{
    ROUND(0, a, b, d, e, f, g, h);
    ROUND(1, h, a, c, d, e, f, g);
    ROUND(2, g, h, b, c, d, e, f);
    ROUND(3, f, g, a, b, c, d, e);
    ROUND(4, e, f, h, a, b, c, d);
    ROUND(5, d, e, g, h, a, b, c);
    ROUND(6, c, d, f, g, h, a, b);
    ROUND(7, b, c, e, f, g, h, a);
}

static PART_OF_IT void add(uint64_t state[8], const struct rounds *s)
{
    state[0] += s->a;
    state[1] += s->b;
    state[2] += s->c;
    state[3] += s->d;
    state[4] += s->e;
    state[5] += s->f;
    state[6] += s->g;
    state[7] += s->h;
}

/* One of the two blocks, and eight of AES. */
static PART_OF_IT void digest_block(words w, sums sum, int lane, uint64_t state[8],
                                    struct chain *chain)
{
    struct rounds s = { state[0], state[1], state[2],
                        state[3], state[4], state[5],
                        state[6], state[7], state[1] ^ state[2],
                        lane };

    for (size_t from = 0; from < ROUNDS; from += WORDS) {
        if (from + WORDS < ROUNDS)
            encrypt_block(chain);
        eight_rounds(&s, w, sum, from, 0);
        if (from + WORDS < ROUNDS)
            encrypt_block(chain);
        eight_rounds(&s, w, sum, from, 8);
    }
    add(state, &s);
}

// NOLINTNEXTLINE(readability-non-const-parameter): written by way of the chain
ON_THIS void aes256_sha512(const uint32_t keys[60], uint8_t iv[16], uint64_t state[8], uint8_t *p,
                           size_t turns)
{
    struct chain chain = { (const void *)keys, _mm_loadu_si128((const void *)iv), p };
    words w;
    sums sum;

    for (; turns > 0; turns--) {
        load(w, sum, chain.p - AES_SHA512_TURN);
        digest_block(w, sum, 0, state, &chain);
        digest_block(w, sum, 1, state, &chain);
    }
    _mm_storeu_si128((void *)iv, chain.iv);
}

bool aes_sha512_is_there(void)
{
    return __builtin_cpu_supports("aes") && __builtin_cpu_supports("avx") &&
           __builtin_cpu_supports("bmi2");
}

#else

bool aes_sha512_is_there(void)
{
    return false;
}

/* Not called: it is not there. */
void aes256_sha512(const uint32_t keys[60], uint8_t iv[16], uint64_t state[8], uint8_t *p,
                   size_t turns)
{
    (void)keys;
    (void)iv;
    (void)state;
    (void)p;
    (void)turns;
    abort();
}

#endif
