/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of RFC 4120's SEQUENCEs: one element inside [n], whole. */
#ifndef SSP_KERBEROS_FIELD_H
#define SSP_KERBEROS_FIELD_H

#include "packages/kerberos/port.h"

void krb_put_uint(struct wr *out, unsigned n, uint64_t value);
void krb_put_int(struct wr *out, unsigned n, int32_t value);
void krb_put_bytes(struct wr *out, unsigned n, struct view bytes); /* OCTET STRING */
void krb_put_stamp(struct wr *out, unsigned n, uint32_t seconds);  /* KerberosTime */
void krb_put_key(struct wr *out, unsigned n, const struct krb_key *key);
/* EncryptedData (RFC 4120 5.2.9), without the version of a key. */
void krb_put_sealed(struct wr *out, unsigned n, int32_t type, struct view cipher);

/* What is not there, or has something behind it, marks the reader bad. */
uint64_t krb_take_uint(struct rd *in, unsigned n);
int32_t krb_take_int(struct rd *in, unsigned n);
struct view krb_take_bytes(struct rd *in, unsigned n);
uint32_t krb_take_stamp(struct rd *in, unsigned n);
void krb_take_key(struct rd *in, unsigned n, struct krb_key *ret);
struct view krb_take_sealed(struct rd *in, unsigned n, int32_t *ret_type);

#endif
