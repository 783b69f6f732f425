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
    NTLM_AV_FLAGS = 6,
    NTLM_AV_TIMESTAMP = 7,
    NTLM_AV_CHANNEL_BINDINGS = 10,
    NTLM_AV_LAST = 10,
};

/* A decoded list.  Its values point into the bytes it was decoded from. */
struct ntlm_av {
    struct view value[NTLM_AV_LAST + 1];
    uint32_t present; /* bit n: id n was in the list */
};

static inline bool ntlm_av_has(const struct ntlm_av *av, unsigned id)
{
    return (av->present >> id & 1U) != 0;
}

/*
 * Decode a whole list.  BAD_TOKEN when it is cut short, has bytes after its
 * end, names an id twice, or gives a fixed-size id another size.  Ids we do
 * not know are skipped.  *ret is written on success only.
 */
enum ssp_err ntlm_av_decode(struct view list, struct ntlm_av *ret);

/* Append the list, ids ascending, with its closing pair. */
void ntlm_av_encode(const struct ntlm_av *av, struct wr *out);

#endif
