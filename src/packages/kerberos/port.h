/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the LSA half needs of a Kerberos library, in our own types: tickets from a
 * cache, a password or a delegation; requests made with them; requests of others
 * opened with a keytab.  MIT's library fills it (mit.h), and tests do.
 *
 * Everything after the request is the package's own: replies, keys and numbers
 * are plain bytes (reply.h), so that a handshake that is half done is something
 * that can be packed.  Nothing here touches the process it runs in: no variable
 * of the environment, no default of the library.
 */
#ifndef SSP_KERBEROS_PORT_H
#define SSP_KERBEROS_PORT_H

#include "base/secret.h"
#include "base/utf16.h"
#include "packages/kerberos/checksum.h"
#include "packages/kerberos/session.h"

struct krb_key { /* ssp_cleanup(krb_key_wipe) */
    int32_t type;
    struct key key; /* empty: none */
};

enum { KRB_TYPES_MAX = 4, KRB_NAME_MAX = 16 * 1024, KRB_TICKETS_MAX = 1024 * 1024 };

struct krb_types { /* the encryption types that may be used, the best first */
    int32_t list[KRB_TYPES_MAX];
    size_t n;
};

bool krb_types_have(const struct krb_types *types, int32_t type);

/* A client's tickets, in memory; what is in it is the port's.  Each pointer is a reference. */
struct krb_tickets;

struct krb_tickets_info { /* ssp_cleanup(krb_tickets_info_wipe) */
    struct str16 client;  /* "user@REALM" */
    int64_t expiry;       /* FILETIME: of the ticket that gets the others */
};

struct krb_login { /* borrowed */
    const char *client;
    const char *password;
    const struct krb_types *types;
};

struct krb_stamp { /* the client's time in its request, which the reply repeats */
    uint32_t seconds;
    uint32_t micros;
};

struct krb_ask {        /* a request to be made; borrowed */
    const char *target; /* SPN as the application gave it: "HTTP/host", "user@REALM"… */
    const struct krb_types *types;
    bool is_mutual;
    bool delegate;                /* where it can be */
    bool delegate_untrusted;      /* to services that the KDC does not vouch for, too */
    struct krb_checksum checksum; /* flags and bindings; the delegation is filled in */
};

struct krb_asked {         /* ssp_cleanup(krb_asked_wipe) */
    struct secret request; /* AP-REQ */
    struct krb_key session;
    struct krb_key subkey;
    struct krb_stamp stamp;
    uint32_t seq;
    bool has_delegated;
    int64_t start; /* FILETIME, both */
    int64_t expiry;
    struct str16 client;
    struct str16 server;
};

struct krb_take { /* a request of somebody; borrowed */
    struct view request;
    const char *keytab;  /* NULL: the library's default */
    const char *service; /* NULL: whatever the keytab has a key for */
    bool is_returned;    /* was taken before, and nothing came of it: may come once more */
    bool *ret_is_taken;  /* true as soon as the replay cache has it, also when taking fails then */
};

struct krb_taken {       /* ssp_cleanup(krb_taken_wipe) */
    int32_t ticket_type; /* what the ticket is encrypted with */
    struct krb_key session;
    struct krb_key subkey; /* empty: the client asserted none */
    struct krb_stamp stamp;
    uint32_t seq;
    bool is_mutual;
    struct secret checksum; /* that of RFC 4121 4.1.1, not looked at; empty: there is none */
    int64_t start;          /* FILETIME, both */
    int64_t expiry;
    struct str16 client; /* "user@REALM" */
    struct str16 server;
    struct secret logon_info; /* KERB_VALIDATION_INFO of a PAC that the KDC signed; may be empty */
};

struct krb_port {
    /*
     * Tickets.  All yield a new object for forget().
     *
     * login: LOGON_DENIED for a name or password that is not right, an account that
     * is locked or a password that has run out; NO_AUTHORITY, TIME_SKEW,
     * UNSUPPORTED_TYPE.
     * collect: of the calling user's own cache, those of that client if one is named:
     * NO_CREDS when there are none; EXPIRED.
     * unpack: what pack() made, in whatever process.  UNKNOWN_CREDS.
     * delegated: from KRB-CRED, with the keys of the request that brought it.  BAD_TOKEN.
     */
    enum ssp_err (*login)(const struct krb_login *what, struct krb_tickets **ret);
    enum ssp_err (*collect)(const char *client, struct krb_tickets **ret);
    enum ssp_err (*unpack)(struct view packed, struct krb_tickets **ret);
    enum ssp_err (*delegated)(const struct krb_taken *request, struct view message,
                              struct krb_tickets **ret);
    enum ssp_err (*pack)(const struct krb_tickets *tickets, struct wr *out);
    enum ssp_err (*inquire)(const struct krb_tickets *tickets, struct krb_tickets_info *ret);
    struct krb_tickets *(*share)(struct krb_tickets *tickets); /* one more for forget() */
    void (*forget)(struct krb_tickets *tickets);               /* NULL is fine */

    /* TARGET_UNKNOWN for a service that the KDC does not know; NO_AUTHORITY when none answers;
     * EXPIRED, TIME_SKEW; UNSUPPORTED_TYPE when there is no common encryption type. */
    enum ssp_err (*ask)(struct krb_tickets *tickets, const struct krb_ask *what,
                        struct krb_asked *ret);

    /* NO_CREDS without a keytab that has a key. */
    enum ssp_err (*check_keytab)(const char *keytab);

    /* Of any encryption type: who asks decides by the service, which is known then.
     * BAD_TOKEN; WRONG_PRINCIPAL for a ticket of another service; NO_KEY for a key that is too old
     * or too new; ALTERED where key and ticket do not fit; OUT_OF_SEQUENCE for a request that was
     * here before; EXPIRED, TIME_SKEW, UNSUPPORTED_TYPE, NO_CREDS. */
    enum ssp_err (*take)(const struct krb_take *what, struct krb_taken *ret);

    /* Encrypts or decrypts under a key and a usage (RFC 3961 3).  ALTERED. */
    enum ssp_err (*seal)(const struct krb_key *key, int32_t usage, struct view plain,
                         struct wr *out);
    enum ssp_err (*open)(const struct krb_key *key, int32_t usage, struct view cipher,
                         struct wr *out);
};

void krb_key_wipe(struct krb_key *key);
void krb_tickets_info_wipe(struct krb_tickets_info *info);
void krb_asked_wipe(struct krb_asked *asked);
void krb_taken_wipe(struct krb_taken *taken);

#endif
