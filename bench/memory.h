/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SSP_BENCH_MEMORY_H
#define SSP_BENCH_MEMORY_H

#include <sys/types.h>

/* Bytes that a process has in memory; 0 is this one. */
double memory_of(pid_t pid);

#endif
