/* SPDX-License-Identifier: Apache-2.0 */
/* What can be shown, and what each package needs for it. */
#ifndef SSP_CLI_DEMO_RECIPE_H
#define SSP_CLI_DEMO_RECIPE_H

#include <stddef.h>

struct talk_way;

enum {
    DEMO_ACCOUNTS = 1 << 0, /* a SAM file with the user in it */
    DEMO_REALM = 1 << 1,    /* a KDC with the user and the target, and a keytab */
    DEMO_CERTS = 1 << 2,    /* certificates of the user and the target */
};

struct demo_recipe {
    const char *title;   /* what is shown; several may have one package */
    const char *package; /* its name in SSPI */
    unsigned needs;      /* DEMO_* */
    unsigned greeted;    /* ISC_REQ_* without which there is no second leg, after a greeter's */
    const struct talk_way *way;
    const char *target; /* what the client calls the front */
    const char *user;
    const char *domain;
    const char *offers;      /* a negotiation: what the client lets it choose from; NULL: all */
    const char *inner;       /* and what it is to choose; NULL: there is nothing to choose */
    const char *client_name; /* of a credential in the configuration; NULL: by password */
    const char *front_name;  /* likewise; NULL: the package's only one */
    const char *proof;       /* what the client did not have to do */
    const char *secret; /* the file that only the LSA can read, when it is a process of its own */
};

extern const struct demo_recipe demo_recipes[];
extern const size_t demo_n_recipes;

#endif
