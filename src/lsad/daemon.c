/* SPDX-License-Identifier: Apache-2.0 */
#include "lsad/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/trace.h"
#include "lsad/conn.h"
#include "lsad/listener.h"
#include "lsad/sandbox.h"
#include "lsad/service.h"
#include "lsad/store.h"
#include "lsad/sweeper.h"

enum { ACCEPT_AT_ONCE = 16, MS_PER_S = 1000, LOOK_AGAIN_MS = 100, FULL_LINE_MS = 10000 };

enum signal_kind { SIGNAL_TERM, SIGNAL_INT, SIGNAL_HUP, SIGNALS };

struct lsad {
    const struct lsad_command *command;
    uv_loop_t loop;
    uv_poll_t listening;
    uv_signal_t signals[SIGNALS];
    uv_timer_t watchdog;
    uv_timer_t deadline; /* of the calls that are being answered at the end */
    uv_timer_t again;    /* runs while there is no room for who comes: nobody is accepted then */
    uint64_t drain_ms;
    unsigned threads;
    struct sweeper sweeper;
    int listen_fd;
    uint64_t next_full_line; /* in the log; who fills lsad up again and again does not fill that */
    bool draining;
    struct lsa *lsa;
    struct rpc_server server;
    struct conns conns;
};

static void free_conf(struct conf **conf)
{
    conf_free(*conf);
}

/* ---- New connections ------------------------------------------------------------------------- */

static void somebody_comes(uv_poll_t *poll, int status, int events);

static void listen_on(struct lsad *lsad)
{
    (void)uv_poll_start(&lsad->listening, UV_READABLE, somebody_comes);
}

static void look_again(uv_timer_t *timer)
{
    listen_on(timer->data);
}

/* Who waits stays, and the loop would find him again and again.  That a connection goes is not all
 * that makes room: the system's descriptors and memory are others', too, and those of calls are
 * lsad's own. */
static void wait_for_room(struct lsad *lsad)
{
    if (uv_now(&lsad->loop) >= lsad->next_full_line) {
        trace(TRACE_ERROR, "no descriptors are left for new connections: %s",
              strerrordesc_np(errno));
        lsad->next_full_line = uv_now(&lsad->loop) + FULL_LINE_MS;
    }
    (void)uv_poll_stop(&lsad->listening);
    (void)uv_timer_start(&lsad->again, look_again, LOOK_AGAIN_MS, 0);
}

static bool is_out_of_room(void)
{
    return errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
}

static void somebody_comes(uv_poll_t *poll, int status, int events)
{
    struct lsad *lsad = poll->data;

    (void)status;
    (void)events;
    for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
        int fd = accept4(lsad->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd < 0) {
            if (is_out_of_room())
                wait_for_room(lsad);
            return;
        }
        conns_add(&lsad->conns, fd);
    }
}

static void finish(struct lsad *lsad)
{
    for (size_t i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&lsad->signals[i], NULL);
    uv_close((uv_handle_t *)&lsad->watchdog, NULL);
    uv_close((uv_handle_t *)&lsad->deadline, NULL);
    uv_close((uv_handle_t *)&lsad->again, NULL);
    sweeper_stop(&lsad->sweeper);
}

static void one_less(struct conns *conns)
{
    struct lsad *lsad = conns->loop->data;

    if (lsad->draining && conns->n == 0) {
        finish(lsad);
    } else if (uv_is_active((uv_handle_t *)&lsad->again)) {
        (void)uv_timer_stop(&lsad->again);
        listen_on(lsad);
    }
}

/* ---- Signals --------------------------------------------------------------------------------- */

/* A thread that does not come back cannot be taken away, nor what it uses: the process goes as it
 * is, and its memory with it. */
static void is_too_late(uv_timer_t *timer)
{
    const struct lsad *lsad = timer->data;

    trace(TRACE_WARNING, "lsad ends without %zu connections whose calls take too long",
          lsad->conns.n);
    _exit(EXIT_SUCCESS);
}

static void drain(struct lsad *lsad)
{
    if (lsad->draining)
        return;
    trace(TRACE_NOTICE, "lsad ends");
    lsad->draining = true;
    (void)uv_timer_stop(&lsad->again);
    uv_close((uv_handle_t *)&lsad->listening, NULL);
    fd_close(&lsad->listen_fd); /* who comes now is refused, and does not wait for the end */
    service_notify("STOPPING=1");
    conns_drain(&lsad->conns);
    if (lsad->conns.n == 0)
        finish(lsad);
    else
        (void)uv_timer_start(&lsad->deadline, is_too_late, lsad->drain_ms, 0);
}

static enum ssp_err read_again(struct lsad *lsad)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    struct lsad_options options = { 0 };
    uint32_t max[CHARGES];

    SSP_TRY(conf_load(&conf));
    SSP_TRY(lsad_options_read(conf, &options));
    SSP_TRY(lsa_read_again(lsad->lsa, conf));
    lsad_options_limits(&options, max);
    lsad->drain_ms = options.drain * (uint64_t)MS_PER_S;
    accounts_set_limits(&lsad->server.accounts, max);
    return SSP_OK;
}

static void reload(struct lsad *lsad)
{
    service_notify("RELOADING=1");
    enum ssp_err e = read_again(lsad);
    if (e == SSP_OK)
        trace(TRACE_NOTICE, "lsad has read its configuration again");
    else
        trace(TRACE_ERROR, "the configuration stays as it was: %s",
              e == SSP_ERR_BAD_CONFIG ? conf_last_error() : ssp_err_text(e));
    service_notify("READY=1");
}

