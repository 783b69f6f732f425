/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for others made from a session: RFC 5705, RFC 8446 7.5; and what binds a channel: RFC 5929,
 * RFC 9266. */
#ifndef SSP_SCHANNEL_EXPORTER_H
#define SSP_SCHANNEL_EXPORTER_H

#include "packages/schannel/conn.h"

enum { TLS_EXPORT_MAX = 255 * 32 }; /* bytes: as far as HKDF goes with SHA-256 */

struct tls_export_of {
    struct view label;   /* TLS_LABEL_MAX at most */
    struct view context; /* 65535 at most */
    bool has_context;    /* 1.2 tells none from an empty one */
};

/* Fills all of ret.  BAD_ARGUMENT beyond the bounds above, or for no label. */
enum ssp_err tls_export(const struct tls_core *core, const struct tls_export_of *of, uint8_t *ret,
                        size_t n);

enum { TLS_BINDING_MAX = 96 };

struct tls_binding {
    uint8_t bytes[TLS_BINDING_MAX]; /* its prefix included */
    size_t n;
};

/* "tls-unique:" in 1.2, where it binds something; "tls-exporter:" in 1.3.  UNSUPPORTED. */
enum ssp_err tls_binding_unique(const struct tls_core *core, struct tls_binding *ret);

/* "tls-server-end-point:".  UNSUPPORTED without a certificate. */
enum ssp_err tls_binding_endpoint(const struct tls_core *core, struct tls_binding *ret);

#endif
