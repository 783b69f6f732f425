/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole connection: requests one after another, each with its length in two bytes before it, at
 * the LSA with the packages that are linked in.  Whatever comes, each request ends with one whole
 * reply of its own or the end of the connection; and when the connection has gone, so has what it
 * made the LSA keep.
 */
#include <stdlib.h>
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

    need(fd >= 0 && write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
    need(conf_load_file(path, &conf) == SSP_OK);
    need(close(fd) == 0 && unlink(path) == 0);
    need(lsa_new(&(struct lsa_setup){ conf, &system_clock, &system_rand, false }, &lsa) == SSP_OK);
    conf_free(conf);
    rpc_server_init(&server, lsa, max);
}

static bool serve_one(struct rpc_peer *peer, struct view bytes)
{
    ssp_cleanup(frame_done) struct frame request = FRAME_INIT;
    ssp_cleanup(frame_done) struct frame reply = FRAME_INIT;
    ssp_cleanup(frame_done) struct frame got = FRAME_INIT;

    wr_view(&request.bytes, bytes);
    if (request.bytes.err != SSP_OK || frame_parse(&request) != SSP_OK ||
        rpc_serve(&server, peer, &request, &reply) != SSP_OK)
        return false;
    need(frame_finish(&reply) == SSP_OK);
    wr_view(&got.bytes, (struct view){ reply.bytes.p, reply.bytes.n });
    got.fds.n = reply.fds.n;
    need(frame_parse(&got) == SSP_OK && got.kind == FRAME_REPLY && got.call == request.call &&
         got.sequence == request.sequence);
    got.fds.n = 0;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rpc_peer peer = { .who = { .uid = 1000, .pid = 1 } };
    struct rd in = rd_of((struct view){ data, size });
    bool goes_on = true;

    if (server.lsa == NULL)
        start();
    while (goes_on && in.left.n != 0) {
        struct view request = rd_view(&in, rd_le16(&in));

        goes_on = rd_ok(&in) && serve_one(&peer, request);
    }
    rpc_session_leave(&peer);
    need(server.first == NULL && server.accounts.first == NULL);
    return 0;
}
