/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/schannel/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/trace.h"
#include "crypto/cert_file.h"

/* ---- Reading --------------------------------------------------------------------------------- */

struct parts { /* ssp_cleanup(parts_done) */
    struct cert *own;
    struct cert *roots;
    struct secret password;
    struct secret crl;
    struct secret ocsp;
};

static void parts_done(struct parts *parts)
{
    cert_unref(parts->own);
    cert_unref(parts->roots);
    secret_wipe(&parts->password);
    secret_wipe(&parts->crl);
    secret_wipe(&parts->ocsp);
}

static enum ssp_err blame(const struct tls_site *site, const char *what, enum ssp_err e)
{
    if (e != SSP_OK)
        trace(TRACE_ERROR, "Schannel: [schannel \"%s\"] %s: %s", site->name, what,
              e == SSP_ERR_IO ? strerrordesc_np(errno) : ssp_err_text(e));
    return e;
}

static bool is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

/* The first line, closed by a NUL. */
static enum ssp_err read_password(const char *path, struct secret *ret)
{
    ssp_cleanup(secret_wipe) struct secret bytes = { 0 };

    if (!is_set(path))
        return SSP_OK;
    SSP_TRY(cert_file_bytes(path, true, &bytes));
    size_t n = 0;
    while (n < bytes.n && bytes.p[n] != '\n' && bytes.p[n] != '\0')
        n++;
    SSP_TRY(secret_new((struct view){ bytes.p, n + 1 > bytes.n ? bytes.n : n + 1 }, ret));
    if (ret->n == n)
        return ssp_fail(UNKNOWN_CREDS); /* no end of line */
    ret->p[n] = '\0';
    return SSP_OK;
}

static enum ssp_err read_bytes(const char *path, struct secret *ret)
{
    return is_set(path) ? cert_file_bytes(path, false, ret) : SSP_OK;
}

static enum ssp_err read_own(const struct tls_settings *settings, struct parts *parts)
{
    const struct cert_file file = {
        .certificate = settings->certificate,
        .key = settings->key,
        .password = (const char *)parts->password.p,
        .needs_key = true,
    };

    return is_set(settings->certificate) ? cert_file_read(&file, &parts->own) : SSP_OK;
}

static enum ssp_err read_roots(const struct tls_settings *settings, struct parts *parts)
{
    const struct cert_file file = { .certificate = settings->ca };

    return is_set(settings->ca) ? cert_file_read(&file, &parts->roots) : SSP_OK;
}

static enum ssp_err read_store(const struct tls_site *site, struct tls_store **ret)
{
    ssp_cleanup(parts_done) struct parts parts = { 0 };
    const struct tls_settings *settings = &site->settings;

    SSP_TRY(blame(site, "password_file", read_password(settings->password_file, &parts.password)));
    SSP_TRY(blame(site, "certificate or key", read_own(settings, &parts)));
    SSP_TRY(blame(site, "ca", read_roots(settings, &parts)));
    SSP_TRY(blame(site, "crl", read_bytes(settings->crl, &parts.crl)));
    SSP_TRY(blame(site, "ocsp", read_bytes(settings->ocsp, &parts.ocsp)));
    const struct tls_store_parts made = {
        .own = &parts.own,
        .n_own = parts.own != NULL ? 1 : 0,
        .ignores_revocation = settings->revocation == TLS_REVOCATION_OFF,
        .roots = parts.roots,
        .crl = secret_view(&parts.crl),
        .ocsp = secret_view(&parts.ocsp),
    };
    return blame(site, "certificates", tls_store_new(&made, ret));
}

/* ---- Looking after the files ----------------------------------------------------------------- */

static struct tls_stamp stamp_of(const char *path)
{
    struct stat st = { 0 };

    if (!is_set(path) || cert_is_url(path) || stat(path, &st) != 0)
        return (struct tls_stamp){ 0 };
    return (struct tls_stamp){ st.st_dev, st.st_ino, st.st_size, st.st_mtim };
}

static void take_stamps(const struct tls_settings *settings, struct tls_stamp ret[TLS_SITE_FILES])
{
    const char *const files[TLS_SITE_FILES] = {
        settings->certificate, settings->key, settings->password_file,
        settings->ca,          settings->crl, settings->ocsp,
    };

    for (size_t i = 0; i < TLS_SITE_FILES; i++)
        ret[i] = stamp_of(files[i]);
}

