/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An established TLS session, and its packed form.
 *
 * One format, three uses: the LSA half hands a finished handshake to the user
 * half with it, ExportContext emits it, ImportContext takes it.  It holds keys
 * and carries no MAC: who holds it is the session, so outside the two halves it
 * travels in the sealed envelope only.  Layout: docs/formats/packed-schannel.md.
 *
 * What the LSA half fills in when the handshake is over: everything in tls_core
 * up to `live`, which it leaves zero, and in tls_names what it knows.
 */
#ifndef SSP_SCHANNEL_PACK_H
#define SSP_SCHANNEL_PACK_H

#include "base/secret.h"
#include "base/utf16.h"
#include "packages/schannel/suite.h"

enum {
    TLS_PACK_VERSION = 1,
    TLS_PACK_MAX = 65516, /* what the host can seal */
    TLS_IV_SIZE = 12,
    TLS_SECRET_MAX = 48, /* the longest hash of a suite */
    TLS_RANDOM_SIZE = 32,
    TLS_UNIQUE_SIZE = 12, /* verify_data of TLS 1.2 */
    TLS_ENDPOINT_MAX = 64,
    TLS_SESSION_ID_MAX = 32,
    TLS_ALPN_MAX = 255,
    TLS_HOST_MAX = 255,
    TLS_CHAIN_MAX = 40 * 1024, /* the peer's certificates, with their lengths */
    TLS_CERT_MAX = 16 * 1024,  /* our own */
};

enum tls_role { TLS_CLIENT, TLS_SERVER };

struct tls_dir { /* one direction */
    /* 1.3: client_ or server_application_traffic_secret_N, as long as the suite's hash.  In 1.2
     * keys follow from the master secret and the randoms (RFC 5246 6.3) and nothing is here. */
    uint8_t secret[TLS_SECRET_MAX];
    uint64_t seq; /* of the next record; in 1.3 a KeyUpdate sets it to zero, so this counts the
                     records since then as well */
    uint8_t iv[TLS_IV_SIZE]; /* made with the key when that is first used; not packed */
};

struct tls_partial {    /* a handshake message that has not arrived whole */
    uint8_t head[4];    /* its type and size */
    uint8_t head_n;     /* bytes of the head that are there; 0: no message has begun */
    uint32_t body_left; /* bytes still to come, once the head is there */
};

/* What has come about since the handshake; all zero when it has just finished.  The two directions
 * may be in use at once: what either of them looks at and the other changes is atomic. */
struct tls_live {
    _Atomic bool is_used;       /* a record was sealed or opened */
    _Atomic bool update_owed;   /* 1.3: a KeyUpdate goes out before the next record */
    bool update_wanted;         /* 1.3: that one asks the peer for an update in turn */
    bool close_sent;            /* our close_notify is out: nothing is sent any more */
    bool close_received;        /* the peer's */
    _Atomic bool is_dead;       /* a fatal alert, either way: nothing works any more */
    uint8_t alert_level;        /* of one to be sent; 0: none */
    uint8_t alert;              /* its description */
    struct tls_partial partial; /* 1.3 */
};

/* All but names and certificates: flat, so that it can lie in an arena for keys. */
struct tls_core { /* ssp_cleanup(tls_core_wipe) */
    enum tls_role role;
    const struct tls_suite *suite; /* from tls_suite_find(): the version too */
    struct tls_dir send;
    struct tls_dir recv;
    /* 1.3: exporter_master_secret, as long as the hash; 1.2: master_secret, 48 bytes. */
    uint8_t exporter[TLS_SECRET_MAX];
    uint8_t client_random[TLS_RANDOM_SIZE]; /* 1.2 only */
    uint8_t server_random[TLS_RANDOM_SIZE]; /* 1.2 only */
    uint8_t unique[TLS_UNIQUE_SIZE];        /* 1.2: tls-unique, the first Finished (RFC 5929 3) */
    bool has_unique; /* 1.2 with extended_master_secret; without it the value binds nothing */
    uint8_t endpoint[TLS_ENDPOINT_MAX];     /* hash of the server's certificate (RFC 5929 4.1) */
    size_t endpoint_n;                      /* 0: no certificate */
    uint8_t session_id[TLS_SESSION_ID_MAX]; /* 1.2 only */
    size_t session_id_n;
    uint16_t group;         /* key exchange: IANA's number of the named group; 0: none or unknown */
    uint16_t signature;     /* the server's SignatureScheme; 0: none, as when it was resumed */
    uint16_t exchange_bits; /* of the key that the exchange used, such as 256 or 2048; 0: unknown */
    bool is_resumed;
    bool is_identify;    /* the token may say who, not act for them */
    uint32_t attributes; /* ISC_RET_* or ASC_RET_* */
    int64_t start;       /* FILETIME */
    int64_t expiry;      /* FILETIME; FILETIME_NEVER */
    uint64_t logon_id;   /* server with a mapped client certificate: LUID of the logon session */
    uint64_t token;      /* client's handle value; LSA half to user half only, 0 in an export */
    struct tls_live live;
};

struct tls_names {       /* owns; ssp_cleanup(tls_names_wipe) */
    struct str16 peer;   /* the account that the peer's certificate maps to; empty: it is whom the
                            certificate names, if there is one */
    struct secret host;  /* SNI, in ASCII: what the client asked for, on either side; or empty */
    struct secret alpn;  /* the protocol agreed on, or empty */
    struct secret chain; /* the peer's certificates, leaf first: each in DER after its length in
                            three bytes, as TLS 1.2 sends them; or empty */
    struct secret own_cert; /* the leaf that we showed, in DER; or empty */
};

/* TOO_LARGE (in out->err) beyond the bounds above. */
void tls_pack(const struct tls_core *core, const struct tls_names *names, struct wr *out);

/* BAD_PACKED for any version, size, flag or state that we would not have written; NO_MEMORY.  Both
 * outputs are written on success only. */
enum ssp_err tls_unpack(struct view packed, struct tls_core *ret_core, struct tls_names *ret_names);

void tls_core_wipe(struct tls_core *core);
void tls_names_wipe(struct tls_names *names);

#endif
