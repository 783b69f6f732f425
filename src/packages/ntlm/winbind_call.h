/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question to winbindd, with an end to our patience.
 *
 * libwbclient has no way to say how long a call may take, and winbindd waits for
 * domain controllers that may never answer.  So each call runs in a thread of
 * its own.  When the time is over nobody waits for it any more; it comes to its
 * end by itself and frees what it has.  How many there may be is bounded, so
 * that a winbindd that hangs does not fill the process.
 */
#ifndef SSP_NTLM_WINBIND_CALL_H
#define SSP_NTLM_WINBIND_CALL_H

#include "base/rd.h"
#include "packages/ntlm/winbind_lib.h"

enum { WINBIND_CALLS_MAX = 128 }; /* at a time */

struct winbind_door; /* shared by the calls that go through it */

enum ssp_err winbind_door_new(const struct winbind_lib *lib, uint32_t seconds,
                              struct winbind_door **ret);
void winbind_door_unref(struct winbind_door **door); /* NULL is fine */

struct winbind_question { /* all borrowed; text is UTF-8 */
    const char *user;
    const char *domain;
    const char *workstation;
    const uint8_t *challenge; /* what nt answers, 8 bytes */
    struct view nt;
};

struct winbind_answer { /* ssp_cleanup(winbind_answer_wipe) */
    wbcErr result;
    struct wbcAuthUserInfo *info;   /* with WBC_ERR_SUCCESS; even then it may be NULL */
    struct wbcAuthErrorInfo *error; /* with WBC_ERR_AUTH_ERROR; the same */
    void (*release)(void *memory);
};

/* NO_AUTHORITY (traced) when it takes too long, or too many calls are under way; NO_MEMORY, also
 * when no thread can be had.  Whatever was answered is success here. */
enum ssp_err winbind_ask(struct winbind_door *door, const struct winbind_question *question,
                         struct winbind_answer *ret);

/* The library's words for a result; static. */
const char *winbind_result_text(const struct winbind_door *door, wbcErr result);

void winbind_answer_wipe(struct winbind_answer *answer);

#endif
