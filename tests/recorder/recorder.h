/* SPDX-License-Identifier: Apache-2.0 */
/* What recorder.c, records.c and tokens.c share. */
#ifndef SSP_TEST_RECORDER_H
#define SSP_TEST_RECORDER_H

#include <sspi.h>
#include <stddef.h>

/* Before anything else; the program ends here when nothing can be recorded. */
void recorder_start(void);

/* The function of that name that this stands in front of; ret stays as it is when there is none. */
void recorder_find(const char *name, void *ret, size_t n);

/* A line with the SHA-256 of the two. */
void recorder_note(const void *one, size_t one_n, const void *other, size_t other_n);

/* Around each call that protects a message; the second one when it did. */
void recorder_protects(void);
void recorder_protected(const SecBufferDesc *desc);

#endif