static bool same_stamp(const struct tls_stamp *a, const struct tls_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool same_stamps(const struct tls_stamp *a, const struct tls_stamp *b)
{
    for (size_t i = 0; i < TLS_SITE_FILES; i++)
        if (!same_stamp(&a[i], &b[i]))
            return false;
    return true;
}

static struct tls_store *ref_of(struct tls_store *store)
{
    return store != NULL ? tls_store_ref(store) : NULL;
}

/* What is there, and whether it is what the files say; a reference, or NULL. */
static struct tls_store *look_at(struct tls_site *site, const struct tls_stamp *now,
                                 bool *ret_is_fresh)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&site->lock);

    *ret_is_fresh = site->store != NULL && same_stamps(now, site->stamps);
    return ref_of(site->store);
}

/* A set that does not hold, for which *fresh is NULL, is tried again when it has changed.  Yields
 * the one that was there before in its place. */
static void settle(struct tls_site *site, const struct tls_stamp *now, struct tls_store **fresh)
{
    ssp_cleanup(fork_lock_release) struct fork_lock *held = fork_lock_hold(&site->lock);
    struct tls_store *before = site->store;

    memcpy(site->stamps, now, sizeof(site->stamps));
    if (*fresh == NULL)
        return;
    site->store = *fresh;
    *fresh = before;
}

/* The stamps are from before the reading, so a file that changes meanwhile is read again.  Nobody
 * waits for it: two who find a change at once both read. */
static enum ssp_err refresh(struct tls_site *site, const struct tls_stamp *now,
                            struct tls_store **store)
{
    ssp_cleanup(tls_store_unrefp) struct tls_store *fresh = NULL;
    enum ssp_err e = read_store(site, &fresh);

    if (e == SSP_OK) {
        tls_store_unref(*store);
        *store = tls_store_ref(fresh);
    }
    if (e != SSP_ERR_NO_MEMORY)
        settle(site, now, &fresh);
    return *store != NULL ? SSP_OK : e;
}

enum ssp_err tls_site_store(struct tls_site *site, struct tls_store **ret)
{
    ssp_cleanup(tls_store_unrefp) struct tls_store *store = NULL;
    struct tls_stamp now[TLS_SITE_FILES] = { 0 };
    bool is_fresh = true;

    if (site->has_files)
        take_stamps(&site->settings, now);
    store = look_at(site, now, &is_fresh);
    if (!is_fresh)
        SSP_TRY(refresh(site, now, &store));
    *ret = ssp_steal(&store);
    return SSP_OK;
}

/* ---- Making ---------------------------------------------------------------------------------- */

static enum ssp_err site_new(struct tls_site **ret)
{
    ssp_cleanup(tls_site_unrefp) struct tls_site *site = calloc(1, sizeof(*site));

    if (site == NULL)
        return ssp_fail(NO_MEMORY);
    site->ref = (struct ref)REF_INIT;
    SSP_TRY(fork_lock_init(&site->lock));
    *ret = ssp_steal(&site);
    return SSP_OK;
}

enum ssp_err tls_site_new(const char *name, struct tls_settings *settings, struct tls_site **ret)
{
    ssp_cleanup(tls_site_unrefp) struct tls_site *site = NULL;

    SSP_TRY(site_new(&site));
    (void)snprintf(site->name, sizeof(site->name), "%s", name);
    site->has_files = true;
    site->settings = *settings;
    *settings = (struct tls_settings){ 0 };
    *ret = ssp_steal(&site);
    return SSP_OK;
}

enum ssp_err tls_site_of_parts(const struct tls_store_parts *parts, struct tls_site **ret)
{
    ssp_cleanup(tls_site_unrefp) struct tls_site *site = NULL;

    SSP_TRY(site_new(&site));
    SSP_TRY(tls_store_new(parts, &site->store));
    *ret = ssp_steal(&site);
    return SSP_OK;
}

struct tls_site *tls_site_ref(struct tls_site *site)
{
    ref_take(&site->ref);
    return site;
}

void tls_site_unref(struct tls_site *site)
{
    if (site == NULL || !ref_drop(&site->ref))
        return;
    tls_settings_wipe(&site->settings);
    tls_store_unref(site->store);
    fork_lock_destroy(&site->lock);
    free(site);
}

void tls_site_unrefp(struct tls_site **site)
{
    tls_site_unref(*site);
    *site = NULL;
}
