/* SPDX-License-Identifier: Apache-2.0 */
/* The user half of the fake package, for harness/fake_lsa.c only. */
#ifndef SSP_TEST_FAKE_HALF_H
#define SSP_TEST_FAKE_HALF_H

#include <ntsecpkg.h>
#include <opensspi.h>

extern SECPKG_USER_FUNCTION_TABLE fake_user_table;
extern const OPENSSPI_USER_EXTENSION_TABLE fake_extension;

/* Answers one attribute of each kind: plain, one text, two texts, a package. */
NTSTATUS fake_answer(ULONG attribute, void *ret);

#endif
