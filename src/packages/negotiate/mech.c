/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/negotiate/mech.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/secret.h"

static const struct {
    const SEC_WCHAR *name;
    const char *name8;
} packages[NEGO_PACKAGES] = {
    [NEGO_KERBEROS] = { u"Kerberos", "Kerberos" },
    [NEGO_NTLM] = { u"NTLM", "NTLM" },
};

/* 1.2.840.113554.1.2.2, 1.2.840.48018.1.2.2, 1.3.6.1.4.1.311.2.2.10 */
static const uint8_t kerberos[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };
static const uint8_t ms_kerberos[] = { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02 };
static const uint8_t ntlm[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a };

static const struct {
    struct view oid;
    enum nego_package package;
} mechs[NEGO_MECHS] = {
    [NEGO_MECH_KERBEROS] = { { kerberos, sizeof(kerberos) }, NEGO_KERBEROS },
    [NEGO_MECH_MS_KERBEROS] = { { ms_kerberos, sizeof(ms_kerberos) }, NEGO_KERBEROS },
    [NEGO_MECH_NTLM] = { { ntlm, sizeof(ntlm) }, NEGO_NTLM },
};

const SEC_WCHAR *nego_package_name(enum nego_package package)
{
    return packages[package].name;
}

struct view nego_mech_oid(enum nego_mech mech)
{
    return mechs[mech].oid;
}

enum nego_package nego_mech_package(enum nego_mech mech)
{
    return mechs[mech].package;
}

enum nego_mech nego_mech_find(struct view oid)
{
    enum nego_mech mech = NEGO_MECH_KERBEROS;

    while (mech < NEGO_MECHS && !ct_eq(mechs[mech].oid, oid))
        mech++;
    return mech;
}

bool nego_choice_has(const struct nego_choice *choice, enum nego_package package)
{
    for (size_t i = 0; i < choice->n; i++)
        if (choice->package[i] == package)
            return true;
    return false;
}

/* ---- Lists of names ---------------------------------------------------- */

/* The next name of a list, without the spaces around it; false behind the last one. */
static bool next_name(const char **at, struct view *ret)
{
    *at += strspn(*at, ", \t");
    size_t n = strcspn(*at, ", \t");

    *ret = (struct view){ (const uint8_t *)*at, n };
    *at += n;
    return n != 0;
}

static enum nego_package find_package(struct view name)
{
    enum nego_package package = NEGO_KERBEROS;

    while (package < NEGO_PACKAGES &&
           (strlen(packages[package].name8) != name.n ||
            strncasecmp(packages[package].name8, (const char *)name.p, name.n) != 0))
        package++;
    return package;
}

enum ssp_err nego_choice_parse(const char *list, struct nego_choice *ret)
{
    struct nego_choice choice = { .n = 0 };
    struct view name = { 0 };

    /* Ends: every turn goes past a name, and each package is taken once. */
    while (next_name(&list, &name)) {
        enum nego_package package = find_package(name);

        if (package == NEGO_PACKAGES || nego_choice_has(&choice, package))
            return ssp_fail(BAD_ARGUMENT);
        choice.package[choice.n++] = package;
    }
    if (choice.n == 0)
        return ssp_fail(BAD_ARGUMENT);
    *ret = choice;
    return SSP_OK;
}

struct named { /* by a package list */
    bool in[NEGO_PACKAGES];
    bool out[NEGO_PACKAGES];
    bool any_in; /* whether it names what it wants, rather than what it does not */
};

static void read_list(const char *list, struct named *ret)
{
    struct view name = { 0 };

    while (next_name(&list, &name)) {
        bool is_out = name.p[0] == '!';
        struct view bare = is_out ? (struct view){ name.p + 1, name.n - 1 } : name;
        enum nego_package package = find_package(bare);

        ret->any_in = ret->any_in || !is_out;
        if (package != NEGO_PACKAGES)
            (is_out ? ret->out : ret->in)[package] = true;
    }
}

void nego_choice_restrict(struct nego_choice *choice, const struct str16 *package_list)
{
    ssp_cleanup(wipe_free_str) char *list = NULL;
    struct named named = { .any_in = false };
    struct nego_choice left = { .n = 0 };

    if (package_list->n == 0)
        return;
    if (str16_to_utf8(package_list, &list) == SSP_OK)
        read_list(list, &named);
    else
        named.any_in = true; /* whatever it wants, we do not have it */
    for (size_t i = 0; i < choice->n; i++) {
        enum nego_package package = choice->package[i];

        if (!named.out[package] && (!named.any_in || named.in[package]))
            left.package[left.n++] = package;
    }
    *choice = left;
}
