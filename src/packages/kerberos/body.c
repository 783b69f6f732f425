/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/body.h"

#include "packages/kerberos/confounder.h"

/* ---- Where everything lies -------------------------------------------- */

/* n bytes of the trailer from `from` on: in one part, or in two. */
static size_t cut_trailer(const struct krb_body *body, size_t from, size_t n, struct span *ret)
{
    size_t parts = 0;

    for (size_t i = 0; i < 2; i++) {
        struct span part = body->trailer[i];
        size_t skip = from < part.n ? from : part.n;
        size_t take = part.n - skip < n ? part.n - skip : n;

        if (take != 0)
            ret[parts++] = (struct span){ part.p + skip, take };
        from -= skip;
        n -= take;
    }
    return parts;
}

void krb_body_copy_trailer(const struct krb_body *body, size_t from, size_t n, uint8_t *ret)
{
    struct span parts[2];
    size_t n_parts = cut_trailer(body, from, n, parts);

    for (size_t i = 0; i < n_parts; i++) {
        memcpy(ret, parts[i].p, parts[i].n);
        ret += parts[i].n;
    }
}

static size_t cipher_spans(const struct krb_body *body, struct span *ret)
{
    size_t n = 0;

    ret[n++] = (struct span){ body->confounder, KRB_CONFOUNDER_SIZE };
    for (size_t i = 0; i < body->msg->n; i++)
        if (body->msg->pieces[i].seal)
            ret[n++] = (struct span){ body->msg->pieces[i].p, body->msg->pieces[i].n };
    return n + cut_trailer(body, 0, body->inner_n, ret + n);
}

void krb_body_encrypt(const struct krb_body *body, const struct aes_key *key)
{
    struct span spans[KRB_PARTS_MAX];

    aes_cts_encrypt(key, spans, cipher_spans(body, spans));
}

void krb_body_decrypt(const struct krb_body *body, const struct aes_key *key)
{
    struct span spans[KRB_PARTS_MAX];

    aes_cts_decrypt(key, spans, cipher_spans(body, spans));
}

/* ---- Protection -------------------------------------------------------- */

static const uint8_t no_vector[AES_BLOCK];

/* Over what the spans hold now: the plaintext (RFC 3961 5.3), or the ciphertext and before it the
 * initial vector (RFC 8009 5). */
static void integrity(const struct krb_profile *profile, const struct hmac_key *key,
                      const struct krb_body *body, uint8_t *ret)
{
    struct view parts[KRB_PARTS_MAX];
    struct span trailer[2];
    size_t n = 0;

    if (profile->mac_of_cipher)
        parts[n++] = VIEW_OF(no_vector);
    parts[n++] = (struct view){ body->confounder, KRB_CONFOUNDER_SIZE };
    for (size_t i = 0; i < body->msg->n; i++)
        if (body->msg->pieces[i].sign)
            parts[n++] = (struct view){ body->msg->pieces[i].p, body->msg->pieces[i].n };
    size_t n_trailer = cut_trailer(body, 0, body->inner_n, trailer);
    for (size_t i = 0; i < n_trailer; i++)
        parts[n++] = (struct view){ trailer[i].p, trailer[i].n };
    hmac_keyed(key, parts, n, ret, profile->mac_n);
}

/* Nothing is signed that is not sealed: the usual message. */
static bool is_sealed_only(const struct krb_message *msg)
{
    for (size_t i = 0; i < msg->n; i++)
        if (msg->pieces[i].sign && !msg->pieces[i].seal)
            return false;
    return true;
}

static void protect_at_once(const struct krb_profile *profile, const struct krb_keys *keys,
                            const struct krb_body *body, uint8_t *mac)
{
    const struct mac_wanted wanted = {
        .key = &keys->integrity,
        .order = profile->mac_of_cipher ? MAC_OF_CIPHER : MAC_OF_PLAIN,
        .first = { no_vector, profile->mac_of_cipher ? sizeof(no_vector) : 0 },
        .ret = mac,
        .n = profile->mac_n,
    };
    struct span spans[KRB_PARTS_MAX];

    aes_cts_encrypt_mac(&keys->seal, spans, cipher_spans(body, spans), &wanted);
}

void krb_body_protect(const struct krb_body *body, const struct krb_profile *profile,
                      const struct krb_keys *keys, uint8_t *ret_mac)
{
    if (is_sealed_only(body->msg)) {
        protect_at_once(profile, keys, body, ret_mac);
        return;
    }
    if (!profile->mac_of_cipher)
        integrity(profile, &keys->integrity, body, ret_mac);
    krb_body_encrypt(body, &keys->seal);
    if (profile->mac_of_cipher)
        integrity(profile, &keys->integrity, body, ret_mac);
}

bool krb_body_mac_fits(const struct krb_body *body, const struct krb_profile *profile,
                       const struct krb_keys *keys)
{
    uint8_t expected[KRB_MAC_MAX];
    uint8_t got[KRB_MAC_MAX];

    integrity(profile, &keys->integrity, body, expected);
    krb_body_copy_trailer(body, body->inner_n, profile->mac_n, got);
    return ct_eq((struct view){ expected, profile->mac_n }, (struct view){ got, profile->mac_n });
}
