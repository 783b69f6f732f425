/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tls_stage.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fdio.h"
#include "harness/harness.h"

enum { CONF_ROOM = 16 * 1024, PATH_ROOM = 1024, PATHS = 8 };

struct ca ca;
struct tls_contexts contexts;
struct tls_sites sites;
struct tls_end client;
struct tls_end server;

const char *path(const char *name)
{
    static char paths[PATHS][PATH_ROOM];
    static unsigned next;
    char *ret = paths[next++ % PATHS];

    (void)snprintf(ret, PATH_ROOM, "%s", scratch(name));
    return ret;
}

void issue(const char *name, const struct ca_wish *wish)
{
    struct ca_pair pair = ca_issue(&ca, wish);

    ca_write_both(&pair, path(name));
    ca_pair_done(&pair);
}

static void expand(const char *text, char *ret)
{
    size_t n = 0;

    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '@')
            n += (size_t)snprintf(ret + n, CONF_ROOM - n, "%s", path(""));
        else
            ret[n++] = *at;
        ret[n] = '\0';
        assert_true(n + PATH_ROOM < CONF_ROOM);
    }
}

enum ssp_err try_configure(const char *text)
{
    static char expanded[CONF_ROOM];
    struct conf *conf = NULL;

    expand(text, expanded);
    assert_int_equal(file_replace(path("conf"), 0600, view_text(expanded)), SSP_OK);
    assert_int_equal(conf_load_file(path("conf"), &conf), SSP_OK);
    tls_sites_done(&sites);
    enum ssp_err e = tls_sites_read(conf, &sites);
    conf_free(conf);
    return e;
}

void configure(const char *text)
{
    assert_int_equal(try_configure(text), SSP_OK);
}

enum ssp_err try_acquire(const char *name, uint32_t use, const void *auth_data,
                         struct tls_cred **ret)
{
    struct str16 principal = { 0 };

    assert_int_equal(str16_from_utf8(view_text(name), &principal), SSP_OK);
    const struct tls_cred_request what = {
        .use = use, .principal = &principal, .auth_data = auth_data, .is_local = true
    };
    enum ssp_err e = tls_cred_new(&sites, &what, ret);
    str16_wipe(&principal);
    return e;
}

struct tls_cred *acquire(const char *name, uint32_t use, const void *auth_data)
{
    struct tls_cred *cred = NULL;

    assert_int_equal(try_acquire(name, use, auth_data, &cred), SSP_OK);
    return cred;
}

void stage_by(const char *client_section, const char *server_section)
{
    client = (struct tls_end){
        .contexts = &contexts,
        .cred = acquire(client_section, SECPKG_CRED_OUTBOUND, NULL),
        .asked = ISC_REQ_EXTENDED_ERROR,
        .target = u"localhost",
    };
    server = (struct tls_end){
        .contexts = &contexts,
        .cred = acquire(server_section, SECPKG_CRED_INBOUND, NULL),
        .accept = true,
        .asked = ASC_REQ_EXTENDED_ERROR,
    };
}

void unstage(void)
{
    tls_end_done(&client);
    tls_end_done(&server);
}

int set_up(void **state)
{
    (void)state;
    ca_init(&ca);
    ca_write_root(&ca, path("ca.pem"));
    tls_lsa = (struct tls_lsa){ 0 };
    assert_int_equal(tls_contexts_init(&system_clock, &tls_lsa_functions, &contexts), SSP_OK);
    return 0;
}

int tear_down(void **state)
{
    unstage();
    tls_sites_done(&sites);
    tls_contexts_done(&contexts);
    ca_done(&ca);
    return free_guarded(state);
}
