/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/place.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/fdio.h"
#include "cli/account.h"

static enum ssp_err make_dir(struct demo_place *place)
{
    const char *tmp = secure_getenv("TMPDIR");
    int n = snprintf(place->dir, sizeof(place->dir), "%s/opensspi-demo-XXXXXX",
                     tmp != NULL && *tmp == '/' ? tmp : "/tmp");

    if (n >= (int)sizeof(place->dir)) {
        place->dir[0] = '\0';
        return ssp_fail(TOO_LARGE);
    }
    if (mkdtemp(place->dir) == NULL) {
        place->dir[0] = '\0';
        return ssp_fail(IO);
    }
    (void)snprintf(place->socket, sizeof(place->socket), "%s/front", place->dir);
    return SSP_OK;
}

static enum ssp_err make_password(struct demo_place *place)
{
    uint8_t random[(sizeof(place->password) - 1) / 2];

    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return ssp_fail(IO);
    for (size_t i = 0; i < sizeof(random); i++)
        (void)snprintf(place->password + 2 * i, 3, "%02x", random[i]);
    return SSP_OK;
}

static enum ssp_err write_config(const struct demo_place *place)
{
    char path[PLACE_PATH_MAX];
    char text[3 * PLACE_PATH_MAX];

    (void)snprintf(path, sizeof(path), "%s/conf", place->dir);
    int n = snprintf(text, sizeof(text), "[lsa]\nruntime = %s/run\n[ntlm]\naccounts = %s/sam\n",
                     place->dir, place->dir);
    SSP_TRY(file_replace(path, 0600, (struct view){ (const uint8_t *)text, (size_t)n }));
    return setenv("OPENSSPI_CONFIG", path, 1) == 0 ? SSP_OK : ssp_fail(NO_MEMORY);
}

static enum ssp_err write_account(const struct demo_recipe *recipe, const struct demo_place *place)
{
    char path[PLACE_PATH_MAX];

    (void)snprintf(path, sizeof(path), "%s/sam", place->dir);
    return account_set(path, recipe->user, recipe->domain,
                       (struct view){ (const uint8_t *)place->password, strlen(place->password) });
}

enum ssp_err place_make(const struct demo_recipe *recipe, struct demo_place *ret)
{
    SSP_TRY(make_dir(ret));
    SSP_TRY(make_password(ret));
    SSP_TRY(write_config(ret));
    return write_account(recipe, ret);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

void place_remove(struct demo_place *place)
{
    if (place->dir[0] != '\0')
        (void)nftw(place->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    explicit_bzero(place, sizeof(*place));
}
