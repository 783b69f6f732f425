/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/ntlm/winbind_lib.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/trace.h"

/* With a context of its own each call has its own connection, and threads share nothing. */
static const struct {
    const char *name;
    size_t offset;
} symbols[] = {
    { "wbcCtxCreate", offsetof(struct winbind_lib, create) },
    { "wbcCtxFree", offsetof(struct winbind_lib, destroy) },
    { "wbcCtxAuthenticateUserEx", offsetof(struct winbind_lib, authenticate) },
    { "wbcFreeMemory", offsetof(struct winbind_lib, release) },
    { "wbcErrorString", offsetof(struct winbind_lib, error_text) },
};

static enum ssp_err give_up(const char *name)
{
    const char *why =
        dlerror(); /* NOLINT(concurrency-mt-unsafe): glibc keeps one for each thread */

    trace(TRACE_ERROR, "NTLM: nobody of the domain is let in: %s: %s", name,
          why != NULL ? why : "does not load");
    return ssp_fail(NO_AUTHORITY);
}

enum ssp_err winbind_lib_load(const char *name, struct winbind_lib *ret)
{
    struct winbind_lib lib = { 0 };
    /* It stays: a call that nobody waits for any more may still run in it. */
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

    if (handle == NULL)
        return give_up(name);
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *symbol = dlsym(handle, symbols[i].name);

        if (symbol == NULL)
            return give_up(name);
        memcpy((uint8_t *)&lib + symbols[i].offset, &symbol, sizeof(symbol));
    }
    *ret = lib;
    return SSP_OK;
}
