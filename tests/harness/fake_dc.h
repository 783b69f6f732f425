/* SPDX-License-Identifier: Apache-2.0 */
/* A domain with one account, behind the libwbclient of mock/wbclient.  It judges answers to
 * challenges as a domain controller does, by the account's password. */
#ifndef SSP_TEST_FAKE_DC_H
#define SSP_TEST_FAKE_DC_H

#include "mock/wbclient/fake.h"

#define DC_USER "Alice" /* as the domain spells them */
#define DC_DOMAIN "CORP"
#define DC_PASSWORD "Password"
#define DC_SID "S-1-5-21-1004336348-1177238915-682003330-1104"

struct fake_dc {
    /* What it says instead, when not zero. */
    wbcErr result;
    uint32_t status; /* with WBC_ERR_AUTH_ERROR */
    const char *status_text;
    bool says_nothing;                        /* neither info nor error */
    void (*bend)(struct fake_answer *answer); /* the yes that it would give */
    void (*wait)(void *arg);                  /* before it answers */
    void *wait_arg;
    /* What it was asked last. */
    unsigned asked;
    char user[64];
    char domain[64];
    char workstation[64];
    uint32_t nt_length;
    uint32_t lm_length;
    uint32_t parameter_control;
};

/* The script of the libwbclient that this process has; aborts when that is another. */
struct fake_wbclient *fake_dc_library(void);

/* From now on it is this domain that answers; NULL: none. */
void fake_dc_rule(struct fake_dc *dc);
void fake_dc_settle(void); /* see fake.h */

#endif
