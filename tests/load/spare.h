/* SPDX-License-Identifier: Apache-2.0 */
/* How much room this user still has in lsad: what went without being given back would be missing.
 */
#ifndef SSP_TEST_SPARE_H
#define SSP_TEST_SPARE_H

#include <stdint.h>
#include <sys/types.h>

/* Lsad of the world anew, with these limits for each user; calls and threads are the usual ones. */
struct limits {
    unsigned connections; /* and processes */
    unsigned credentials;
    unsigned contexts;
};
void limits_set(const struct limits *limits);

/* Asserts that all of it can be had: what dead clients had is given back soon, on lsad's threads,
 * so it is asked for a few times. */
void assert_all_is_there(const struct limits *limits);

/* Bytes of memory that a process occupies. */
size_t memory_of(pid_t pid);

/* A number from argv that has to be there, and to be one. */
unsigned number_of(const char *text);

#endif
