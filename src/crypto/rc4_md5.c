/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rc4_md5.h"

#include <string.h>

#include "crypto/hmac_md5.h"
#include "crypto/wrote.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

enum {
    BLOCK = 64,
    WORTH_IT = 3 * BLOCK, /* below, widening the S-box costs more than is won */
};

/* RC4's state for many bytes: words are read back sooner after they were written than bytes. */
struct stream {
    uint32_t *s;
    uint32_t i;
    uint32_t j;
};

static ALWAYS_INLINE void crypt_byte(struct stream *stream, uint8_t *p)
{
    uint32_t *s = stream->s;

    stream->i = (stream->i + 1) & UINT8_MAX;
    uint32_t si = s[stream->i];
    stream->j = (stream->j + si) & UINT8_MAX;
    uint32_t sj = s[stream->j];
    s[stream->i] = sj;
    s[stream->j] = si;
    *p = (uint8_t)(*p ^ s[(si + sj) & UINT8_MAX]);
}

/* ---- A block of MD5 (RFC 1321 3.4), a byte of RC4 behind each of its 64 steps ---- */

struct md5 {
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t d;
};

#define F(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define G(x, y, z) F(z, x, y)
#define H(x, y, z) ((x) ^ (y) ^ (z))
#define I(x, y, z) ((y) ^ ((x) | ~(z)))

static ALWAYS_INLINE uint32_t rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

#define STEP(mix, a, b, c, d, k, shift, t, n)                                       \
    s->a = rotate(s->a + mix(s->b, s->c, s->d) + x[k] + UINT32_C(t), shift) + s->b; \
    crypt_byte(stream, data + (n))

/* clang-format off */
static ALWAYS_INLINE void round_1(struct md5 *s, const uint32_t x[16], struct stream *stream,
                                    uint8_t *data)
{
    STEP(F, a, b, c, d, 0, 7, 0xd76aa478, 0);
    STEP(F, d, a, b, c, 1, 12, 0xe8c7b756, 1);
    STEP(F, c, d, a, b, 2, 17, 0x242070db, 2);
    STEP(F, b, c, d, a, 3, 22, 0xc1bdceee, 3);
    STEP(F, a, b, c, d, 4, 7, 0xf57c0faf, 4);
    STEP(F, d, a, b, c, 5, 12, 0x4787c62a, 5);
    STEP(F, c, d, a, b, 6, 17, 0xa8304613, 6);
    STEP(F, b, c, d, a, 7, 22, 0xfd469501, 7);
    STEP(F, a, b, c, d, 8, 7, 0x698098d8, 8);
    STEP(F, d, a, b, c, 9, 12, 0x8b44f7af, 9);
    STEP(F, c, d, a, b, 10, 17, 0xffff5bb1, 10);
    STEP(F, b, c, d, a, 11, 22, 0x895cd7be, 11);
    STEP(F, a, b, c, d, 12, 7, 0x6b901122, 12);
    STEP(F, d, a, b, c, 13, 12, 0xfd987193, 13);
    STEP(F, c, d, a, b, 14, 17, 0xa679438e, 14);
    STEP(F, b, c, d, a, 15, 22, 0x49b40821, 15);
}

