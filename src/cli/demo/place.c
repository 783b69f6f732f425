/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/place.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/wr.h"
#include "cli/demo/child.h"
#include "cli/demo/lsad.h"
#include "cli/demo/supply.h"

enum { CONFIG_MAX = 4096 };

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

static enum ssp_err write_config(const struct demo_recipe *recipe, struct demo_place *place,
                                 const char *path)
{
    ssp_cleanup(wr_free) struct wr text = WR_INIT(CONFIG_MAX);
    char common[4 * PLACE_PATH_MAX];

    int n =
        snprintf(common, sizeof(common), "[lsa]\nmode = %s\nsocket = %s/lsad\nruntime = %s/run\n",
                 place->lsa == DEMO_LSAD ? "lsad" : "embedded", place->dir, place->dir);
    wr_view(&text, (struct view){ (const uint8_t *)common, (size_t)n });
    SSP_TRY(supply_all(recipe, place, &text));
    SSP_TRY(file_replace(path, 0644, (struct view){ text.p, text.n }));
    return setenv("OPENSSPI_CONFIG", path, 1) == 0 ? SSP_OK : ssp_fail(NO_MEMORY);
}

static enum ssp_err start_lsad(struct demo_place *place, const char *config)
{
    char log[PLACE_PATH_MAX];

    if (place->lsa == DEMO_EMBEDDED)
        return SSP_OK;
    (void)snprintf(log, sizeof(log), "%s/lsad.log", place->dir);
    return lsad_start(config, log, &place->lsad_pid);
}

enum ssp_err place_make(const struct demo_recipe *recipe, enum demo_lsa lsa, struct demo_place *ret)
{
    char config[PLACE_PATH_MAX];

    ret->lsa = lsa;
    ret->gives_up_root = lsa == DEMO_LSAD && geteuid() == 0;
    SSP_TRY(make_dir(ret));
    SSP_TRY(make_password(ret));
    (void)snprintf(config, sizeof(config), "%s/conf", ret->dir);
    SSP_TRY(write_config(recipe, ret, config));
    return start_lsad(ret, config);
}

enum ssp_err place_open_to_others(const struct demo_place *place)
{
    if (place->gives_up_root &&
        (chown(place->socket, PLACE_NOBODY, PLACE_NOBODY) != 0 || chmod(place->dir, 0711) != 0))
        return ssp_fail(IO);
    return SSP_OK;
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
    child_stop(&place->lsad_pid);
    realm_stop(&place->realm);
    if (place->dir[0] != '\0')
        (void)nftw(place->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    explicit_bzero(place, sizeof(*place));
}
