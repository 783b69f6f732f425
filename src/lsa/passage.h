/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The passage of a context between processes: sealed and claimed once.
 *
 * The envelope (handoff/envelope.h) and the ticket (handoff/ticket.h) do the
 * hiding and the counting; here is the order of things, and who may do what.
 * What is sealed begins with a few bytes of the LSA's own before the package's:
 * docs/formats/envelope-inner.md.
 *
 * Opening: verify the seal; then our version, user, time, package and token; and
 * only then claim the ticket and build.  A refusal before the claim leaves blob
 * and ticket as they were.  What fails after it loses the context on purpose:
 * that costs a reconnect, and running it twice costs its secrecy.
 */
#ifndef SSP_LSA_PASSAGE_H
#define SSP_LSA_PASSAGE_H

#include "lsa/client.h"
#include "lsa/port.h"

/*
 * As struct lsa_port_ops has them (port.h).
 *
 * SEC_E_INVALID_PARAMETER: unknown flags, a lifetime over the limit;
 * SEC_E_BUFFER_TOO_SMALL: more than LIMIT_PACKED;
 * SEC_E_UNSUPPORTED_FUNCTION: another user, where one user's processes share the
 * key, or a package that cannot move a half-done handshake, or to the kernel;
 * SEC_E_CONTEXT_EXPIRED: the context's own time is over.
 */
SECURITY_STATUS lsa_passage_seal(struct client *client, const struct lsa_seal *what,
                                 struct view packed, struct lsa_sealed *ret);
SECURITY_STATUS lsa_passage_seal_negotiating(struct client *client, uint64_t id,
                                             const struct lsa_seal *what, struct lsa_sealed *ret);

/*
 * SEC_E_INVALID_TOKEN: altered, cut, of another key or boot; SEC_E_NOT_OWNER:
 * meant for another user; SEC_E_CONTEXT_EXPIRED: too late, or somebody was
 * faster; SEC_E_SECPKG_NOT_FOUND: another package, or another version of it;
 * SEC_E_LOGON_DENIED: the token is of another logon.
 */
SECURITY_STATUS lsa_passage_open(struct client *client, const char16_t *package, struct view blob,
                                 HANDLE token, struct lsa_opened *ret);
/* For the process that sealed it and keeps the frozen context; for every other one, where users
 * share the tickets, SEC_E_CONTEXT_EXPIRED, and the ticket stays good. */
SECURITY_STATUS lsa_passage_claim(struct client *client, const struct ticket_id *ticket);

/* For the same process: the frozen context goes.  SEC_E_CONTEXT_EXPIRED when there is no such
 * ticket of its own. */
SECURITY_STATUS lsa_passage_release(struct client *client, const struct ticket_id *ticket);

#endif
