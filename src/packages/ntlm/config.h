/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The [ntlm] section of opensspi.conf, and what this machine calls itself.
 *
 *   allow             yes        no: no credential, no handshake, inside Negotiate neither
 *   accounts                     SAM file (sam.h), or "winbind": those of the domain (winbind.h);
 *                                empty: nobody is let in
 *   winbind_timeout   20         seconds that winbindd has for an answer
 *   credential                   file of one SAM line: who we are when no identity is given
 *   minimum           v2         what the acceptor takes: v2 only, or v1 as well
 *   respond           v2         what the initiator answers with; v1 needs minimum = v1
 *   lm                no         with respond = v1: an LM response goes out as well
 *   channel_bindings  when_sent  off, when_sent, required (enum ntlm_check)
 *   target_name       when_sent  off, when_sent, required: the name the client meant is ours
 *   target_aliases               more host names that are ours, separated by commas
 *   anonymous         no         the acceptor lets in clients without a name
 *   require_128       yes        refuse session keys of 56 and 40 bits
 *   max_lifetime      129600     seconds between the client's clock, or challenge, and ours; 0: any
 *   session_lifetime  0          seconds until a context expires; 0: never
 *   netbios_name                 default: the host name, cut at 15 characters, in upper case
 *   netbios_domain               set: we are a member of that domain; default: netbios_name
 *   dns_name                     default: the host name
 *   dns_domain                   default: what follows the first dot of dns_name
 *   dns_forest                   default: none
 */
#ifndef SSP_NTLM_CONFIG_H
#define SSP_NTLM_CONFIG_H

#include "base/conf.h"
#include "base/utf16.h"

enum ntlm_level { NTLM_LEVEL_V2, NTLM_LEVEL_V1 };

/*
 * What the acceptor makes of a name or a hash that the client may send:
 *
 *   off        it is not looked at
 *   when_sent  it has to fit where both sides have one; a client that sends none is let in
 *   required   the client has to send one and it has to fit
 */
enum ntlm_check { NTLM_CHECK_OFF, NTLM_CHECK_WHEN_SENT, NTLM_CHECK_REQUIRED };

struct ntlm_machine { /* as the AV list of [MS-NLMP] 2.2.2.1 tells them to clients */
    struct str16 nb_computer;
    struct str16 nb_domain;
    struct str16 dns_computer;
    struct str16 dns_domain; /* empty: none */
    struct str16 dns_forest; /* empty: none */
    bool is_member;          /* of a domain: the target is the domain, not the server */
};

struct ntlm_config { /* owns its strings; ssp_cleanup(ntlm_config_wipe) */
    bool allow;
    char *accounts; /* "" with is_winbind, so that no file is ever taken for the domain */
    bool is_winbind;
    uint32_t winbind_timeout;
    char *credential;
    int minimum; /* enum ntlm_level */
    int respond; /* enum ntlm_level */
    bool lm;
    int channel_bindings; /* enum ntlm_check */
    int target_name;      /* enum ntlm_check */
    char *target_aliases;
    bool anonymous;
    bool require_128;
    uint32_t max_lifetime;
    uint32_t session_lifetime;
    char *netbios_name;
    char *netbios_domain;
    char *dns_name;
    char *dns_domain;
    char *dns_forest;
    struct ntlm_machine machine;
};

/* BAD_CONFIG (traced with file and line), NO_MEMORY, IO when the machine has no name. */
enum ssp_err ntlm_config_read(const struct conf *conf, struct ntlm_config *ret);

/* Is that host one of ours: a name of this machine, "localhost", or an alias? */
bool ntlm_config_is_our_host(const struct ntlm_config *config, const struct str16 *host);

void ntlm_config_wipe(struct ntlm_config *config);

#endif
