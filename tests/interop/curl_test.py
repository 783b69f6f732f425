# SPDX-License-Identifier: Apache-2.0
"""curl --ntlm and --negotiate, and a small HTTP server that stands on AcceptSecurityContext."""
import os
import signal
import subprocess
import sys
import urllib.request

from tap import case, main

ACCEPTOR = sys.argv[2]
LSAD = os.environ.get("LSAD")
USER = "Domain\\alice:secret"


class Server:
    """An HTTP acceptor of one process or two, for as long as the block lasts."""

    def __init__(self, world, processes, scheme="NTLM"):
        world.sspi("passwd", "--domain", "Domain", "alice", stdin=b"secret\n")
        self.lsad = world.start_lsad(LSAD) if LSAD else None
        self.env = world.env
        self.processes = processes
        self.scheme = scheme

    def __enter__(self):
        self.process = subprocess.Popen([ACCEPTOR, self.processes, self.scheme], stdout=subprocess.PIPE,
                                        env=self.env, text=True)
        word, port = self.process.stdout.readline().split()
        assert word == "port", word
        # gss-ntlmssp says whom it means, and that has to be a name of ours.
        host = "127.0.0.1" if self.scheme == "NTLM" else "localhost"
        self.url = f"http://{host}:{port}/"
        return self

    def __exit__(self, kind, *error):
        if kind is None:
            urllib.request.urlopen(self.url + "stop", timeout=60).close()
        else:
            self.process.kill()
        status = self.process.wait(60)
        self.process.stdout.close()
        if self.lsad:
            self.lsad.send_signal(signal.SIGTERM)
            assert self.lsad.wait(60) == 0
        assert kind is not None or status == 0, status

    def curl(self, *arguments, paths=("",)):
        """Yields one line a path: what the server said, the HTTP status, how many connections."""
        done = subprocess.run(["curl", "--silent", "--show-error", "--ipv4", "--noproxy", "*",
                               "--" + self.scheme.lower(),
                               "--write-out", "%{http_code} %{num_connects}\n", *arguments,
                               *(self.url + path for path in paths)],
                              capture_output=True, text=True, timeout=60, env=self.env,
                              check=False)
        assert done.returncode == 0, done
        return done.stdout.splitlines()


def is_welcome(line, server, nth=0):
    """That is alice; of two processes the one that did not begin was the first to welcome her."""
    name, began, ended = line.split()
    assert name == "Domain\\alice", line
    assert int(began) == server.process.pid, line
    assert (began == ended) == (server.processes == "one" or nth % 2 == 1), line


def both(body):
    """The same with one process, and with two that take turns, request by request."""
    def one(world):
        body(world, "one")

    def two(world):
        body(world, "two")
    one.__name__ = body.__name__
    two.__name__ = body.__name__ + "_when_two_processes_take_turns"
    case(one)
    case(two)


@both
def curl_is_let_in_with_the_right_password(world, processes):
    with Server(world, processes) as server:
        for _ in range(3):
            welcome, status = server.curl("--user", USER)
            is_welcome(welcome, server)
            assert status == "200 1", status


@both
def curl_is_not_let_in_with_the_wrong_password(world, processes):
    with Server(world, processes) as server:
        assert server.curl("--user", "Domain\\alice:wrong") == ["401 1"]
        assert server.curl("--user", "Domain\\bob:secret") == ["401 1"]
        is_welcome(server.curl("--user", USER)[0], server)


@both
def curl_goes_on_over_the_connection_that_it_was_let_in_by(world, processes):
    with Server(world, processes) as server:
        lines = server.curl("--user", USER, paths=("first", "second", "third"))
        for nth, welcome in enumerate(lines[0::2]):
            is_welcome(welcome, server, nth)
        assert lines[1::2] == ["200 1", "200 0", "200 0"], lines


@both
def curl_may_post(world, processes):
    with Server(world, processes) as server:
        welcome, status = server.curl("--user", USER, "--data", "x" * 5000)
        is_welcome(welcome, server)
        assert status == "200 1", status


def be_user_of_gss(world, password):
    """Whom gss-ntlmssp takes the user to be when nobody says: curl asks for its default."""
    with open(world.path("gss"), "w", encoding="ascii") as file:
        file.write(f"Domain:alice:{password}\n")
    world.env["NTLM_USER_FILE"] = world.path("gss")


@both
def curl_negotiates(world, processes):
    be_user_of_gss(world, "secret")
    with Server(world, processes, "Negotiate") as server:
        lines = server.curl("--user", ":", paths=("first", "second", "third"))
        for nth, welcome in enumerate(lines[0::2]):
            is_welcome(welcome, server, nth)
        assert lines[1::2] == ["200 1", "200 0", "200 0"], lines


@both
def curl_negotiates_in_vain_with_the_wrong_password(world, processes):
    be_user_of_gss(world, "wrong")
    with Server(world, processes, "Negotiate") as server:
        assert server.curl("--user", ":")[-1].startswith("401")


@case
def curl_is_not_let_in_without_a_name(world):
    with Server(world, "one") as server:
        assert server.curl("--user", ":") == ["401 1"]


@case
def curl_is_refused_without_a_credential(world):
    with Server(world, "one") as server:
        assert server.curl()[-1] == "401 1"


main()