static ALWAYS_INLINE void round_2(struct md5 *s, const uint32_t x[16], struct stream *stream,
                                    uint8_t *data)
{
    STEP(G, a, b, c, d, 1, 5, 0xf61e2562, 16);
    STEP(G, d, a, b, c, 6, 9, 0xc040b340, 17);
    STEP(G, c, d, a, b, 11, 14, 0x265e5a51, 18);
    STEP(G, b, c, d, a, 0, 20, 0xe9b6c7aa, 19);
    STEP(G, a, b, c, d, 5, 5, 0xd62f105d, 20);
    STEP(G, d, a, b, c, 10, 9, 0x02441453, 21);
    STEP(G, c, d, a, b, 15, 14, 0xd8a1e681, 22);
    STEP(G, b, c, d, a, 4, 20, 0xe7d3fbc8, 23);
    STEP(G, a, b, c, d, 9, 5, 0x21e1cde6, 24);
    STEP(G, d, a, b, c, 14, 9, 0xc33707d6, 25);
    STEP(G, c, d, a, b, 3, 14, 0xf4d50d87, 26);
    STEP(G, b, c, d, a, 8, 20, 0x455a14ed, 27);
    STEP(G, a, b, c, d, 13, 5, 0xa9e3e905, 28);
    STEP(G, d, a, b, c, 2, 9, 0xfcefa3f8, 29);
    STEP(G, c, d, a, b, 7, 14, 0x676f02d9, 30);
    STEP(G, b, c, d, a, 12, 20, 0x8d2a4c8a, 31);
}

static ALWAYS_INLINE void round_3(struct md5 *s, const uint32_t x[16], struct stream *stream,
                                    uint8_t *data)
{
    STEP(H, a, b, c, d, 5, 4, 0xfffa3942, 32);
    STEP(H, d, a, b, c, 8, 11, 0x8771f681, 33);
    STEP(H, c, d, a, b, 11, 16, 0x6d9d6122, 34);
    STEP(H, b, c, d, a, 14, 23, 0xfde5380c, 35);
    STEP(H, a, b, c, d, 1, 4, 0xa4beea44, 36);
    STEP(H, d, a, b, c, 4, 11, 0x4bdecfa9, 37);
    STEP(H, c, d, a, b, 7, 16, 0xf6bb4b60, 38);
    STEP(H, b, c, d, a, 10, 23, 0xbebfbc70, 39);
    STEP(H, a, b, c, d, 13, 4, 0x289b7ec6, 40);
    STEP(H, d, a, b, c, 0, 11, 0xeaa127fa, 41);
    STEP(H, c, d, a, b, 3, 16, 0xd4ef3085, 42);
    STEP(H, b, c, d, a, 6, 23, 0x04881d05, 43);
    STEP(H, a, b, c, d, 9, 4, 0xd9d4d039, 44);
    STEP(H, d, a, b, c, 12, 11, 0xe6db99e5, 45);
    STEP(H, c, d, a, b, 15, 16, 0x1fa27cf8, 46);
    STEP(H, b, c, d, a, 2, 23, 0xc4ac5665, 47);
}

static ALWAYS_INLINE void round_4(struct md5 *s, const uint32_t x[16], struct stream *stream,
                                    uint8_t *data)
{
    STEP(I, a, b, c, d, 0, 6, 0xf4292244, 48);
    STEP(I, d, a, b, c, 7, 10, 0x432aff97, 49);
    STEP(I, c, d, a, b, 14, 15, 0xab9423a7, 50);
    STEP(I, b, c, d, a, 5, 21, 0xfc93a039, 51);
    STEP(I, a, b, c, d, 12, 6, 0x655b59c3, 52);
    STEP(I, d, a, b, c, 3, 10, 0x8f0ccc92, 53);
    STEP(I, c, d, a, b, 10, 15, 0xffeff47d, 54);
    STEP(I, b, c, d, a, 1, 21, 0x85845dd1, 55);
    STEP(I, a, b, c, d, 8, 6, 0x6fa87e4f, 56);
    STEP(I, d, a, b, c, 15, 10, 0xfe2ce6e0, 57);
    STEP(I, c, d, a, b, 6, 15, 0xa3014314, 58);
    STEP(I, b, c, d, a, 13, 21, 0x4e0811a1, 59);
    STEP(I, a, b, c, d, 4, 6, 0xf7537e82, 60);
    STEP(I, d, a, b, c, 11, 10, 0xbd3af235, 61);
    STEP(I, c, d, a, b, 2, 15, 0x2ad7d2bb, 62);
    STEP(I, b, c, d, a, 9, 21, 0xeb86d391, 63);
}
/* clang-format on */

