/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "timing.h"

/* The second number of statm: pages that are in memory. */
double memory_of(pid_t pid)
{
    char path[64];
    char text[128] = "";

    (void)snprintf(path, sizeof(path), "/proc/%d/statm", (int)(pid != 0 ? pid : getpid()));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    need(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && close(fd) == 0, "/proc");
    const char *second = strchr(text, ' ');
    double pages = second == NULL ? 0 : (double)strtoul(second, NULL, 10);
    need(pages > 0, "/proc");
    return pages * (double)sysconf(_SC_PAGESIZE);
}
