/* SPDX-License-Identifier: Apache-2.0 */
/* What can be shown, and what each package needs for it. */
#ifndef SSP_CLI_DEMO_RECIPE_H
#define SSP_CLI_DEMO_RECIPE_H

#include <stddef.h>

struct talk_way;

enum {
    DEMO_ACCOUNTS = 1 << 0, /* a SAM file with the user in it */
    DEMO_REALM = 1 << 1,    /* a KDC with the user and the target, and a keytab */
};

struct demo_recipe {
    const char *title;   /* what is shown; several may have one package */
    const char *package; /* its name in SSPI */
    unsigned needs;      /* DEMO_* */
    unsigned legs;       /* of the acceptor: with two the handshake can be half done */
    const struct talk_way *way;
    const char *target; /* what the client calls the front */
    const char *user;
    const char *domain;
    const char *proof;  /* what the client did not have to do */
    const char *secret; /* the file that only the LSA can read, when it is a process of its own */
};

extern const struct demo_recipe demo_recipes[];
extern const size_t demo_n_recipes;

#endif