static ALWAYS_INLINE uint32_t load_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The words of the block are read before any byte is encrypted: mac may be data. */
static void both(struct stream *stream, uint32_t state[4], const uint8_t *mac, uint8_t *data)
{
    struct md5 s = { state[0], state[1], state[2], state[3] };
    struct stream local = *stream;
    uint32_t x[16];

    for (size_t k = 0; k < 16; k++)
        x[k] = load_le32(mac + 4 * k);
    round_1(&s, x, &local, data);
    round_2(&s, x, &local, data);
    round_3(&s, x, &local, data);
    round_4(&s, x, &local, data);
    state[0] += s.a;
    state[1] += s.b;
    state[2] += s.c;
    state[3] += s.d;
    *stream = local;
}

/* MD5 over blocks from mac on, RC4 over as many from data on. */
static void both_blocks(struct rc4 *rc4, struct md5_ctx *md5, const uint8_t *mac, uint8_t *data,
                        size_t blocks)
{
    uint32_t wide[256];
    struct stream stream = { wide, rc4->i, rc4->j };

    for (size_t i = 0; i < 256; i++)
        wide[i] = rc4->s[i];
    nettle_wrote(md5->state, sizeof(md5->state));
    for (size_t i = 0; i < blocks; i++)
        both(&stream, md5->state, mac + i * BLOCK, data + i * BLOCK);
    md5->count += blocks;
    for (size_t i = 0; i < 256; i++)
        rc4->s[i] = (uint8_t)wide[i];
    rc4->i = (uint8_t)stream.i;
    rc4->j = (uint8_t)stream.j;
    explicit_bzero(wide, sizeof(wide));
}

/* How many bytes MD5 still wants until its next block begins. */
static size_t lead_of(struct view first)
{
    return (BLOCK - first.n % BLOCK) % BLOCK;
}

void rc4_hmac_md5_seal(struct rc4 *rc4, const struct hmac_md5_key *key, struct view first,
                       uint8_t *data, size_t n, uint8_t ret[MD5_SIZE])
{
    size_t lead = n < WORTH_IT ? n : lead_of(first);
    size_t blocks = (n - lead) / BLOCK;
    size_t done = lead + blocks * BLOCK;
    struct md5_ctx md5;

    hmac_md5_resume(key, &md5);
    md5_update(&md5, first.n, first.p);
    md5_update(&md5, lead, data);
    rc4_crypt(rc4, data, data, lead);
    if (blocks != 0)
        both_blocks(rc4, &md5, data + lead, data + lead, blocks);
    md5_update(&md5, n - done, data + done);
    rc4_crypt(rc4, data + done, data + done, n - done);
    hmac_md5_finish(key, &md5, ret);
}

/* The checksum is over what comes out, so MD5 follows one block behind. */
void rc4_hmac_md5_open(struct rc4 *rc4, const struct hmac_md5_key *key, struct view first,
                       uint8_t *data, size_t n, uint8_t ret[MD5_SIZE])
{
    size_t lead = n < WORTH_IT ? n : lead_of(first);
    size_t ahead = n < WORTH_IT ? n : lead + BLOCK;
    size_t blocks = (n - ahead) / BLOCK;
    size_t done = blocks * BLOCK;
    struct md5_ctx md5;

    hmac_md5_resume(key, &md5);
    rc4_crypt(rc4, data, data, ahead);
    md5_update(&md5, first.n, first.p);
    md5_update(&md5, lead, data);
    if (blocks != 0)
        both_blocks(rc4, &md5, data + lead, data + ahead, blocks);
    rc4_crypt(rc4, data + ahead + done, data + ahead + done, n - ahead - done);
    md5_update(&md5, n - lead - done, data + lead + done);
    hmac_md5_finish(key, &md5, ret);
}