static void got_signal(uv_signal_t *handle, int number)
{
    struct lsad *lsad = handle->data;

    if (number == SIGHUP)
        reload(lsad);
    else
        drain(lsad);
}

static void sign_of_life(uv_timer_t *timer)
{
    (void)timer;
    service_notify("WATCHDOG=1");
}

/* ---- Start ----------------------------------------------------------------------------------- */

static enum ssp_err watch_signals(struct lsad *lsad)
{
    static const int numbers[SIGNALS] = {
        [SIGNAL_TERM] = SIGTERM,
        [SIGNAL_INT] = SIGINT,
        [SIGNAL_HUP] = SIGHUP,
    };

    for (size_t i = 0; i < SIGNALS; i++) {
        lsad->signals[i].data = lsad;
        if (uv_signal_init(&lsad->loop, &lsad->signals[i]) != 0 ||
            uv_signal_start(&lsad->signals[i], got_signal, numbers[i]) != 0)
            return ssp_fail(IO);
    }
    return SSP_OK;
}

static enum ssp_err start_loop(struct lsad *lsad)
{
    uint64_t ms = service_watchdog_ms();

    if (uv_loop_init(&lsad->loop) != 0)
        return ssp_fail(IO);
    lsad->loop.data = lsad;
    lsad->listening.data = lsad;
    conns_init(&lsad->conns, &lsad->loop, &lsad->server, lsad->threads, one_less);
    lsad->deadline.data = lsad;
    lsad->again.data = lsad;
    if (uv_timer_init(&lsad->loop, &lsad->watchdog) != 0 ||
        uv_timer_init(&lsad->loop, &lsad->deadline) != 0 ||
        uv_timer_init(&lsad->loop, &lsad->again) != 0 ||
        uv_poll_init(&lsad->loop, &lsad->listening, lsad->listen_fd) != 0)
        return ssp_fail(IO);
    SSP_TRY(watch_signals(lsad));
    SSP_TRY(sweeper_start(&lsad->sweeper, &lsad->loop, lsad->lsa));
    if (ms != 0 && uv_timer_start(&lsad->watchdog, sign_of_life, ms, ms) != 0)
        return ssp_fail(IO);
    listen_on(lsad);
    return SSP_OK;
}

/* As many descriptors as the system allows: connections are limited by user. */
static void raise_files(void)
{
    struct rlimit limit = { 0 };

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        trace(TRACE_WARNING, "the limit of descriptors stays as it is");
}

/* libuv reads the number of its threads from the environment, at the first work. */
static enum ssp_err set_threads(uint32_t n)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "%u", (unsigned)n);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet
    return setenv("UV_THREADPOOL_SIZE", text, 1) == 0 ? SSP_OK : ssp_fail(NO_MEMORY);
}

static enum ssp_err open_socket(struct lsad *lsad)
{
    const char *path = lsad->command->socket;

    if (lsad->listen_fd >= 0) /* passed */
        return SSP_OK;
    return listener_open(path != NULL ? path : lsad->lsa->options.socket, &lsad->listen_fd);
}

/* What an lsad of before left: with the service manager, and in the folder. */
static enum ssp_err come_back(struct lsad *lsad)
{
    struct service_fds fds = { -1, -1 };

    SSP_TRY(service_take(&fds));
    lsad->listen_fd = fds.socket;
    store_take(fds.store, lsad->lsa);
    rpc_server_recall(&lsad->server);
    return SSP_OK;
}

static enum ssp_err start(struct lsad *lsad)
{
    ssp_cleanup(free_conf) struct conf *conf = NULL;
    struct lsad_options options = { 0 };
    uint32_t max[CHARGES];

    SSP_TRY(conf_load(&conf));
    SSP_TRY(lsad_options_read(conf, &options));
    lsad->threads = options.threads;
    SSP_TRY(set_threads(lsad->threads));
    raise_files();
    SSP_TRY(lsa_new(&(struct lsa_setup){ conf, &system_clock, &system_rand, false }, &lsad->lsa));
    lsad_options_limits(&options, max);
    lsad->drain_ms = options.drain * (uint64_t)MS_PER_S;
    rpc_server_init(&lsad->server, lsad->lsa, max);
    SSP_TRY(come_back(lsad));
    SSP_TRY(open_socket(lsad));
    return start_loop(lsad);
}

static enum ssp_err serve(struct lsad *lsad)
{
    (void)signal(SIGPIPE, SIG_IGN);
    SSP_TRY(sandbox_prepare());
    SSP_TRY(start(lsad));
    SSP_TRY(sandbox_enter(&(struct sandbox_policy){ 0 })); /* no capability is needed any more */
    store_give(lsad->lsa, STORE_KEY);
    trace(TRACE_NOTICE, "lsad is ready");
    service_notify("READY=1");
    (void)uv_run(&lsad->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&lsad->loop);
    store_give(lsad->lsa, STORE_KEY_AND_TICKETS); /* no thread claims any more */
    rpc_server_done(&lsad->server);
    return SSP_OK;
}

enum ssp_err daemon_run(const struct lsad_command *command)
{
    struct lsad lsad = { .command = command, .listen_fd = -1 };
    enum ssp_err e = serve(&lsad);

    fd_close(&lsad.listen_fd);
    lsa_free(&lsad.lsa);
    return e;
}
