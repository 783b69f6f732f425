/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samba's ntlm_auth as a peer: the program that speaks NTLM for squid (as a server) and for others
 * (as a client), one line a command.  ntlm_auth(1), --helper-protocol.
 *
 * It runs with a smb.conf of the test's own, so that what this machine is set up for does not
 * matter, and nobody has to run winbindd.
 */
#ifndef SSP_TEST_SAMBA_PEER_H
#define SSP_TEST_SAMBA_PEER_H

#include <stdio.h>
#include <sys/types.h>

#include "harness/party.h"

struct samba_peer {
    bool accepts;
    pid_t pid;
    FILE *to;
    FILE *from;
    char says[3];   /* the word that its last answer began with: YR, TT, AF, NA, BH */
    char text[512]; /* what followed, if that was no token */
};

/* NTLM, or with a scene of Negotiate SPNEGO.  The user of scene, who asks for signing and sealing
 * when the scene asks for anything; the accepting role knows the password of scene, and takes it
 * from users of any name.  config: more lines for smb.conf.  Fails the test when the program is
 * missing. */
struct samba_peer samba_peer_of(const struct scene *scene, bool accepts, const char *config);

/* Whether it has ended by itself, once nobody asks any more. */
bool samba_peer_end(struct samba_peer *peer);

/* A command without a token, as GK; whether the answer begins with the word that is wanted. */
bool samba_peer_asks(struct samba_peer *peer, const char *command, const char *word);

/* The peer's token, if any, and ours; false when it gave none. */
bool samba_peer_leg(struct samba_peer *peer, struct job *job);

/* Whether it let somebody in (accepting), or gave its last token (initiating). */
bool samba_peer_is_content(const struct samba_peer *peer);

void samba_peer_key(struct samba_peer *peer, struct job *ret); /* the session key */
uint32_t samba_peer_flags(struct samba_peer *peer);            /* NEGOTIATE_* */

#endif
