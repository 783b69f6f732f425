/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit of the project, in one place.  Sizes are bytes unless the name says otherwise. */
#ifndef SSP_BASE_LIMITS_H
#define SSP_BASE_LIMITS_H

#include <stdint.h>

enum {
    LIMIT_BUFFERS = 64,                /* buffers of one SecBufferDesc */
    LIMIT_TOKEN = 64 * 1024,           /* one handshake token */
    LIMIT_PACKED = 64 * 1024,          /* one packed context, before sealing */
    LIMIT_UNREAD = 64 * 1024,          /* unread bytes that travel with a context */
    LIMIT_NAME = 4096,                 /* one name of a user, target, package… */
    LIMIT_PACKAGES = 64,               /* security packages of one LSA */
    LIMIT_THUNKS = 256,                /* attributes that a package answers in its LSA half */
    LIMIT_FILE = 1024 * 1024,          /* a configuration or account file */
    LIMIT_SETTINGS = 10000,            /* lines that say something, in all configuration files */
    LIMIT_KEYS = 64,                   /* settings that one section may have */
    LIMIT_EXPORT_LIFETIME_MS = 300000, /* design: an envelope lives five minutes at most */
    LIMIT_HANDLES = 1 << 24,           /* live handles of one kind in a process */
};

#endif
