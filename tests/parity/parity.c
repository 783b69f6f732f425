/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof that our public headers say the same as Windows': assertions on sizes,
 * offsets, signatures and constants, which the compiler checks.
 *
 * This one file is compiled twice and runs never: natively, against include/,
 * and for x86_64-w64-windows-gnu, against mingw-w64's headers.  The assertions
 * are in the .def files, one a header.
 *
 * NEW() holds what Debian's mingw-w64 headers do not know, know in an older size
 * or show to kernel code only.  Natively it is asserted like the rest; run.py
 * lists it, and fails when mingw-w64 has learnt it, so that the mark goes away.
 */
#if defined(__MINGW32__)
#define UNICODE
#define SECURITY_WIN32
#define SCHANNEL_USE_BLACKLISTS
#define _SEC_WINNT_AUTH_TYPES
#define _WIN32_WINNT 0x0A00
#define NTDDI_VERSION 0x0A000008
#define WIN32_NO_STATUS
#include <windows.h>

#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <wincred.h>

#include <security.h>

#include <ntsecpkg.h>
#include <schannel.h>
#else
#include "ntsecpkg.h"
#include "schannel.h"
#include "security.h"
#endif

#include <stddef.h>

/* A number, by its value. */
#define IS(name, value) _Static_assert((name) == (value), #name);
/* A status, by its bits. */
#define STATUS(name, value) \
    _Static_assert((unsigned int)(name) == (value) && sizeof(name) == 4, #name);
/* A narrow text, and a wide one of the same length. */
#define TEXT_A(name, value) \
    _Static_assert(sizeof(name) == sizeof(value) && __builtin_strcmp(name, value) == 0, #name);
#define TEXT_W(name, value) \
    _Static_assert(sizeof(name) == 2 * sizeof(value) && sizeof(*(name)) == 2, #name);
/* A type: bytes; for a number, whether -1 fits into it. */
#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type);
#define SIGNED(type) _Static_assert((type)-1 < (type)1, #type);
#define UNSIGNED(type) _Static_assert((type)-1 > (type)1, #type);
/* A member: where it starts, and its bytes. */
#define AT(type, member, offset, bytes)                                                          \
    _Static_assert(offsetof(type, member) == (offset) && sizeof(((type *)0)->member) == (bytes), \
                   #type "." #member);
/* A function, a function's type, and a pointer to one: what it returns and takes. */
#define CALL(name, result, args) \
    _Static_assert(__builtin_types_compatible_p(__typeof__(name), result args), #name);
#define TYPE(name, result, args) \
    _Static_assert(__builtin_types_compatible_p(name, result args), #name);
#define POINTER(name, result, args) \
    _Static_assert(__builtin_types_compatible_p(name, result(*) args), #name);

#if defined(__MINGW32__) && !defined(PARITY_TRY_NEW)
#define NEW(...)
#else
#define NEW(...) __VA_ARGS__
#endif

#include "types.def"

#include "status.def"

#include "sspi.def"

#include "ntsecpkg.def"

#include "schannel.def"
