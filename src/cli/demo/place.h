/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a demo lives: a temporary folder with a configuration, a runtime folder
 * and sockets of its own, what the recipe needs (demo/supply.h), and an lsad when
 * it is to be shown with one; so it needs no set-up and leaves nothing behind.
 */
#ifndef SSP_CLI_DEMO_PLACE_H
#define SSP_CLI_DEMO_PLACE_H

#include "cli/demo/realm.h"
#include "cli/demo/role.h"

enum {
    PLACE_PATH_MAX = 100, /* what a socket's name can hold */
    PLACE_NOBODY = 65534, /* who root's demo is played by */
};

struct demo_place {                /* ssp_cleanup(place_remove) */
    char dir[PLACE_PATH_MAX - 16]; /* "": none made */
    char socket[PLACE_PATH_MAX];   /* where the front or the greeter listens */
    char secret[PLACE_PATH_MAX];   /* a file that is for the LSA only */
    char password[33];             /* random */
    enum demo_lsa lsa;
    bool gives_up_root; /* lsad keeps it, the others become PLACE_NOBODY */
    pid_t lsad_pid;     /* 0: none */
    struct realm realm; /* its KDC, if the recipe needs one */
};

/* Makes the folder and points OPENSSPI_CONFIG at it, for this process and its children.  TOO_LARGE
 * when the temporary folder's name is too long; errors of supply_all() and lsad_start(); IO. */
enum ssp_err place_make(const struct demo_recipe *recipe, enum demo_lsa lsa,
                        struct demo_place *ret);

/* Lets those who give up root's rights into the folder, and at the socket, once it is there.  IO.
 */
enum ssp_err place_open_to_others(const struct demo_place *place);
void place_remove(struct demo_place *place);

#endif
