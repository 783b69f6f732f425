/* SPDX-License-Identifier: Apache-2.0 */
#include "base/handle.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/fdio.h"

enum { STEP = 4 };

int handle_to_fd(HANDLE handle)
{
    uintptr_t n = (uintptr_t)handle;

    if (n == 0 || n % STEP != 0 || n / STEP - 1 > INT_MAX)
        return -1;
    return (int)(n / STEP - 1);
}

HANDLE handle_of_fd(int fd)
{
    return fd < 0 ? NULL : (HANDLE)(((uintptr_t)fd + 1) * STEP);
}

enum ssp_err handle_dup(HANDLE handle, HANDLE *ret)
{
    int fd = fd_dup(handle_to_fd(handle));

    if (fd < 0)
        return errno == EBADF ? ssp_fail(BAD_HANDLE) : ssp_fail(NO_MEMORY);
    *ret = handle_of_fd(fd);
    return SSP_OK;
}

void handle_close(HANDLE *handle)
{
    int fd = handle_to_fd(*handle);

    fd_close(&fd);
    *handle = NULL;
}
