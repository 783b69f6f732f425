/* SPDX-License-Identifier: Apache-2.0 */
/* Wrap tokens on their way between the two engines of a test. */
#ifndef SSP_TEST_KRB_PACKETS_H
#define SSP_TEST_KRB_PACKETS_H

#include "harness/krb_engines.h"

enum { KRB_PACKET_ROOM = 512 };

struct krb_packet { /* one Wrap token: what stands before the data, and the data */
    uint8_t token[KRB_TRAILER_MAX];
    size_t token_n;
    uint8_t data[KRB_PACKET_ROOM];
    size_t data_n;
};

enum ssp_err krb_packet_wrap(struct krb_engine *from, struct view data, bool seal,
                             struct krb_packet *ret);
enum ssp_err krb_packet_open(struct krb_engine *to, struct krb_packet *packet);
bool krb_packet_same(const struct krb_packet *a, const struct krb_packet *b);

/* It is refused, and nothing has changed: neither the packet nor what `to` expects. */
void krb_packet_refuse(struct krb_engine *to, struct krb_packet *packet, enum ssp_err as);

/* Every encryption type, sealed and signed only. */
void krb_engines_all(uint32_t attributes, void (*check)(struct krb_engines *ends, bool seal));

#endif
