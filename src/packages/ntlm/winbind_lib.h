/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libwbclient, Samba's door to winbindd and so to the domain: what we use of
 * <wbclient.h>, found at run time (docs/adr/0010-libwbclient-is-loaded.md).
 */
#ifndef SSP_NTLM_WINBIND_LIB_H
#define SSP_NTLM_WINBIND_LIB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <wbclient.h>

#include "base/err.h"

#define WINBIND_LIBRARY "libwbclient.so.0"

struct winbind_lib { /* constant once loaded, and good for as long as the process lives */
    struct wbcContext *(*create)(void);
    void (*destroy)(struct wbcContext *ctx);
    wbcErr (*authenticate)(struct wbcContext *ctx, const struct wbcAuthUserParams *params,
                           struct wbcAuthUserInfo **ret_info, struct wbcAuthErrorInfo **ret_error);
    void (*release)(void *memory); /* of the two above */
    const char *(*error_text)(wbcErr error);
};

/* NO_AUTHORITY (traced) when there is no such library, or it lacks one of the functions. */
enum ssp_err winbind_lib_load(const char *name, struct winbind_lib *ret);

#endif
