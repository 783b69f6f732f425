/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/recipe.h"

#include "cli/demo/talk.h"

#define NO_PASSWORD "no password was sent"

/* DCE style has a third message, so that a handshake of Kerberos can be half done. */
enum { DCE_STYLE = ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_DCE_STYLE };

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
    { .title = "Kerberos",
      .package = "Kerberos",
      .needs = DEMO_REALM,
      .greeted = DCE_STYLE,
      .way = &talk_packets,
      .target = "demo/localhost",
      .user = "alice",
      .domain = "DEMO.EXAMPLE",
      .proof = NO_PASSWORD,
      .secret = "keytab" },
    { .title = "Negotiate over Kerberos",
      .package = "Negotiate",
      .needs = DEMO_ACCOUNTS | DEMO_REALM,
      .greeted = DCE_STYLE,
      .way = &talk_packets,
      .target = "demo/localhost",
      .user = "alice",
      .domain = "DEMO.EXAMPLE",
      .inner = "Kerberos",
      .proof = NO_PASSWORD,
      .secret = "keytab" },
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
