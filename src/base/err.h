/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: one enumeration inside, translated to SECURITY_STATUS at the edge. */
#ifndef SSP_BASE_ERR_H
#define SSP_BASE_ERR_H

#include <stdint.h>

/* Marks the type, so every function that returns it must be checked. */
#if defined(__cppcheck__)
#define SSP_NODISCARD
#elif defined(__clang__)
#define SSP_NODISCARD __attribute__((warn_unused_result))
#else
#define SSP_NODISCARD [[nodiscard]]
#endif

enum SSP_NODISCARD ssp_err {
    SSP_OK = 0,
#define SSP_ERR(name, status, text) SSP_ERR_##name,
#include "base/err.def"
#undef SSP_ERR
};

/* Where errors are born: the one place for a breakpoint or a trace line. */
enum ssp_err ssp_fail_at(enum ssp_err e, const char *file, int line);
#ifdef __clang_analyzer__ /* sees that it is not SSP_OK */
#define ssp_fail(name) SSP_ERR_##name
#else
#define ssp_fail(name) ssp_fail_at(SSP_ERR_##name, __FILE__, __LINE__)
#endif

/*
 * Pass an error up unchanged.  The only macro of ours that returns; it is safe
 * because whatever a function owns is held in ssp_cleanup() variables.
 */
#define SSP_TRY(call)             \
    do {                          \
        enum ssp_err e_ = (call); \
        if (e_ != SSP_OK)         \
            return e_;            \
    } while (0)

int32_t ssp_err_status(enum ssp_err e);
const char *ssp_err_text(enum ssp_err e);

#endif
