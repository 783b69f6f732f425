/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTLM target information: the AV_PAIR list of [MS-NLMP] 2.2.2.1.
 *
 * On the wire it is a run of { u16 id; u16 len; u8 value[len] }, little-endian,
 * closed by { 0, 0 }.  It comes from the peer, so every length is hostile.
 */
#ifndef SSP_NTLM_AV_H
#define SSP_NTLM_AV_H

#include "base/rd.h"
#include "base/wr.h"

enum {
    NTLM_AV_EOL = 0,
    NTLM_AV_NB_COMPUTER = 1,
    NTLM_AV_NB_DOMAIN = 2,
    NTLM_AV_DNS_COMPUTER = 3,
    NTLM_AV_DNS_DOMAIN = 4,
    NTLM_AV_DNS_TREE = 5,
    NTLM_AV_FLAGS = 6,
    NTLM_AV_TIMESTAMP = 7,
    NTLM_AV_SINGLE_HOST = 8,
    NTLM_AV_TARGET_NAME = 9,
    NTLM_AV_CHANNEL_BINDINGS = 10,
    NTLM_AV_LAST = 10,
};

/* Bits of NTLM_AV_FLAGS. */
enum {
    NTLM_AV_FLAG_CONSTRAINED = 1,
    NTLM_AV_FLAG_MIC = 2,           /* the AUTHENTICATE message carries a MIC */
    NTLM_AV_FLAG_UNTRUSTED_SPN = 4, /* the target name came from somewhere unverified */
};

/* A list.  Its values point into the bytes it was decoded from, or that ntlm_av_set() was given. */
struct ntlm_av {
    struct view value[NTLM_AV_LAST + 1];
    uint32_t present; /* bit n: id n is in the list */
};

static inline bool ntlm_av_has(const struct ntlm_av *av, unsigned id)
{
    return (av->present >> id & 1U) != 0;
}

/* Adds or replaces a value; borrows its bytes.  The id is one of ours, and not EOL (asserted). */
void ntlm_av_set(struct ntlm_av *av, unsigned id, struct view value);

uint32_t ntlm_av_flags(const struct ntlm_av *av); /* 0 when the list has none */

/* False, and *ret untouched, when the list has no timestamp. */
bool ntlm_av_timestamp(const struct ntlm_av *av, uint64_t *ret);

/* The channel bindings hash; empty when absent or all zero, which says the same. */
struct view ntlm_av_bindings(const struct ntlm_av *av);

/*
 * Decode a whole list.  BAD_TOKEN when it is cut short, has bytes after its
 * end, names an id twice, gives a fixed-size id another size, or a text an odd
 * one.  Ids we do not know are skipped.  *ret is written on success only.
 */
enum ssp_err ntlm_av_decode(struct view list, struct ntlm_av *ret);

/* The same for a list that something may follow: *in is left after the closing pair. */
enum ssp_err ntlm_av_decode_prefix(struct rd *in, struct ntlm_av *ret);

/* Append the list with its closing pair, in the order in which Windows sends ids. */
void ntlm_av_encode(const struct ntlm_av *av, struct wr *out);

/* Single_Host_Data ([MS-NLMP] 2.2.2.2): lets two ends on one machine know each other. */
enum { NTLM_SINGLE_HOST_SIZE = 48 };

struct ntlm_single_host {
    uint8_t custom[8];
    uint8_t machine_id[32];
};

/* BAD_TOKEN when it is too short or names another size than it has.  What comes after MachineID is
 * ignored, as the document wants. */
enum ssp_err ntlm_single_host_decode(struct view value, struct ntlm_single_host *ret);
void ntlm_single_host_encode(const struct ntlm_single_host *host, struct wr *out);

#endif
