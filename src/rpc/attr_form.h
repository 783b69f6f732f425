/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The structures of attributes (base/attr.h) on their way through the socket: the
 * structure without its pointers, and behind it what they lead to.  Layout:
 * docs/formats/rpc.md.
 *
 * A structure that is not known cannot be carried, since nobody can tell where it
 * has pointers; nor one whose pointers mean something in one process only.
 */
#ifndef SSP_RPC_ATTR_FORM_H
#define SSP_RPC_ATTR_FORM_H

#include "base/attr.h"
#include "base/wr.h"

/* Can it be carried?  false for NULL. */
bool attr_form_exists(const struct attr *attr);

/* A filled structure of attr->size bytes.  TOO_LARGE, NO_MEMORY. */
enum ssp_err attr_form_encode(const struct attr *attr, const void *structure, struct wr *out);

/* ret has room for attr->size bytes; what its pointers lead to is the caller's, from the heap.
 * BAD_FRAME, NO_MEMORY; then it is untouched. */
enum ssp_err attr_form_decode(const struct attr *attr, struct view form, void *ret);

/* Frees what a filled structure points to. */
void attr_form_free(const struct attr *attr, void *structure);

#endif
