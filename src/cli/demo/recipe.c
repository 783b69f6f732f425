/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/recipe.h"

#include "cli/demo/talk.h"

const struct demo_recipe demo_recipes[] = {
    { .title = "NTLM",
      .package = "NTLM",
      .needs = DEMO_ACCOUNTS,
      .legs = 2,
      .way = &talk_packets,
      .target = "demo/localhost",
      .user = "alice",
      .domain = "DEMO",
      .proof = "no password was sent",
      .secret = "account file" },
};
const size_t demo_n_recipes = sizeof(demo_recipes) / sizeof(demo_recipes[0]);
