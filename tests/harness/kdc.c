/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/kdc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/demo/realm.h"

const char *const kdc_types[] = { "aes256-cts-hmac-sha384-192", "aes128-cts-hmac-sha256-128",
                                  "aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha1-96", NULL };

enum { PATH_SIZE = 256 };

static char folder[PATH_SIZE / 2];
static struct realm realm;
static char script[4096];

/* Setups run outside of any case, where cmocka has nowhere to jump to. */
static void need(bool fine, const char *what)
{
    if (fine)
        return;
    (void)fprintf(stderr, "# the KDC of the test: %s failed\n", what);
    abort();
}

static const char *path(const char *name)
{
    static char paths[4][PATH_SIZE];
    static size_t turn;
    char *ret = paths[turn++ % 4];

    (void)snprintf(ret, PATH_SIZE, "%s/%s", folder, name);
    return ret;
}

static void set(const char *name, const char *value)
{
    need(setenv(name, value, 1) == 0, name); // NOLINT(concurrency-mt-unsafe): no threads yet
}

const char *kdc_service_of(const char *type)
{
    static char name[128];

    (void)snprintf(name, sizeof(name), "HTTP/%s.test.example", type);
    return name;
}

/* Adds to what is asked of kadmin.local in one go. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    size_t n = strlen(script);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(script + n, sizeof(script) - n, format, args);
    va_end(args);
    need(strlen(script) < sizeof(script) - 1, "the script for kadmin.local");
}

/* The KDC takes every service for one that knows the commonest type, unless it is told. */
static void say_service_of(const char *type, const char *service)
{
    say("addprinc -randkey -e %s:normal %s\nsetstr %s session_enctypes %s\n", type, service,
        service, type);
    say("ktadd -k %s -norandkey %s\n", path("keytab"), service);
}

static void say_principals(void)
{
    script[0] = '\0';
    say("addprinc -pw %s %s\n", KDC_PASSWORD, KDC_USER);
    say("addprinc -pw %s %s\n", KDC_PASSWORD, KDC_OTHER);
    say("addprinc -randkey %s\nktadd -k %s %s\n", KDC_SERVICE, path("keytab"), KDC_SERVICE);
    say("addprinc -randkey %s\n", KDC_ABSENT);
    say("addprinc -randkey +ok_as_delegate %s\nktadd -k %s %s\n", KDC_TRUSTED, path("keytab"),
        KDC_TRUSTED);
    say_service_of("camellia256-cts-cmac", KDC_FOREIGN);
    for (const char *const *type = kdc_types; *type != NULL; type++)
        say_service_of(*type, kdc_service_of(*type));
}

static void publish(void)
{
    char name[PATH_SIZE + 8];

    set("KRB5_CONFIG", path("krb5.conf"));
    set("KRB5_KDC_PROFILE", path("kdc.conf"));
    set("KRB5RCACHEDIR", folder);
    (void)snprintf(name, sizeof(name), "FILE:%s", path("keytab"));
    set("KRB5_KTNAME", name);
    (void)snprintf(name, sizeof(name), "FILE:%s", path("ccache"));
    set("KRB5CCNAME", name);
}

void kdc_start(const char *where)
{
    const struct realm_plan plan = { KDC_REALM, "test.example", folder, script };

    (void)snprintf(folder, sizeof(folder), "%s", where);
    say_principals();
    need(realm_missing() == NULL, "looking for its programs");
    need(realm_start(&plan, &realm) == SSP_OK, "starting it");
    need(access(path("keytab"), R_OK) == 0, "making the keytab");
    publish();
}

void kdc_stop(void)
{
    realm_stop(&realm);
}

bool kdc_login(const char *user, const char *options)
{
    const char *plain[] = { "kinit", user, NULL };
    const char *special[] = { "kinit", options, user, NULL };

    return realm_run(&realm, *options == '\0' ? plain : special, KDC_PASSWORD "\n") == SSP_OK;
}
