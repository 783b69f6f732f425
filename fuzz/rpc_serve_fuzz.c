/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole connection: requests one after another, each with its length in two bytes before it, at
 * the LSA with the packages that are linked in.  Whatever comes, each request ends with one whole
 * reply of its own or the end of the connection; and when the connection has gone, so has what it
 * made the LSA keep.
 *
 * Ids are drawn at random, so no input has one: two words stand for those that were given last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/conf.h"
#include "rpc/serve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rpc_server server;

static void need(bool fine)
{
    if (!fine)
        abort();
}

/* A realm's KDC would be looked for in the DNS.  libkrb5 reads this again and again. */
static void keep_off_the_network(void)
{
    static const char text[] = "[libdefaults]\ndns_lookup_kdc = false\ndns_lookup_realm = false\n"
                               "dns_canonicalize_hostname = false\n";
    char path[32];
    int fd = memfd_create("krb5.conf", MFD_CLOEXEC);

    need(fd >= 0 && write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
    need(setenv("KRB5_CONFIG", path, 1) == 0);
}

/* Nothing is configured: no accounts, and a runtime folder that cannot be. */
static void start(void)
{
    static const char text[] = "[lsa]\nruntime = /nonexistent/opensspi\n"
                               "packages = /usr\n";
    static const uint32_t max[CHARGES] = { 4, 4, 16, 16, 16, 4, 65536 };
    struct conf *conf = NULL;
    struct lsa *lsa = NULL;
    char path[] = "/tmp/opensspi-fuzz-XXXXXX";
    int fd = mkstemp(path);

    keep_off_the_network();
    need(fd >= 0 && write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
    need(conf_load_file(path, &conf) == SSP_OK);
    need(close(fd) == 0 && unlink(path) == 0);
    need(lsa_new(&(struct lsa_setup){ conf, &system_clock, &system_rand, false }, &lsa) == SSP_OK);
    conf_free(conf);
    rpc_server_init(&server, lsa, max);
}

struct talk {
    struct rpc_peer peer;
    uint64_t cred;
    uint64_t ctx;
};

static void put_id(const char word[9], uint64_t id, struct wr *request)
{
    for (size_t i = 0; i + sizeof(id) <= request->n; i++)
        if (memcmp(request->p + i, word, sizeof(id)) == 0)
            memcpy(request->p + i, &id, sizeof(id));
}

/* Both answers begin with it. */
static void learn_id(const struct frame *reply, struct talk *talk)
{
    struct rd in = rd_of(reply->body);
    bool failed = (int32_t)rd_le32(&in) < 0;
    uint64_t id = rd_le64(&in);

    if (failed || !rd_ok(&in) || id == 0)
        return;
    if (reply->call == RPC_ACQUIRE_CRED)
        talk->cred = id;
    if (reply->call == RPC_LEG)
        talk->ctx = id;
}

static bool serve_one(struct talk *talk, struct view bytes)
{
    ssp_cleanup(frame_done) struct frame request = FRAME_INIT;
    ssp_cleanup(frame_done) struct frame reply = FRAME_INIT;
    ssp_cleanup(frame_done) struct frame got = FRAME_INIT;

    wr_view(&request.bytes, bytes);
    put_id("the cred", talk->cred, &request.bytes);
    put_id("the ctxt", talk->ctx, &request.bytes);
    if (request.bytes.err != SSP_OK || frame_parse(&request) != SSP_OK ||
        rpc_serve(&server, &talk->peer, &request, &reply) != SSP_OK)
        return false;
    need(frame_finish(&reply) == SSP_OK);
    wr_view(&got.bytes, (struct view){ reply.bytes.p, reply.bytes.n });
    got.fds.n = reply.fds.n;
    need(frame_parse(&got) == SSP_OK && got.kind == FRAME_REPLY && got.call == request.call &&
         got.sequence == request.sequence);
    got.fds.n = 0;
    learn_id(&got, talk);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct talk talk = { .peer.who = { .uid = 1000, .pid = 1 } };
    struct rd in = rd_of((struct view){ data, size });
    bool goes_on = true;

    if (server.lsa == NULL)
        start();
    while (goes_on && in.left.n != 0) {
        struct view request = rd_view(&in, rd_le16(&in));

        goes_on = rd_ok(&in) && serve_one(&talk, request);
    }
    rpc_session_leave(&talk.peer);
    need(server.first == NULL && server.accounts.first == NULL);
    return 0;
}
