/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/kerberos/keys.h"

#include "base/cleanup.h"
#include "crypto/krb5_kdf.h"

enum usage { /* RFC 4121 2 */
             ACCEPTOR_SEAL = 22,
             ACCEPTOR_SIGN = 23,
             INITIATOR_SEAL = 24,
             INITIATOR_SIGN = 25,
};

enum purpose { /* RFC 3961 5.3 */
               FOR_CHECKSUM = 0x99,
               FOR_ENCRYPTION = 0xaa,
               FOR_INTEGRITY = 0x55,
};

static enum usage seal_usage(enum krb_side sender)
{
    return sender == KRB_ACCEPTOR ? ACCEPTOR_SEAL : INITIATOR_SEAL;
}

static enum usage sign_usage(enum krb_side sender)
{
    return sender == KRB_ACCEPTOR ? ACCEPTOR_SIGN : INITIATOR_SIGN;
}

static void derive(const struct krb_session *session, enum usage usage, enum purpose purpose,
                   struct key *ret)
{
    const struct krb_profile *profile = krb_profile_of(session->enctype);
    const struct view base = { session->key, profile->key_n };
    const uint8_t label[5] = { 0, 0, 0, (uint8_t)usage, (uint8_t)purpose };
    size_t n = purpose == FOR_ENCRYPTION ? profile->key_n : profile->mac_key_n;

    if (profile->mac_of_cipher) /* RFC 8009 3 */
        krb5_kdf_hmac_sha2(profile->hash, base, VIEW_OF(label), (uint32_t)n * 8, ret);
    else
        krb5_dk_aes(base, VIEW_OF(label), ret);
}

static void derive_mac(const struct krb_session *session, enum usage usage, enum purpose purpose,
                       struct hmac_key *ret)
{
    ssp_cleanup(key_wipe) struct key key = { 0 };

    derive(session, usage, purpose, &key);
    hmac_key_init(ret, krb_profile_of(session->enctype)->hash, key_view(&key));
}

typedef void aes_init_fn(struct aes_key *key, struct view secret);

static void derive_aes(const struct krb_session *session, enum krb_side sender, aes_init_fn *init,
                       struct aes_key *ret)
{
    ssp_cleanup(key_wipe) struct key key = { 0 };

    derive(session, seal_usage(sender), FOR_ENCRYPTION, &key);
    init(ret, key_view(&key));
}

static void need(const struct krb_session *session, enum krb_side sender, aes_init_fn *init,
                 struct krb_keys *keys)
{
    if (keys->is_ready)
        return;
    derive_aes(session, sender, init, &keys->seal);
    derive_mac(session, seal_usage(sender), FOR_INTEGRITY, &keys->integrity);
    derive_mac(session, seal_usage(sender), FOR_CHECKSUM, &keys->wrap_sum);
    derive_mac(session, sign_usage(sender), FOR_CHECKSUM, &keys->mic_sum);
    keys->is_ready = true;
}

static enum krb_side peer_of(const struct krb_session *session)
{
    return session->side == KRB_ACCEPTOR ? KRB_INITIATOR : KRB_ACCEPTOR;
}

void krb_keys_need_send(const struct krb_session *session, struct krb_keys *keys)
{
    need(session, session->side, aes_key_encrypts, keys);
}

void krb_keys_need_recv(const struct krb_session *session, struct krb_keys *keys)
{
    need(session, peer_of(session), aes_key_decrypts, keys);
}

void krb_keys_reseal(const struct krb_session *session, struct aes_key *ret)
{
    derive_aes(session, peer_of(session), aes_key_encrypts, ret);
}

void krb_keys_wipe(struct krb_keys *keys)
{
    explicit_bzero(keys, sizeof(*keys));
}
