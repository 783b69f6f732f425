/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSPI's Kerberos, in a process of its own, meets MIT's, in the test's: harness/kdc.h has the
 * realm, in which both are the same user. */
#ifndef SSP_TEST_KRB_MEETING_H
#define SSP_TEST_KRB_MEETING_H

#include "interop/gss_meeting.h"

enum { KRB_TYPES = 4 };

struct krb_scenes { /* to start from: the ticket of the world's user, mutual, everything protected
                     */
    struct scene ours;
    struct gss_scene theirs;
};

bool krb_is_chosen(void); /* KRB_CHOSEN is set: both have Kerberos chosen by SPNEGO */

/* With the service of the host, whose ticket has the commonest type. */
struct krb_scenes krb_scenes_usual(void);

/* With the service that has a key of this type only: 0 to KRB_TYPES - 1, as kdc_types[] has them;
 * and no other used by anybody. */
struct krb_scenes krb_scenes_of_type(size_t type);

/* The target of both: "HTTP/host". */
void krb_scenes_aim_at(struct krb_scenes *scenes, const char *service);

/* What both ask for beside the usual; such as DCE style. */
void krb_scenes_ask(struct krb_scenes *scenes, ULONG isc, OM_uint32 gss);

/* Two who have shaken hands, our end moving after that many legs (0: not), and agree. */
struct gss_meeting krb_meet(bool we_accept, const struct krb_scenes *scenes, unsigned move_after);

/* The handshake; and where the peer refuses, we are told what it has to say about that. */
void krb_shake_and_hear(struct gss_meeting *meeting);

/* They shake hands, and it ends for us with this status. */
void assert_refused(bool we_accept, const struct krb_scenes *scenes, SECURITY_STATUS want);

#endif
