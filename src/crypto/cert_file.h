/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates and keys out of files: PEM, DER or PKCS#12, or a PKCS#11 URI in
 * the place of a file name.
 *
 * A name may be a link, as tools that renew certificates leave them; what it
 * leads to has to be a regular file of root or of the user, that nobody else may
 * write to, nor read when a key is in it.
 */
#ifndef SSP_CRYPTO_CERT_FILE_H
#define SSP_CRYPTO_CERT_FILE_H

#include "base/cert.h"

struct cert_file {
    const char *certificate; /* the leaf first, then what leads to its root */
    const char *key;         /* NULL or empty: in the same file */
    const char *password;    /* of a PKCS#12 file or an encrypted key; NULL: none */
    bool needs_key;          /* else there may be none, and a file without is fine */
};

/* IO (errno says why), UNSAFE_FILE, TOO_LARGE; UNKNOWN_CREDS for what is none of the forms, has no
 * certificate, a key that belongs to another one, or no key where one is needed, and for a wrong
 * password; NO_MEMORY. */
enum ssp_err cert_file_read(const struct cert_file *file, struct cert **ret);

/* The bytes of such a file, under the same rules. */
enum ssp_err cert_file_bytes(const char *path, bool has_key, struct secret *ret);

bool cert_is_url(const char *name); /* "pkcs11:..." */

#endif
