/* SPDX-License-Identifier: Apache-2.0 */
/* One end of a connection of tls_peer.c, and the second process that may have it in turns. */
#ifndef SSP_TEST_TLS_PEER_H
#define SSP_TEST_TLS_PEER_H

#include <opensspi.h>
#include <schannel.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { ROOM = 256 * 1024 };

struct options {
    size_t piece;
    const char *alpn;
    const char *root;
    const char *user;
    const char *only;
    int times;
    bool update;
    bool clients;
    bool manual;
    bool moves;
    bool hops;
    const char *get;
    size_t size; /* of what is got; 0: all there is until the other side closes */
    uid_t uid;
};

/* What a word of the command line says (tls_options.c); false for one that says nothing. */
bool options_take(struct options *options, const char *word);

struct peer {
    const struct options *options;
    bool accepts;
    CredHandle *cred;
    const char *host;
    int fd;
    CtxtHandle ctx;
    bool has_ctx;
    bool is_closed;
    size_t n; /* bytes that came and are not used */
    uint8_t bytes[ROOM];
    SecPkgContext_StreamSizes sizes;
};

/* A message; SEC_E_INTERNAL_ERROR when the connection is gone. */
SECURITY_STATUS peer_say(struct peer *peer, const char *text, size_t n);

/* Appends what is in the next record; SEC_E_INCOMPLETE_MESSAGE when it has not come whole. */
SECURITY_STATUS peer_open(struct peer *peer, char *text, size_t *n, size_t room);

/* More of what comes on the connection. */
bool peer_receive(struct peer *peer);

/* ---- The mate (tls_hop.c) ---------------------------------------------- */

/* Another process, to which everything goes for every second message and from which it comes back:
 * session, connection, and the bytes that nobody has used.  Before the library is used. */
void mate_start(void);

/* Whether it is the mate's turn; asking is taking it. */
bool mate_is_next(void);

/* What the mate is to do: the functions above.  Of a record that has not come whole it receives
 * some more. */
SECURITY_STATUS mate_says(struct peer *peer, const char *text, size_t n);
SECURITY_STATUS mate_opens(struct peer *peer, char *text, size_t *n, size_t room);

#endif
