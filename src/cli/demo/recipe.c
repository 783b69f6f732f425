/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/recipe.h"

#include "cli/demo/talk.h"

#define NO_PASSWORD "no password was sent"

const struct demo_recipe demo_recipes[] = {
    { .title = "NTLM",
      .package = "NTLM",
      .needs = DEMO_ACCOUNTS,
      .way = &talk_packets,
      .target = "demo/localhost",
      .user = "alice",
      .domain = "DEMO",
      .proof = NO_PASSWORD,
      .secret = "account file" },
    { .title = "Negotiate over NTLM",
      .package = "Negotiate",
      .needs = DEMO_ACCOUNTS,
      .way = &talk_packets,
      .target = "demo/localhost",
      .user = "alice",
      .domain = "DEMO",
      .offers = "NTLM",
      .inner = "NTLM",
      .proof = NO_PASSWORD,
      .secret = "account file" },
    { .title = "Schannel",
      .package = "Schannel",
      .needs = DEMO_CERTS,
      .way = &talk_stream,
      .target = "front.demo.example",
      .user = "alice",
      .domain = "DEMO",
      .client_name = "alice",
      .front_name = "demo",
      .proof = "the key of its certificate was not sent",
      .secret = "server's key" },
};
const size_t demo_n_recipes = sizeof(demo_recipes) / sizeof(demo_recipes[0]);
