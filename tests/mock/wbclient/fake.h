/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A libwbclient whose winbindd is a function of the test's own.  It has the name
 * of the real one, so that what is tested finds it as it would find that; a test
 * gets at its script with dlsym("fake_wbclient").
 */
#ifndef SSP_TEST_FAKE_WBCLIENT_H
#define SSP_TEST_FAKE_WBCLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wbclient.h>

struct fake_answer { /* text and SIDs are the function's; what is given out are copies of just that
                        size */
    bool has_info;
    struct wbcAuthUserInfo info;
    const struct wbcSidWithAttr *sids;
    size_t n_sids; /* that are really there */
    bool has_error;
    struct wbcAuthErrorInfo error;
};

struct fake_wbclient {
    /* Called in the thread that asks; it asserts nothing. */
    wbcErr (*ask)(void *arg, const struct wbcAuthUserParams *params, struct fake_answer *ret);
    void *arg;
    bool has_no_context; /* wbcCtxCreate() fails */
    bool saw_key;        /* an answer came back with its session key still in it */
};

struct fake_wbclient *fake_wbclient(void);

/* Blocks until every context and every answer that was given out has been freed. */
void fake_wbclient_settle(void);

#endif
