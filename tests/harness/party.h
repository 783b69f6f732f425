/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One end of a session, through the public interface only.
 *
 * What a party can be told to do are deeds: functions of one shape, so that a test can have them
 * done here (harness/loopback.h) or by another process (harness/actor.h).  A deed never asserts: it
 * gives the status of the call that it stands for.
 */
#ifndef SSP_TEST_PARTY_H
#define SSP_TEST_PARTY_H

#include <opensspi.h>
#include <stdbool.h>
#include <stdint.h>

/* What a handshake is made with; borrowed by its parties. */
struct scene {
    const char *name; /* NULL: nobody looks for it */
    const char *package;
    const char *user; /* NULL: no identity is given */
    const char *domain;
    const char *password;
    const char *target;
    ULONG initiator_asks;       /* ISC_REQ_*, to which ALLOCATE_MEMORY is added */
    ULONG acceptor_asks;        /* ASC_REQ_* */
    const char *bindings;       /* application data of channel bindings; NULL: none are given */
    const char *acceptor_takes; /* packages that its identity names; NULL: it has no identity */
    const char *initiator_principal; /* the credential's; NULL: none is named */
    const char *acceptor_principal;
    ULONG without;        /* SP_PROT_*: versions of TLS that the initiator does not offer */
    DWORD suite;          /* that has to be agreed on, IANA's number; 0: any */
    bool is_stream;       /* messages are records, and nothing is signed in clear */
    bool is_kept;         /* half-done handshakes do not leave their LSA, so not at all a process */
    unsigned legs;        /* calls until both ends are done, the last one included */
    bool speaks_kerberos; /* in the end */
};

extern const struct scene scene_ntlm; /* signing and sealing, as harness/world.h has the accounts */
extern const struct scene scene_negotiate; /* the same */
extern const struct scene scene_mock;

/* These are for a world with a realm. */
extern const struct scene scene_kerberos; /* the same; mutual */
extern const struct scene scene_kerberos_one_way;
extern const struct scene scene_kerberos_dce;
extern const struct scene scene_negotiate_kerberos;
extern const struct scene scene_negotiate_second; /* offers Kerberos first, and gets NTLM */

/* TLS 1.3 and 1.2 in a world with certificates, of which both ends have one. */
extern const struct scene scene_tls;
extern const struct scene scene_tls_12;
extern const struct scene scene_tls_chacha; /* the same with ChaCha20-Poly1305 */
extern const struct scene scene_tls_12_chacha;

/* The scene of that name, which is its package's unless it has several; NULL: there is none. */
const struct scene *scene_of(const char *name);

struct party { /* zeroed handles are none */
    const struct scene *scene;
    bool accepts;
    bool has_ctx;
    bool is_met; /* its handshake is over */
    CredHandle cred;
    CtxtHandle ctx;
    ULONG attributes; /* of the last leg */
};

enum { JOB_BYTES = 80 * 1024 /* the largest token or record, and what is around it */ };

/* Jobs are large, and lie on the stack of tests, which have one. */
#pragma GCC diagnostic ignored "-Wframe-larger-than="

struct job {    /* what a deed takes, and then what it gives */
    ULONG arg;  /* flags and the like */
    int fd;     /* -1: none; in both directions it changes hands */
    uint32_t n; /* of the bytes: a token, a message, a blob */
    uint8_t bytes[JOB_BYTES];
};
#define JOB_INIT \
    {            \
        .fd = -1 \
    }

typedef SECURITY_STATUS deed_fn(struct party *party, struct job *job);

struct job job_text(const char *text);
bool job_says(const struct job *job, const char *text);

struct party party_of(const struct scene *scene, bool accepts);
void party_end(struct party *party); /* frees credential and context */

deed_fn party_leg;      /* the peer's token (none: the first leg), and ours */
deed_fn party_seal;     /* text, and a packet of it; arg: the number of a datagram */
deed_fn party_sign;     /* the same, in clear */
deed_fn party_unseal;   /* a packet, and its text; of a stream any whole records */
deed_fn party_verify;   /* the same for a packet in clear */
deed_fn party_export;   /* arg: the flags; gives the blob, and the token as fd when there is one */
deed_fn party_import;   /* a blob and a token, in the place of any context that is there */
deed_fn party_delete;   /* the context */
deed_fn party_key;      /* gives the session key */
deed_fn party_lifetime; /* arg: milliseconds that exports may be imported from now on */

#endif
